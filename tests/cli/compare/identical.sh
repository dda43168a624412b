#!/usr/bin/env bash
# Results that are the same are called the same, in text and in JSON.
base=configs/scenarios/vm-fragment.yaml
pagesim compare $base $base --with seed=7
pagesim compare $base $base --json | python3 -c '
import json, sys
c = json.load(sys.stdin)
print(c["identical"], c["words"], c["figures"], [r["label"] for r in c["results"]])'
