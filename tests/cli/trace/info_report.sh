#!/usr/bin/env bash
# Of an imported trace, info tells what the import can be trusted for; the rest is in the JSON.
pagesim trace info traces/samples/vm-fragment.pgt | sed -n '/^machine/p;/^events /p;/^import report/,$p'
pagesim trace info --json traces/samples/vm-fragment.pgt | grep -c '"rule"'
pagesim trace import "$CASES/../../traces/data/small.v6.dat.zst" --tsc-hz 2596000000 -q -o t.pgt
pagesim trace info t.pgt | sed -n '/^machine/p;/^events /p;/^import report/,$p'
