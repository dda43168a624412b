#!/usr/bin/env bash
# The same run again is the same. A cost more is a finding, whose figures, parts and histograms
# are named; --quiet says nothing of a run that is the same.
hide()
{
	sed 's/digest [0-9a-f]*/digest .../'
}
run="pagesim run --trace traces/samples/vm-fragment.pgt --start trace --quiet"
$run --out base >/dev/null
$run --out again >/dev/null
$run --out slower --set cost.lock=340 >/dev/null
pagesim check --baseline base again | hide
echo "= ${PIPESTATUS[0]}"
pagesim check --baseline base again --quiet
echo "= $?"
pagesim check --baseline base slower | hide
echo "= ${PIPESTATUS[0]}"
pagesim check --baseline base slower --all | wc -l | awk '{ print ($1 > 200) ? "--all says more" : $1 }'
# A result from a pipe, which has no histograms.
pagesim run --trace traces/samples/vm-fragment.pgt --json | pagesim check --baseline base - | hide
pagesim run --trace traces/samples/vm-fragment.pgt --set cost.lock=340 --json |
	pagesim check --baseline base - | grep Histograms
# An improvement is a difference, too, and is called one.
$run --out better --set cost.fallback=39 >/dev/null
pagesim check --baseline base better | sed -n '3p;$p'
echo "= ${PIPESTATUS[0]}"
