#!/usr/bin/env bash
# Each libFuzzer program for some time, from its seeds on, and what came of it as a table.
#   fuzz.sh BUILD_DIR [SECONDS [TARGET...]]      BUILD_DIR of the preset "asan"; 1800 s each
# CORPUS=FOLDER keeps what was found in FOLDER/TARGET and begins with it the next time.
# Exit status 1 if a target crashed, leaked or hung: the input lies in the current folder.
set -euo pipefail
build=${1:?usage: fuzz.sh BUILD_DIR [SECONDS [TARGET...]]}
seconds=${2:-1800}
shift $(($# < 2 ? $# : 2))
root=$(cd "$(dirname "$0")/../.." && pwd)
programs=$build/tests/fuzz
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0

targets()
{
	find "$programs" -maxdepth 1 -type f -name 'libfuzzer_*' | sed 's/.*libfuzzer_//' | sort
	[ ! -x "$programs/fuzz_yaml" ] || echo yaml
}

# What a target begins with: its own seeds; of YAML the files that the tests have.
seeds()
{
	mkdir -p "$dir/$1.seeds"
	if [ "$1" = yaml ]; then
		cp "$root"/configs/machines/*.yaml "$root"/tests/tools/bad-yaml/* "$dir/$1.seeds"
	else
		"$programs/fuzz_$1" --seeds "$dir/$1.seeds"
	fi
}

# The last number behind WORD in the log.
last()
{
	grep -o "$1:* *[0-9]*" "$2" | tail -n 1 | grep -o '[0-9]*$' || echo -
}

fuzz()
{
	local log=$dir/$1.log corpus=${CORPUS:-$dir}/$1 program=$programs/libfuzzer_$1 crashes=0 edges

	[ "$1" != yaml ] || program=$programs/fuzz_yaml
	mkdir -p "$corpus"
	seeds "$1"
	"$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
		-print_final_stats=1 -artifact_prefix="./$1-" "$corpus" "$dir/$1.seeds" \
		>"$log" 2>&1 || crashes=1
	edges=$(sed -n 's/.*INITED *cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
	printf '%-18s %12s %9s %9s %8s %8s\n' "$1" "$(last stat::number_of_executed_units "$log")" \
		"${edges:--}" "$(last cov "$log")" "$(find "$corpus" -type f | wc -l)" "$crashes"
	[ "$crashes" = 0 ] && return
	status=1
	tail -n 40 "$log" >&2
}

[ $# -gt 0 ] || mapfile -t found < <(targets)
[ $# -gt 0 ] || set -- "${found[@]}"
[ $# -gt 0 ] || {
	echo "no libFuzzer programs in $programs: cmake --preset asan, cmake --build --preset asan" >&2
	exit 2
}
printf '%-18s %12s %9s %9s %8s %8s\n' target executions 'edges at' 'edges at' 'inputs' crashes
printf '%-18s %12s %9s %9s %8s %8s\n' '' '' begin end kept ''
for target; do
	fuzz "$target"
done
exit $status
