#!/bin/sh
# The reuse model against the cache model: mean and 99th percentile of allocations' and frees'
# latencies on five scenarios, as a table for docs/memory-models.md.
#   memory_models.sh PAGESIM [check]
# check: status 1 when a mean differs by more than 10 % or a percentile by more than 20 %.
set -eu
pagesim=${1:?usage: memory_models.sh PAGESIM [check]}
mode=${2:-print}
root=$(cd "$(dirname "$0")/../.." && pwd)
events=${EVENTS:-400000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM

cat >"$dir/farm.yaml" <<EOF
name: farm
nodes: [{cpus: 8, memory: 4GiB}, {cpus: 8, memory: 4GiB}]
caches:
  l1: {size: 32KiB, ways: 8, latency_cycles: 4}
  l2: {size: 1MiB, ways: 16, latency_cycles: 14}
  llc: {size: 11MiB, ways: 11, latency_cycles: 55}
dram_ns: [[81.4, 131.1], [131.1, 81.4]]
c2c_ns: {same_socket: 53.7, other_socket: 113.9, other_socket_home_reader: 177.9}
bandwidth: {node_gbs: 107.9, link_gbs: 50.9}
loaded_latency: [[0.02, 1], [0.23, 1.13], [0.4, 1.17], [0.52, 1.24], [0.74, 1.5], [1, 3.47]]
slit: [[10, 21], [21, 10]]
EOF
"$pagesim" trace gen --quiet --profile "$root/configs/profiles/build-farm.yaml" --events "$events" \
	--seed 1 -o "$dir/farm.pgt"

# measure NAME ARGUMENT...: lines "NAME alloc|free MODEL mean p99" in cycles.
measure() {
	name=$1
	shift
	for model in reuse cache; do
		"$pagesim" run --quiet --out "$dir/out" "$@" --set memory_model=$model >/dev/null
		awk -F, -v name="$name" -v model=$model '
			NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
			$column["by"] == "all" && ($column["op"] == "alloc" || $column["op"] == "free") {
				print name, $column["op"], model, $column["mean_cycles"],
					$column["p99_cycles"]
			}' "$dir/out/latency.csv"
	done
}

scenarios=$root/configs/scenarios
{
	measure vm-fragment "$scenarios/vm-fragment.yaml"
	measure host-build-small "$scenarios/host-build.yaml"
	measure pressure-4.12 "$scenarios/pressure-4.12.yaml"
	measure build-farm-2x8 --trace "$dir/farm.pgt" --machine "$dir/farm.yaml"
	measure host-build-2.4 "$scenarios/host-build.yaml" --kernel 2.4
} | awk -v check="$mode" '
	function percent(a, b) { return b ? 100 * (a - b) / b : 0 }
	function beyond(x, most) { return x > most || x < -most }
	BEGIN {
		print "| scenario | operation | mean reuse | cache | | p99 reuse | cache | |"
		print "|---|---|---|---|---|---|---|---|"
	}
	$3 == "reuse" { mean[$1, $2] = $4; p99[$1, $2] = $5 }
	$3 == "cache" {
		m = percent(mean[$1, $2], $4)
		p = percent(p99[$1, $2], $5)
		printf "| %s | %s | %d | %d | %+.1f %% | %d | %d | %+.1f %% |\n", $1, $2,
			mean[$1, $2], $4, m, p99[$1, $2], $5, p
		bad += beyond(m, 10) || beyond(p, 20)
	}
	END { exit check == "check" && bad }'
