#!/usr/bin/env bash
# What a cut and a merge wrote into their report, as text; the report of the whole stays behind
# that of the part.
file=traces/samples/vm-fragment.pgt
pagesim trace cut "$file" --events 20000:50000 -o part.pgt
pagesim trace info part.pgt | sed -n '/^rates/,/^$/p; /^live memory/,/^$/p; /^cut/,/^R2/p'
pagesim trace cut "$file" --tasks 129,130 --cpus 0,1 --time 1s: -o tasks.pgt
pagesim trace info tasks.pgt | sed -n '/^cut/,/^$/p'
pagesim trace merge "$file" part.pgt -o both.pgt
pagesim trace info both.pgt | sed -n '/^merged/,$p'
pagesim trace info both.pgt --json | grep -A 8 '"frame_add"'
