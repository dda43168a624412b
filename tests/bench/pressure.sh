#!/bin/bash
# Whole replays of tasks that want more memory than there is, on Linux 4.12: prints
# case,ops,ns_per_op like the other benchmarks. ops: events; ns: of the process's user time, from
# its start to its end, which other processes disturb less than the clock on the wall.
#   pressure.sh PAGESIM
# EVENTS (default 2000000) events at the trace's own pace, where kswapd does the work and one
# request in 15 goes the slow path; and as fast as it goes, where one in four does and
# thousands reclaim by themselves. Each with the memory model `flat` and with `reuse`.
set -eu
pagesim=${1:?usage: pressure.sh PAGESIM}
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
TIMEFORMAT=%U

# Seconds of user time of one replay.
seconds() {
	{ time "$pagesim" run --quiet --out "$dir/out" "$root/configs/scenarios/pressure-4.12.yaml" \
		--trace "$dir/hog.pgt" --set machine.disks.swap.size=2GiB \
		--set replay.access.model=none "$@" >/dev/null; } 2>&1
}

# The best of three runs: the machine is shared.
measure() {
	local name=$1 run events
	shift

	for run in 1 2 3; do
		seconds "$@" >"$dir/seconds.$run"
	done
	events=$(sed -n 's/^ *"events": *\([0-9]*\).*/\1/p' "$dir/out/result.json")
	sort -n "$dir"/seconds.? | awk -v name="$name" -v n="$events" \
		'NR == 1 { printf "%s,%d,%.1f\n", name, n, 1e9 * $1 / n }'
}

echo case,ops,ns_per_op
"$pagesim" trace gen --quiet --profile "$root/configs/profiles/hog.yaml" \
	--events "${EVENTS:-2000000}" --seed 1 -o "$dir/hog.pgt"
for model in flat reuse; do
	measure run_pressure_closed_$model --set memory_model=$model
	measure run_pressure_asap_$model --set memory_model=$model --set replay.pacing=asap
done
