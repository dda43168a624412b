#!/usr/bin/env bash
# What an event costs on 1, 4, 16, 64 and 256 CPUs: prints case,ops,ns_per_op. The stream is the
# build farm's with so many CPUs, EVENTS (default 5000000) events, flat memory model.
#   scaling.sh PAGESIM [check]
# check: exit status 1 unless the dearest is within 1.5 times the cheapest.
set -euo pipefail
pagesim=${1:?usage: scaling.sh PAGESIM [check]}
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. "$root/tests/bench/runs.sh"

machine()
{
	local cpus=$1

	printf 'name: cpus-%d\nclock_mhz: 2600\nnodes:\n' "$cpus"
	if [ "$cpus" = 1 ]; then
		printf '  - {cpus: 1, memory: 32GiB}\n'
	else
		printf "  - {cpus: $((cpus / 2)), memory: 16GiB}\n%.0s" 1 2
	fi
}

echo case,ops,ns_per_op
for cpus in 1 4 16 64 256; do
	machine $cpus >"$dir/machine.yaml"
	farm $cpus "${EVENTS:-5000000}" "$dir/farm.pgt"
	best_run "scaling_${cpus}_cpus" --trace "$dir/farm.pgt" --machine "$dir/machine.yaml" \
		--set memory_model=flat
done | tee "$dir/rows"
[ "${2-}" != check ] || awk -F, '{ if (!least || $3 < least) least = $3; if ($3 > most) most = $3 }
	END { printf "%.2f times the cheapest\n", most / least; exit most > 1.5 * least }' \
	"$dir/rows"
