#!/usr/bin/env bash
# A trace that is cut off or has a flipped byte: every command ends with 3 and a sentence that
# names the file, wherever the damage is. None crashes, hangs or goes on with wrong numbers.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
size=$(stat -c %s "$sample")

# flip OFFSET: bad.pgt with the byte at OFFSET turned around
flip()
{
	local byte

	cp "$sample" bad.pgt
	byte=$(od -An -tu1 -j "$1" -N 1 bad.pgt)
	printf "\\x$(printf %x $((byte ^ 255)))" |
		dd of=bad.pgt bs=1 seek="$1" conv=notrunc status=none
}

refused()
{
	ends 3 "$1: trace check" "$pagesim" trace check bad.pgt
	grep -q 'bad\.pgt' stderr || trouble "$1: the file is not named: $(head -n 2 stderr)"
	[ "$(wc -l <stderr)" -le 3 ] || trouble "$1: more than a sentence: $(head -n 5 stderr)"
}

for length in 0 1 17 100 1000 $((size / 3)) $((size / 2)) $((size - 100)) $((size - 1)); do
	head -c "$length" "$sample" >bad.pgt
	refused "cut off after $length bytes"
	ends 3 "cut off after $length bytes: run" \
		timeout 60 "$pagesim" run --trace bad.pgt --kernel 4.12 --out out
	[ ! -e out/result.json ] || trouble "cut off after $length bytes: run leaves a result"
	rm -rf out
done

for part in 0 1 3 10 25 40 50 60 75 90 97; do
	offset=$((size * part / 100 + 5))
	flip "$offset"
	refused "byte $offset flipped"
done
flip $((size - 20)) # in the table of frames
refused 'a byte of the table of frames flipped'

printf 'no trace at all\n' >bad.pgt
refused 'a text file'
mkdir -p dir
for command in 'trace info' 'trace cat' 'trace check' 'run --kernel 4.12 --out out --trace'; do
	# shellcheck disable=SC2086 # the words of a command
	ends 3 "$command on a text file" "$pagesim" $command bad.pgt
	"$pagesim" $command gone.pgt >stdout 2>stderr
	[ $? -eq 3 ] || [ $? -eq 4 ] || trouble "$command on a missing file: no error"
	grep -q 'gone\.pgt' stderr || trouble "$command: the missing file is not named"
	"$pagesim" $command dir >stdout 2>stderr && trouble "$command: takes a folder for a trace"
done
