#!/usr/bin/env bash
# A billion synthetic events in one run, generated as they are read: how long it takes, and that
# memory does not grow with the number of events. The stream's own live memory is full after some
# tens of millions.
#   billion.sh PAGESIM [EVENTS [FEWER]]
# Exit status 1 if the run needs a tenth more memory than one of FEWER events (default: a tenth).
set -euo pipefail
pagesim=${1:?usage: billion.sh PAGESIM [EVENTS]}
events=${2:-1000000000}
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

printf 'name: two-node-16\nclock_mhz: 2600\nnodes:\n' >"$dir/machine.yaml"
printf '  - {cpus: 8, memory: 16GiB}\n%.0s' 1 2 >>"$dir/machine.yaml"

# Sets mib: run EVENTS. The reader stops at the trailer: a seek table that is larger than the pipe
# is written to nobody, and its writer ends by SIGPIPE.
run()
{
	local -a status

	set +o pipefail
	"$pagesim" trace gen --quiet --profile "$root/configs/profiles/build-farm.yaml" --seed 1 \
		--events "$1" -o - |
		"$pagesim" run --quiet --out "$dir/out" --trace - --machine "$dir/machine.yaml" \
			--set memory_model=flat >/dev/null
	status=("${PIPESTATUS[@]}")
	set -o pipefail
	[ "${status[0]}" = 0 ] || [ "${status[0]}" = 141 ] || {
		echo "trace gen ended with ${status[0]}"
		exit 1
	}
	mib=$(awk '$1 == "\"peak_rss_kib\":" { printf "%d", $2 / 1024 }' "$dir/out/result.json")
	awk -v mib="$mib" '$1 == "\"events\":" && !n { n = $2 + 0 }
		$1 == "\"replay_seconds\":" { s = $2 + 0 }
		$1 == "\"replay_cpu_seconds\":" { c = $2 + 0 }
		END { printf "%d events: %.0f s, %.0f s of CPU (%.2f M events/s), %d MiB\n",
			n, s, c, n / c / 1e6, mib }' "$dir/out/result.json"
}

run "${3:-$((events / 10))}"
before=$mib
run "$events"
[ "$mib" -le $((before + before / 10)) ] || {
	echo "memory grows with the events: $before MiB, then $mib"
	exit 1
}
