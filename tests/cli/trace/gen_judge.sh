#!/usr/bin/env bash
# A trace and its copy replayed from boot, side by side: the original's line is what pagesim run
# says of it on that machine; one trace against itself is no distance apart.
gen()
{
	pagesim trace gen "$@"
	status=$?
	[ "$status" = 0 ] || echo "$status"
}

t=traces/samples/vm-fragment.pgt
gen --like $t --seed 1 --judge -o copy.pgt | sed -n '/^free memory/,$p'
pagesim run --trace $t --start boot | grep -A 2 'Node 0, zone DMA32:.*free$'
machine=configs/machines/2s-broadwell.yaml
gen --like copy.pgt --events 3000 --judge --machine $machine -o b.pgt | sed -n '/^free memory/,$p' |
	sed -n '1p;$p'
gen --like copy.pgt --events 3000 --judge -o b.pgt >out # synthetic: tells no machine
wc -l <out
gen --like $t --judge --machine none.yaml -o b.pgt >out
rm b.pgt
gen --like $t --judge --cpus 64 -o b.pgt >out # more than the recorded machine has: no file is made
ls b.pgt 2>/dev/null
gen --like $t --machine $machine -o b.pgt
gen --like $t --judge --print-profile
gen --profile configs/profiles/build-farm.yaml --events 10 --judge -o b.pgt
