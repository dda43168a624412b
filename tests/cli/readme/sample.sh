#!/usr/bin/env bash
# Every line of the README's sample is a line of what the command of tools/demo.sh prints.
# "..." stands for what is left out.
readme=$CASES/../../../README.md
pagesim run --trace traces/samples/vm-fragment.pgt --kernel 4.12 --out demo >printed || exit
awk '/^<!-- tests\/cli\/readme/ { on = 1; next } /^```/ && on { if (n++) exit; next } on' \
	"$readme" | sed -E '/^( *\.\.\.)?$/d' >sample
[ "$(wc -l <sample)" -gt 10 ] || echo "README.md has no sample"
while IFS= read -r line; do
	grep -Fxq -e "$line" printed || printf 'README.md has, the program does not print:\n%s\n' "$line"
done <sample
