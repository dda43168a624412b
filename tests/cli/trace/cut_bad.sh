#!/usr/bin/env bash
# Parts that cannot be meant, and files that are none. Nothing is written.
t=traces/samples/hog.pgt
pagesim trace cut $t
for option in --events=5:2 --events=5 --events=: --events=a:b --time=7 --time=2s:1s \
	--time=1x:2s --tasks= --tasks=1,, --tasks=4294967297 --cpus=4294967296 --cpus=3-1 --cpus=a --level=20; do
	pagesim trace cut $t "$option" -o out.pgt
	echo "status $?" >&2
done
cp $t copy.pgt
pagesim trace cut copy.pgt -o ./copy.pgt
echo "status $?" >&2
pagesim trace cut $t --events 1000000: -o out.pgt
echo "status $?" >&2
pagesim trace cut $t --tasks 99 -o out.pgt
echo "status $?" >&2
head -c 50000 $t >short.pgt
pagesim trace cut short.pgt --events 100:200 -o out.pgt
echo "status $?" >&2
# shellcheck disable=SC2002 # a pipe is what is tested
cat $t | pagesim trace cut - -o out.pgt
echo "status $?" >&2
pagesim trace cut $t --events 100:200 -o /dev/full
echo "status $?" >&2
ls
