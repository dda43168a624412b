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

# stopped TO WHAT COMMAND...: SIGTERM ends it at once, half a second after it began, also where it
# would take long or wait for ever, and nothing is left
stopped()
{
	local to=$1 what="$2, ${*:4:2}" got
	shift 2

	timeout --preserve-status -s TERM -k 5 0.5 "$@" >"$to" 2>stderr
	got=$?
	[ "$got" -eq 130 ] || trouble "$what, stopped: exit status $got instead of 130"
	grep -q interrupted stderr || trouble "$what, stopped: says $(head -n 3 stderr)"
	[ ! -e out ] && [ ! -e out.pgt ] || trouble "$what, stopped: leaves a result"
	rm -rf out out.pgt
}

slow=hostile/slow-dict.pgt
for command in "trace check $slow" "trace check --salvage out.pgt $slow" "trace info $slow" \
	"trace cut $slow -o out.pgt" "trace merge $slow $sample -o out.pgt" "trace cat $slow" \
	"trace cat --whole $slow" "run --start boot --out out --trace $slow"; do
	# shellcheck disable=SC2086
	stopped stdout 'much to unpack' "$pagesim" $command
done
rm "$slow"
mkfifo silent
exec 3<>silent
for command in 'trace check -' 'trace info -' 'trace cut - -o out.pgt' 'trace cat -' \
	'trace import - -o out.pgt' 'run --out out --trace -'; do
	# shellcheck disable=SC2086
	stopped stdout 'a pipe that nobody writes to' "$pagesim" $command <&3
done
timeout 1 dd if=/dev/zero of=silent bs=64k oflag=nonblock 2>stderr # it has no room any more
for command in "trace cut $sample -o -" "trace merge $sample $sample -o -" "trace cat $sample" \
	"trace gen --profile $source_/configs/profiles/hog.yaml --events 9999999 -o -"; do
	# shellcheck disable=SC2086
	stopped silent 'a pipe that nobody reads' "$pagesim" $command
done
exec 3>&-

# A recording of a GiB in 33 KB.
zstd -qc --stream-size=1073741824 < <(head -c 1G /dev/zero) >bomb.txt.zst
refused 'a packed recording' "$pagesim" trace import bomb.txt.zst -o out.pgt
grep -q '1000 times' stderr || trouble "a packed recording: $(cat stderr)"

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
