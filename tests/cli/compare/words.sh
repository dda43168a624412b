#!/usr/bin/env bash
# Every sentence stands on figures that the results hold, and what failed is told first.
run="pagesim compare --trace traces/samples/vm-fragment.pgt --kernels 4.12,2.4 --set start=boot"
machine=(--set 'machine.nodes=[{cpus: 2, memory: 288MiB}, {cpus: 2, memory: 96MiB}]')
$run --machine configs/machines/two-node.yaml "${machine[@]}" --json >compare.json
$run --machine configs/machines/two-node.yaml "${machine[@]}" | sed '/^Latency/,$d'
python3 - <<'PY'
import fnmatch, json
c = json.load(open("compare.json"))
names = [f["figure"] for f in c["figures"]]
for w in c["words"]:
    for f in w["figures"]:
        assert fnmatch.filter(names, f) or f == "counters.requests.success", (w, f)
    # What it says of percents is what the figures hold.
    if ".success" in w["figures"][0]:
        values = next(f["values"] for f in c["figures"] if f["figure"] == w["figures"][0])
        for value in values:
            assert f"{100 * value:.1f} %" in w["text"], (w, values)
print(len(c["words"]) > 5, c["identical"])
PY
