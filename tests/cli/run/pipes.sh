#!/usr/bin/env bash
# A trace from a pipe is the same trace; only its digest is not known.
pagesim run --json --trace traces/samples/vm-fragment.pgt >a
pagesim run --json --trace - <traces/samples/vm-fragment.pgt >b
echo "= $?"
cat traces/samples/vm-fragment.pgt | pagesim run --json --trace - >c
echo "= $?"
for f in a b c; do
	grep -c '"score"' $f
	grep -o '"result_digest": "[0-9a-f]*"' $f | md5sum
done | sort | uniq -c | awk '{ print $1 }'
echo "-- what follows a trace is no trace"
{ cat traces/samples/vm-fragment.pgt; echo junk; } | pagesim run --quiet --trace - 2>&1
echo "= $?"
