#!/usr/bin/env bash
# Whole replays, decoding included, with each memory model: prints case,ops,ns_per_op like the
# other benchmarks.
#   end_to_end.sh PAGESIM [TRACE.pgt ...]
# Always runs a synthetic stream of EVENTS (default 20000000) events on 2 nodes x 8 CPUs; each
# TRACE beside it. MODELS (default "flat reuse cache") and KERNELS (default "4.12") choose.
set -euo pipefail
pagesim=${1:?usage: end_to_end.sh PAGESIM [TRACE.pgt ...]}
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. "$root/tests/bench/runs.sh"

sed -n '/^caches:/,$p' "$root/configs/machines/2s-skylake-8180.yaml" >"$dir/figures"
{
	printf 'name: two-node-16\nclock_mhz: 2500\nnodes:\n'
	printf '  - {cpus: 8, memory: 16GiB}\n%.0s' 1 2
	cat "$dir/figures"
} >"$dir/machine.yaml"

echo case,ops,ns_per_op
farm 16 "${EVENTS:-20000000}" "$dir/farm.pgt"
for kernel in ${KERNELS:-4.12}; do
	for model in ${MODELS:-flat reuse cache}; do
		best_run "run_build_farm_${kernel}_$model" --trace "$dir/farm.pgt" \
			--machine "$dir/machine.yaml" --kernel "$kernel" \
			--set "memory_model=$model"
		for trace in "$@"; do
			best_run "run_$(basename "$trace" .pgt)_${kernel}_$model" \
				--trace "$trace" --kernel "$kernel" --set "memory_model=$model"
		done
	done
done
