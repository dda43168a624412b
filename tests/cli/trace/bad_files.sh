#!/usr/bin/env bash
# Whatever is no whole trace: one sentence with the file and the place, exit status 3.
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 70000 --seed 1 -o t.pgt
size=$(stat -c %s t.pgt)

try()
{
	for command in info cat check; do
		pagesim trace $command "$1" >/dev/null 2>err
		echo "$command $1: $? $(wc -l <err)"
		sed -E 's/byte [1-9][0-9]+/byte N/; s/ends [0-9]+/ends N/; s/(damaged zstd frame: ).*/\1WHY/' err
	done
}

: >empty.pgt
printf 'hello, world\n' >text.pgt
printf '{"a":1}' >other && zstd -q other -o other.pgt
zstd -dcq t.pgt | head -n 1 | sed 's/"major":1,"minor":0/"major":99,"minor":3/' >later
zstd -q later -o later.pgt
head -c 40 t.pgt >cut-header.pgt
head -c $((size / 2)) t.pgt >cut-block.pgt
head -c $((size - 1)) t.pgt >cut-table.pgt
{ head -c 50000 t.pgt; printf 'DAMAGE'; tail -c +50007 t.pgt; } >damaged.pgt
mkdir folder
for file in missing.pgt empty.pgt text.pgt other.pgt later.pgt cut-header.pgt cut-block.pgt \
	cut-table.pgt damaged.pgt folder; do
	try $file
done
