#!/usr/bin/env bash
# Measures everything that docs/performance.md shows and prints its tables.
#   performance.sh BUILD_DIR [TRACE.pgt ...]
# BUILD_DIR is a Release build with link-time optimisation. EVENTS (default 20000000) of the long
# streams, RUNS (default 3) of which the best counts. What was measured is kept in
# BUILD_DIR/performance.csv; with KEEP=1 nothing is measured, and that file is printed.
# shellcheck disable=SC2016 # backquotes are Markdown's
set -euo pipefail
build=$(realpath "${1:?usage: performance.sh BUILD_DIR [TRACE.pgt ...]}")
shift
cd "$(dirname "$0")/../.."
bench=$build/tests/bench
pagesim=$build/tools/pagesim
csv=$build/performance.csv
export EVENTS=${EVENTS:-20000000}

# Adds a program's rows, their cases with something in front: rows PREFIX COMMAND...
rows()
{
	local prefix=$1
	shift

	"$@" | awk -F, -v prefix="$prefix" '$1 != "case" { print prefix $0 }' >>"$csv"
}

# CPU seconds of a command as a row: seconds CASE COMMAND...
seconds()
{
	local name=$1 TIMEFORMAT='%U %S' spent
	shift

	spent=$({ time "$@" >/dev/null; } 2>&1)
	awk -v name="$name" '{ print name ",1," $1 + $2 }' <<<"$spent" >>"$csv"
}

