#!/usr/bin/env bash
# A trace in three parts, each whole in itself; a part of a part; tasks and CPUs alone.
t=traces/samples/vm-fragment.pgt
pagesim trace cut $t --events :40000 -o a.pgt
pagesim trace cut $t --events 40000:80000 -o b.pgt
pagesim trace cut $t --events 80000: -o c.pgt
pagesim trace check a.pgt b.pgt c.pgt
# The frames are the recorded ones; the last part ends as the recording did.
pagesim trace cat --quiet --from 1000 --to 1003 b.pgt
pagesim trace cat --quiet --from 41000 --to 41003 $t
pagesim trace info c.pgt | grep -A 8 'free blocks by order'
pagesim trace cut --quiet b.pgt --time 4s:4.5s -o late.pgt
pagesim trace cut --quiet b.pgt --time 0.5s:1s -o d.pgt && pagesim trace check d.pgt
pagesim run --trace c.pgt --kernel 4.12 --start trace --out out --quiet >text
grep -A 8 'Fragmentation' text
pagesim trace cut $t --tasks 128,131 --cpus 0 -o e.pgt && pagesim trace check e.pgt
# Without frames: allocations at the beginning.
pagesim trace cut traces/samples/hog.pgt --events 40000:40003 -o f.pgt
pagesim trace cat --from 29511 f.pgt
pagesim trace cut --quiet traces/samples/hog.pgt --time :2s -o - | pagesim trace check -
