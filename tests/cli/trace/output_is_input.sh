#!/usr/bin/env bash
# No command writes over the file it reads.
cp "$CASES/../../traces/data/small.v6.dat.zst" recording
ln recording other-name
pagesim trace import recording --clock mono -o other-name
echo "= $?" >&2
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 70000 -o whole.pgt
head -c 20000 whole.pgt >cut.pgt
pagesim trace check cut.pgt --salvage ./cut.pgt
echo "= $?" >&2
cmp recording "$CASES/../../traces/data/small.v6.dat.zst"
stat -c %s cut.pgt
