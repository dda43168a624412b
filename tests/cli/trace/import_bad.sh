#!/usr/bin/env bash
# Wrong input: one sentence each, with its place, and nothing is left behind.
data=$CASES/../../traces/data
run()
{
	pagesim trace import "$@" -o out.pgt
	echo "status $?" >&2
}
run no-such-file.dat
run "$data/small.v6.dat.zst" --state no-such-folder
run "$data/small.v6.dat.zst" --clock x86-tsc
run configs
: >empty
run empty
zstd -dcq "$data/small.v6.dat.zst" | head -c 600000 >cut.dat
run cut.dat
echo hello >garbage.txt
run garbage.txt
head -c 1000 /dev/zero >zeros
run zeros
mkdir state
run "$data/small.v6.dat.zst" --state state
run garbage.txt --events 0
run garbage.txt --tsc-hz many
pagesim trace import garbage.txt
echo "status $?" >&2
pagesim trace import garbage.txt -o -
echo "status $?" >&2
ls
