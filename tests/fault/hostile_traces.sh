#!/usr/bin/env bash
# Traces that are meant to harm: small files that stand for gigabytes, wrong counts, claims that
# no machine keeps. Every command ends with 3 and a sentence, in the memory that
# docs/trace-format.md states, and leaves nothing.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
limit_kib=$((900 << 10))

here=$(dirname "${BASH_SOURCE[0]}")
mkdir hostile
(cd hostile && "$source_/tests/fault/hostile_traces.py" "$sample") ||
	trouble "$here/hostile_traces.py: exit status $?"
# Overlapping objects: pages that are handed out while they are in use.
cat >overlap.txt <<-'END'
	            make-17    [000] d..1.    12.000001: mm_page_alloc: page=0x10 pfn=0x10 order=4 migratetype=1 gfp_flags=GFP_KERNEL
	            make-17    [000] d..1.    12.000002: mm_page_alloc: page=0x10 pfn=0x12 order=0 migratetype=1 gfp_flags=GFP_KERNEL
	            make-17    [000] d..1.    12.000003: mm_page_alloc: page=0x10 pfn=0x10 order=10 migratetype=1 gfp_flags=GFP_KERNEL
	            make-17    [000] d..1.    12.000004: mm_page_free: page=0x10 pfn=0x13 order=0
	            make-17    [000] d..1.    12.000005: mm_page_free: page=0x10 pfn=0x13 order=9
	            make-17    [000] d..1.    12.000006: mm_page_alloc: page=0x10 pfn=0xffffffffffffff order=255 migratetype=1 gfp_flags=GFP_KERNEL
END
ends 3 'an order of 255 in a text' "$pagesim" trace import overlap.txt -o overlap.pgt
sed -i '$d' overlap.txt
"$pagesim" trace import overlap.txt --quiet --allow-missed -o overlap.pgt >stdout 2>stderr
got=$?
[ "$got" -eq 0 ] || [ "$got" -eq 3 ] || trouble "overlapping objects: exit status $got"
[ "$got" -ne 0 ] || "$pagesim" run --quiet --trace overlap.pgt --start boot --out out \
	--machine "$source_/configs/machines/tiny.yaml" >stdout 2>stderr ||
	trouble "overlapping objects, run: exit status $?: $(cat stderr)"
rm -rf out

# refused NAME COMMAND...
refused()
{
	local what="$1, ${*:3:2}" got
	shift

	within_memory "$limit_kib" timeout 60 "$@" >stdout 2>stderr
	got=$?
	[ "$got" -eq 3 ] || trouble "$what: exit status $got instead of 3: $(head -n 3 stderr)"
	sentence "$what"
	[ ! -e out ] && [ ! -e out.pgt ] || trouble "$what: leaves a result"
	rm -rf out out.pgt
}

for trace in hostile/*.pgt; do
	refused "$trace" "$pagesim" trace check "$trace"
	case $trace in
	*/state-*) says='at most 268435456 can be read' ;;
	*/json-zeros*) says='at most 16 can be read' ;;
	*) says= ;;
	esac
	grep -qF "$says" stderr || trouble "$trace: $(cat stderr)"
	refused "$trace" "$pagesim" trace info "$trace"
	refused "$trace" "$pagesim" run --trace "$trace" --out out
	refused "$trace" "$pagesim" trace cut "$trace" -o out.pgt
	refused "$trace" "$pagesim" trace cat - <"$trace"
done
