#!/usr/bin/env bash
# A trace whose clock only counts has no times: refused where they matter, run where not.
recorded=$CASES/../../recorded/4.12.0
pagesim run -t "$recorded/w1_1cpu_churn.pgt" 2>&1 | sed "s|$recorded/||"
echo "= ${PIPESTATUS[0]}"
pagesim run -t "$recorded/w1_1cpu_churn.pgt" --kernel 2.4 --start boot --set replay.pacing=open 2>&1 |
	sed "s|$recorded/||"
echo "= ${PIPESTATUS[0]}"
for kernel in 4.12 2.4; do
	pagesim run -t "$recorded/w1_1cpu_churn.pgt" --start boot --kernel $kernel \
		--set replay.pacing=asap --json >result.json
	echo "= $?"
	sed -n '/"requests": {/,/}/p' result.json | grep -E '"(allocs|served|frees)":'
done
