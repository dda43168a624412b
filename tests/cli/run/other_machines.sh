#!/usr/bin/env bash
# The start state belongs to its machine; from boot the trace runs on any that is large enough.
sample=traces/samples/vm-fragment.pgt
pagesim run --trace $sample --machine configs/machines/two-node.yaml
echo "= $?" >&2
pagesim run --trace $sample --machine configs/machines/one-node.yaml --start boot
echo "= $?" >&2
pagesim run --trace $sample --machine configs/machines/one-node.yaml --start boot --map-cpus fold |
	grep -E "^vm-fragment|started|^  (all|frees)  |pages from before"
pagesim run --trace $sample --machine configs/machines/2s-skylake-8180.yaml --start boot |
	grep -E "^vm-fragment|started|^  (all|frees)  |pages from before"