measure()
{
	local model trace

	: >"$csv"
	for model in flat reuse cache; do
		rows "412_${model}_" "$bench/bench_mm412" 4000000 $model
		rows "24_${model}_" "$bench/bench_mm24" 4000000 $model
	done
	seconds golden_412 "$pagesim" golden tests/golden/4.12.0/*.gold.zst
	seconds golden_24 "$pagesim" golden tests/golden/2.4.0/*.gold.zst
	rows '' tests/bench/end_to_end.sh "$pagesim" "$@"
	rows '' "$bench/bench_dispatch"
	rows '' env EVENTS=$((EVENTS / 4)) tests/bench/scaling.sh "$pagesim"
	rows '' env EVENTS=$((EVENTS / 10)) tests/bench/large.sh "$pagesim"
	rows '' env EVENTS=$((EVENTS / 10)) tests/bench/pressure.sh "$pagesim"
	rows '' "$bench/bench_hist"
	rows '' "$bench/bench_import"
	seconds gen "$pagesim" trace gen --quiet --events $((EVENTS / 2)) --seed 1 -o /dev/null \
		--profile configs/profiles/build-farm.yaml
	awk -F, -v n=$((EVENTS / 2)) '$1 == "gen" { print "gen_event," n "," $3 * 1e9 / n }' \
		"$csv" >"$csv.gen"
	cat "$csv.gen" >>"$csv"
	rm "$csv.gen"
	for trace in "$@"; do
		rows "$(basename "$trace" .pgt)_" "$bench/bench_trace" "$trace"
	done
}

# The figure of a case, or its rate in millions a second: ns CASE, rate CASE
ns()
{
	awk -F, -v name="$1" '$1 == name { v = $3 } END { print v == "" ? "-" : v + 0 }' "$csv"
}

rate()
{
	awk -F, -v name="$1" '$1 == name { v = $3 } END {
		if (v) printf "%.1f\n", 1e3 / v; else print "-" }' "$csv"
}

# The same without the time that another case takes as a whole: rate_past CASE OTHER
rate_past()
{
	awk -F, -v name="$1" -v other="$2" '$1 == name { n = $2; v = $3 } $1 == other { o = $2 * $3 }
		END { if (v) printf "%.1f\n", 1e3 * n / (n * v - o); else print "-" }' "$csv"
}

# Joins its arguments to a row of a table.
row()
{
	local cell

	printf '|'
	for cell; do
		printf ' %s |' "$cell"
	done
	echo
}

# table TITLE HEAD...
table()
{
	printf '\n### %s\n' "$1"
	shift
	row "$@"
	printf '|'
	printf -- '---|%.0s' "$@"
	echo
}

# A case of one of the two kernels, with all models: kernel_row NAME NATIVE GOAL PREFIX CASE
kernel_row()
{
	row "$1" "$2" "$3" "$(ns "$4_flat_$5")" "$(ns "$4_reuse_$5")" "$(ns "$4_cache_$5")"
}

allocators()
{
	table 'The 4.12 allocator, ns an operation (`bench_mm412`)' case native goal flat reuse cache
	kernel_row 'order 0, LIFO, batch 32' 8.0 60 412 order0_lifo_batch32
	kernel_row 'order 0, random, 16 GiB half full' 140 120 412 order0_random_16gib
	kernel_row 'order 3, random' 259 200 412 order3_random_16gib
	kernel_row 'mixed orders, random' 203 200 412 mixed_random_16gib
	table 'The 2.4 allocator, ns an operation (`bench_mm24`)' case native goal flat reuse cache
	kernel_row 'order 0, LIFO, batch 32' 13.5 70 24 order0_lifo_batch32
	kernel_row 'order 0, random, 16 GiB half full' 132 120 24 order0_random_16gib
	kernel_row 'order 3, random' - - 24 order3_random_16gib
	kernel_row 'mixed orders, random' - - 24 mixed_random_16gib
	table 'Golden files, seconds of CPU' kernel goal measured
	row 4.12.0 5 "$(ns golden_412)"
	row 2.4.0 10 "$(ns golden_24)"
}

replay_row()
{
	row "$1" "$(rate "run_$2_4.12_flat")" "$(rate "run_$2_4.12_reuse")" \
		"$(rate "run_$2_4.12_cache")"
}

replays()
{
	local trace

	table 'Whole replays, decoding included, M events/s (`end_to_end.sh`)' trace flat reuse cache
	row goal 15 10 5
	for trace in "$@"; do
		replay_row "$(basename "$trace" .pgt)" "$(basename "$trace" .pgt)"
	done
	replay_row "synthetic, 2 nodes x 8 CPUs, $EVENTS events" build_farm
	table 'By number of CPUs (`scaling.sh`), flat' CPUs 1 4 16 64 256
	row 'M events/s' "$(rate scaling_1_cpus)" "$(rate scaling_4_cpus)" \
		"$(rate scaling_16_cpus)" "$(rate scaling_64_cpus)" "$(rate scaling_256_cpus)"
	table '1 TiB, 8 nodes, 256 CPUs (`large.sh`)' what goal measured
	row 'a run of 30,000 events, start and end included, s of CPU' 2 "$(ns start_1tib_seconds)"
	row 'memory of it, MiB' - "$(ns start_1tib_mib)"
	row 'M events/s' - "$(rate run_1tib_256_cpus)"
	table 'Memory pressure (`pressure.sh`), M events/s' case goal flat reuse
	row "the trace's own pace" 2 "$(rate run_pressure_closed_flat)" \
		"$(rate run_pressure_closed_reuse)"
	row 'as fast as it goes' - "$(rate run_pressure_asap_flat)" \
		"$(rate run_pressure_asap_reuse)"
}

parts()
{
	local trace name tasks cpus cells

	table 'The dispatcher alone, ns (`bench_dispatch`)' CPUs 1 4 16 64 256
	for tasks in 1 8; do
		cells=()
		for cpus in 1 4 16 64 256; do
			cells+=("$(ns "dispatch_${cpus}_cpus_${tasks}_tasks_each")")
		done
		row "$tasks tasks a CPU" "${cells[@]}"
	done
	table 'Traces (`bench_trace`, `bench_import`), M/s' what goal measured
	for trace in "$@"; do
		name=$(basename "$trace" .pgt)
		row "decode, $name" 30 "$(rate "${name}_trace_decode")"
		row "encode, $name" 5 "$(rate "${name}_trace_encode")"
	done
	row 'import of a trace.dat of 297,940 recorded events' 2 "$(rate dat_import)"
	row '... past the time that the formats in its head take' 2 "$(rate_past dat_import dat_open)"
	row '... of it reading' - "$(rate dat_read)"
	row 'import of text' 1 "$(rate text_import)"
	row '... of it reading' - "$(rate text_read)"
	row 'import of CSV' - "$(rate csv_import)"
	row "generate, $((EVENTS / 2)) events" 5 "$(rate gen_event)"
	table 'Sizes of traces, zstd level 3 (`bench_trace`), bytes an event' what goal measured
	for trace in "$@"; do
		name=$(basename "$trace" .pgt)
		row "event blocks, $name: ns time, cpu, task, pfn, gfp" 3.6 \
			"$(ns "${name}_trace_block_bytes")"
		row '... without pfn' 2.5 "$(ns "${name}_trace_block_without_frames_bytes")"
		row '... the whole file, start state and truth stream included' - \
			"$(ns "${name}_trace_file_bytes")"
	done
	table 'Histograms (`bench_hist`), ns a value' values ns
	row 'below 2048' "$(ns hist_record_below_2048)"
	row 'below 1 million' "$(ns hist_record_below_1_million)"
	table 'Instructions an event (`callgrind.sh`)' case instructions
	awk -F, '!/^#/ && $1 != "case" { print "| " $1 " | " $2 " |" }' \
		tests/bench/results/callgrind.csv
}

[ -n "${KEEP-}" ] || measure "$@"
allocators
replays "$@"
parts "$@"
