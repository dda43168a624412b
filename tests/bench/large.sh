#!/usr/bin/env bash
# A machine of 1 TiB, 8 nodes and 256 CPUs: seconds of CPU from start to end of a run of a few
# events, what it keeps of the host's memory, and the speed of a longer one.
#   large.sh PAGESIM [check]
# EVENTS (default 2000000) of the longer one. check: exit status 1 beyond 2 s of start.
set -euo pipefail
pagesim=${1:?usage: large.sh PAGESIM [check]}
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. "$root/tests/bench/runs.sh"
TIMEFORMAT='%U %S'
machine=$root/configs/machines/eight-node-1tib.yaml

farm 256 30000 "$dir/short.pgt"
{ time "$pagesim" run --quiet --out "$dir/out" --trace "$dir/short.pgt" --machine "$machine" \
	--set memory_model=flat >/dev/null; } 2>"$dir/seconds"
start=$(awk '{ print $1 + $2 }' "$dir/seconds")
mib=$(awk '$1 == "\"peak_rss_kib\":" { printf "%d", $2 / 1024 }' "$dir/out/result.json")
echo "start_1tib_seconds,1,$start"
echo "start_1tib_mib,1,$mib"
farm 256 "${EVENTS:-2000000}" "$dir/long.pgt"
best_run run_1tib_256_cpus --trace "$dir/long.pgt" --machine "$machine" --set memory_model=flat
[ "${2-}" != check ] || awk -v s="$start" 'BEGIN { exit s > 2 }'
