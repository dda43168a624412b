#!/usr/bin/env bash
# Sourced by the scripts that measure whole runs: needs $pagesim and a folder $dir.
# Speeds are events per second of CPU time, decoding included, the best of $RUNS (default 3) runs:
# the machine is shared.

# One line case,ops,ns_per_op of the best run: best_run CASE ARGUMENT...
best_run()
{
	local name=$1 run
	shift

	for ((run = 0; run < ${RUNS:-3}; run++)); do
		"$pagesim" run --quiet --out "$dir/out" "$@" >/dev/null
		awk '$1 == "\"events\":" && !n { n = $2 + 0 }
			$1 == "\"replay_cpu_seconds\":" { s = $2 + 0 }
			END { printf "%d %.1f\n", n, 1e9 * s / n }' "$dir/out/result.json"
	done | sort -k 2n | awk -v name="$name" 'NR == 1 { printf "%s,%d,%s\n", name, $1, $2 }'
}

# A trace of the build farm on that many CPUs: farm CPUS EVENTS FILE
farm()
{
	sed "s/^cpus: .*/cpus: $1/; s/^nodes: .*/nodes: $(($1 < 2 ? 1 : 2))/" \
		"$root/configs/profiles/build-farm.yaml" >"$dir/farm.yaml"
	"$pagesim" trace gen --quiet --profile "$dir/farm.yaml" --events "$2" --seed 1 -o "$3"
}
