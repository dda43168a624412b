#!/usr/bin/env bash
# Each libFuzzer program for some time, from its seeds on, and what came of it as a table.
#   fuzz.sh BUILD_DIR [SECONDS [TARGET...]]      BUILD_DIR of the preset "asan"; 1800 s each
# Exit status 1 if a target crashed, leaked or hung: the input lies in the current folder.
#
# CORPUS=FOLDER fuzz.sh BUILD_DIR [SECONDS [TARGET...]]
# goes on where the last one stopped: always with the target that has had the least, for 120 s
# (SLICE), until each has had SECONDS, of CPU, so that other work on the machine does not count.
# It can be stopped at any time (SIGINT, SIGTERM), and several can share a FOLDER. In it:
#   TARGET/      the inputs that were kept; the next slice begins with them
#   slices.csv   a line for each slice
#   crashes/     inputs that crashed, leaked or hung, and what was said. Their targets are left
#                alone until these files are removed; exit status 1
# fuzz.sh --table FOLDER prints what all slices together have come to.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
interrupted=72 # libFuzzer's exit status after SIGINT
running=       # process id of the target that runs
stop=

# What slices.csv has for each target, as Markdown.
table()
{
	echo '| target | CPU seconds | executions | edges at the begin | edges at the end | inputs kept | crashes |'
	echo '|---|---|---|---|---|---|---|'
	awk -F, '
		function thousands(n) {
			n = sprintf("%d", n)
			while (match(n, /[0-9][0-9][0-9][0-9](,|$)/))
				n = substr(n, 1, RSTART) "," substr(n, RSTART + 1)
			return n
		}
		!($2 in cpu) { begin[$2] = $5 }
		{ cpu[$2] += $3; done[$2] += $4; end[$2] = $6; inputs[$2] = $7; crashes[$2] += $8 }
		END {
			for (t in cpu)
				printf "| %s | %.0f | %s | %d | %d | %d | %d |\n", t, cpu[t],
					thousands(done[t]), begin[t], end[t], inputs[t], crashes[t]
		}' "$1/slices.csv" | sort
}

if [ "${1-}" = --table ]; then
	table "${2:?usage: fuzz.sh --table FOLDER}"
	exit
