#!/bin/sh
# Whole replays, decoding included: prints case,ops,ns_per_op like the other benchmarks.
#   end_to_end.sh PAGESIM [TRACE.pgt ...]
# Always runs a synthetic stream of EVENTS (default 20000000) events; each TRACE beside it.
set -eu
pagesim=${1:?usage: end_to_end.sh PAGESIM [TRACE.pgt ...]}
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
events=${EVENTS:-20000000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM

# The best of three runs: the machine is shared.
measure() {
	name=$1
	shift
	best=
	for run in 1 2 3; do
		"$pagesim" run --quiet --out "$dir/out" "$@" >/dev/null
		rate=$(sed -n 's/.*"events_per_second": *\([0-9]*\).*/\1/p' "$dir/out/result.json")
		[ -n "$best" ] && [ "$best" -ge "$rate" ] || best=$rate
	done
	n=$(sed -n 's/^ *"events": *\([0-9]*\).*/\1/p' "$dir/out/result.json")
	awk -v name="$name" -v n="$n" -v rate="$best" \
		'BEGIN { printf "%s,%d,%.1f\n", name, n, 1e9 / rate }'
}

echo case,ops,ns_per_op
"$pagesim" trace gen --quiet --profile "$root/configs/profiles/build-farm.yaml" --events "$events" \
	--seed 1 -o "$dir/synthetic.pgt"
measure "run_build_farm_two_nodes" --trace "$dir/synthetic.pgt" \
	--machine "$root/configs/machines/2s-skylake-8180.yaml"
for trace in "$@"; do
	measure "run_$(basename "$trace" .pgt)" --trace "$trace"
done
