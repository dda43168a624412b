#!/usr/bin/env bash
# --update makes a baseline, says what changes when it rewrites it, and keeps nothing that is
# measured on the host.
hide()
{
	sed 's/digest [0-9a-f]*/digest .../'
}
run="pagesim run --trace traces/samples/vm-fragment.pgt --start trace --quiet"
$run --out first >/dev/null
$run --out second --set cost.lock=35 >/dev/null
pagesim check --baseline kept/base first --update
echo "= $?"
ls -A kept/base
grep -c '"host"\|"engine"' kept/base/result.json
pagesim check --baseline kept/base first --update | hide
pagesim check --baseline kept/base second --update | hide | sed -n '3,6p;$p'
echo "= ${PIPESTATUS[0]}"
pagesim check --baseline kept/base second | sed -n 3p
# Not over what it cannot be compared with.
$run --kernel 2.4 --out third >/dev/null
pagesim check --baseline kept/base third --update
echo "= $?"
pagesim check --baseline kept/base second | sed -n 3p
pagesim check --baseline kept/base third --update --different-inputs | tail -1
pagesim check --baseline kept/base third | sed -n 3p
# Histograms of the baseline before do not outlive it.
pagesim check --baseline kept/base - --update --different-inputs <second/result.json | tail -1
ls -A kept/base
pagesim check --baseline kept/base second | sed -n 3p
: >file
pagesim check --baseline file third --update
echo "= $?"
pagesim check --baseline file/base third --update
echo "= $?"