fi
build=${1:?usage: fuzz.sh BUILD_DIR [SECONDS [TARGET...]]}
seconds=${2:-1800}
shift $(($# < 2 ? $# : 2))
programs=$(realpath -- "$build")/tests/fuzz
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

# The last number behind WORD in the log, 0 without one.
last()
{
	grep -o "$1:* *[0-9]*" "$2" | tail -n 1 | grep -o '[0-9]*$' || echo 0
}

edges_at_begin()
{
	sed -n 's/.*INITED *cov: \([0-9]*\).*/\1/p' "$1" | tail -n 1 | grep . || echo 0
}

# Starts a target in the background: start TARGET LOG CORPUS ARTIFACTS OPTION...
start()
{
	local target=$1 log=$2 corpus=$3 artifacts=$4 program=$programs/libfuzzer_$1
	shift 4

	[ "$target" != yaml ] || program=$programs/fuzz_yaml
	mkdir -p "$corpus"
	seeds "$target"
	"$program" "$@" -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix="$artifacts" "$corpus" "$dir/$target.seeds" \
		</dev/null >"$log" 2>&1 &
	running=$!
}

# ---- so many seconds each --------------------------------------------------------------------

fuzz()
{
	local log=$dir/$1.log corpus=$dir/$1 crashes=0

	start "$1" "$log" "$corpus" "./$1-" -max_total_time="$seconds" -timeout=20
	wait $running || crashes=1
	printf '%-18s %12s %9s %9s %8s %8s\n' "$1" "$(last stat::number_of_executed_units "$log")" \
		"$(edges_at_begin "$log")" "$(last cov "$log")" \
		"$(find "$corpus" -type f | wc -l)" "$crashes"
	[ "$crashes" = 0 ] && return
	status=1
	tail -n 40 "$log" >&2
}

# ---- slices of CPU ---------------------------------------------------------------------------

# CPU seconds of a process and the children it has waited for, 0 when it is gone.
cpu_of()
{
	local stat fields

	stat=$(cat "/proc/$1/stat" 2>/dev/null) || stat=') 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0'
	read -ra fields <<<"${stat##*) }"
	echo $(((fields[11] + fields[12] + fields[13] + fields[14]) / $(getconf CLK_TCK)))
}

# CPU seconds of all children that this shell has waited for.
cpu_of_children()
{
	times >"$dir/times"
	awk 'NR == 2 { split($1, u, "[ms]"); split($2, s, "[ms]")
		print 60 * (u[1] + s[1]) + u[2] + s[2] }' "$dir/times" >"$dir/cpu"
}

# Targets that may go on, what they have had before them, the least first.
waiting()
{
	local target

	for target; do
		compgen -G "$CORPUS/crashes/$target-*" >/dev/null ||
			awk -F, -v t="$target" -v most="$seconds" '$2 == t { had += $3 }
				END { if (had < most) printf "%.2f %s\n", had, t }' "$CORPUS/slices.csv"
	done | sort -n
}

# slice TARGET: until it has had SLICE seconds of CPU, has crashed or is to stop
slice()
{
	local log=$dir/$1.log before crashes=0 ended=0

	cpu_of_children
	before=$(cat "$dir/cpu")
	start "$1" "$log" "$CORPUS/$1" "$CORPUS/crashes/$1-" -timeout=300
	while kill -0 $running 2>/dev/null; do
		[ -z "$stop" ] && [ "$(cpu_of $running)" -lt "${SLICE:-120}" ] ||
			kill -INT $running 2>/dev/null || :
		sleep "${POLL:-1}" || :
	done
	wait $running || ended=$?
	[ "$ended" = $interrupted ] || [ "$ended" = 0 ] || crashes=1
	cpu_of_children
	awk -v before="$before" -v now="$(cat "$dir/cpu")" -v OFS=, -v t="$1" -v crashes=$crashes \
		-v date="$(date -u +%FT%TZ)" -v begin="$(edges_at_begin "$log")" \
		-v done="$(last stat::number_of_executed_units "$log")" -v end="$(last cov "$log")" \
		-v inputs="$(find "$CORPUS/$1" -type f | wc -l)" \
		'BEGIN { print date, t, now - before, done, begin, end, inputs, crashes }' \
		>>"$CORPUS/slices.csv"
	tail -n 1 "$CORPUS/slices.csv"
	[ "$crashes" = 0 ] && return
	cp "$log" "$CORPUS/crashes/$1-$(date +%s).log"
	tail -n 40 "$log" >&2
}

# The next slice, of the first target that nobody else has; 1 if there is none.
next_slice()
{
	local had target

	while read -r had target; do
		exec 9>"$CORPUS/locks/$target"
		flock -n 9 || continue
		# Had it a slice since it was looked at, another one may come first.
		[ "$(waiting "$target")" != "$had $target" ] || slice "$target"
		exec 9>&-
		return 0
	done < <(waiting "$@")
	return 1
}

in_turns()
{
	mkdir -p "$CORPUS/crashes" "$CORPUS/locks"
	CORPUS=$(realpath -- "$CORPUS")
	touch "$CORPUS/slices.csv"
	trap 'stop=1' INT TERM
	while [ -z "$stop" ] && next_slice "$@"; do :; done
	table "$CORPUS"
	[ -z "$stop" ] || exit 130
	for crash in "$CORPUS"/crashes/*; do
		[ ! -e "$crash" ] || status=1
	done
}

[ $# -gt 0 ] || mapfile -t found < <(targets)
[ $# -gt 0 ] || set -- "${found[@]}"
[ $# -gt 0 ] || {
	echo "no libFuzzer programs in $programs: cmake --preset asan, cmake --build --preset asan" >&2
	exit 2
}
if [ "${CORPUS-}" ]; then
	in_turns "$@"
	exit $status
fi
printf '%-18s %12s %9s %9s %8s %8s\n' target executions 'edges at' 'edges at' 'inputs' crashes
printf '%-18s %12s %9s %9s %8s %8s\n' '' '' begin end kept ''
for target; do
	fuzz "$target"
done
exit $status
