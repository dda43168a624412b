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

# What a machine of a TiB may have is too much for this limit, and damages nothing.
for trace in hostile/much-*.pgt; do
	for command in 'trace check' 'trace info' 'run --out out --trace'; do
		# shellcheck disable=SC2086
		sanitized || within_memory "$limit_kib" timeout 60 "$pagesim" $command "$trace" \
			>stdout 2>stderr
		got=$?
		sanitized || [ "$got" -eq 4 ] || trouble "$trace, $command: exit status $got"
		sanitized || sentence "$trace, $command"
		[ ! -e out ] || trouble "$trace, $command: leaves a result"
	done
	rm "$trace"
done

for trace in hostile/*.pgt; do
	refused "$trace" "$pagesim" trace check "$trace"
	case $trace in
	*/pieces-begun*) says='the start state begins twice' ;;
	*/pieces-again*) says='a piece of the start state is out of its place' ;;
	*/dict-texts*) says='the texts of a dictionary have more than 256 MiB' ;;
	*/dict-tasks*) says='the list of tasks is damaged' ;;
	*/dict-gfps*) says='more than 65535 gfp sets' ;;
	*/dict-gap*) says='expected tasks from index 2097152, found 4194304' ;;
	*/dict-again*) says='frame 1 comes twice or late' ;;
	*/state-*) says='at most 268435456 can be read' ;;
	*/json-zeros*) says='at most 16 can be read' ;;
	*) says= ;;
	esac
	grep -qF "$says" stderr || trouble "$trace: $(cat stderr)"
	# Dictionaries that no event asks for are read by a check alone.
	case $trace in
	*/dict-again*) ;;
	*/dict-*) continue ;;
	esac
	refused "$trace" "$pagesim" trace info "$trace"
	refused "$trace" "$pagesim" run --trace "$trace" --out out
	refused "$trace" "$pagesim" trace cut "$trace" -o out.pgt
	refused "$trace" "$pagesim" trace cat - <"$trace"
done
