#!/usr/bin/env bash
# --json says everything in one map, of a good and of a bad run; --list prints a result's figures.
run="pagesim run --trace traces/samples/vm-fragment.pgt --start trace --quiet"
$run --out base >/dev/null
$run --out slower --set cost.lock=35 >/dev/null
pagesim check --baseline base base --json | sed 's/[0-9a-f]\{32\}/DIGEST/'
printf '%s\n' "'latency.*': {allow: +1%, why: 'a test'}" >rules.yaml
pagesim check --baseline base slower --json --rules rules.yaml >check.json
echo "= $?"
python3 - <<'PY'
import json
c = json.load(open("check.json"))
print(sorted(c))
print(c["passed"], c["same"], c["inputs"])
for f in c["figures"]:
    if f["figure"] in ("latency.alloc.order1.p50", "counters.replay.end_cycles"):
        print(f["baseline"] < f["now"], f["verdict"], f["unit"], f["better"], f["allowed"], f.get("rule"))
print(sorted(c["histograms"][0]))
PY
pagesim check --list base | grep -E '^figure|order9.success|DMA.order9.unusable|host.peak' | sed 's/ [0-9][0-9]*  KiB/ N  KiB/;s/  */ /g'
pagesim check --list base --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0])'
echo "-- --junit - is all there is on stdout"
pagesim check --baseline base slower --junit - | python3 -c 'import sys
from xml.dom.minidom import parse
print(parse(sys.stdin).documentElement.tagName)'
