#!/usr/bin/env bash
# Instructions that pagesim executes per event, counted by callgrind, against the ones that
# results/callgrind.csv remembers. Counts do not depend on how busy the machine is; they do on the
# compiler, its flags and the libraries, so the file says what it was made with.
#   callgrind.sh PAGESIM [BUILD]            fails when a case takes 3 % more than before
#   callgrind.sh --update PAGESIM [BUILD]   measures and writes the file
# BUILD is what it was built with, as CMakeLists.txt says it ("GNU 12 x86_64 Release IPO"); with
# another one than the file's there is nothing to compare: exit status 77.
set -euo pipefail
band=3 # percent

update=false
[ "${1-}" != --update ] || {
	update=true
	shift
}
pagesim=$(realpath "${1:?usage: callgrind.sh [--update] PAGESIM [BUILD]}")
root=$(cd "$(dirname "$0")/../.." && pwd)
known=$root/tests/bench/results/callgrind.csv
made_with=$(sed -n 's/^# *//p' "$known" 2>/dev/null || true)
build=${2:-${made_with:-GNU 12 x86_64 Release IPO}}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

skip()
{
	echo "skipped: $1"
	exit 77
}

command -v valgrind >/dev/null || skip 'there is no valgrind'
$update || [ "$build" = "$made_with" ] ||
	skip "built with \"$build\", the known counts with \"$made_with\""

# Instructions of one run: instructions COMMAND...
instructions()
{
	valgrind --tool=callgrind --callgrind-out-file="$dir/out" "$@" >"$dir/said" 2>&1 || {
		cat "$dir/said" >&2
		return 1
	}
	sed -n 's/^totals: //p' "$dir/out"
}

generate()
{
	"$pagesim" trace gen --quiet --profile "$root/configs/profiles/build-farm.yaml" \
		--seed 1 --events "$1" -o "$2"
}

# Two lengths: what start and end take is in both.
short=20000
long=100000
generate $short "$dir/$short.pgt"
generate $long "$dir/$long.pgt"
machine=$root/configs/machines/2s-skylake-8180.yaml

# One run of that many events: run_case CASE EVENTS
run_case()
{
	local trace=$dir/$2.pgt

	case $1 in
	gen) instructions "$pagesim" trace gen --quiet --seed 1 --events "$2" -o "$dir/new.pgt" \
		--profile "$root/configs/profiles/build-farm.yaml" ;;
	info) instructions "$pagesim" trace info "$trace" ;;
	*) instructions "$pagesim" run --quiet --out "$dir/$1-$2" --trace "$trace" \
		--machine "$machine" --kernel "${1%%-*}" --set "memory_model=${1#*-}" ;;
	esac
}

# Those of a case per event, in tenths.
per_event()
{
	local a b

	a=$(run_case "$1" $short)
	b=$(run_case "$1" $long)
	echo $(((b - a) * 10 / (long - short)))
}

status=0
printf '# %s\n' "$build" >"$dir/new.csv"
echo case,instructions_per_event >>"$dir/new.csv"
for name in info gen 4.12-flat 4.12-reuse 4.12-cache 2.4-flat; do
	tenths=$(per_event $name)
	now=$((tenths / 10)).$((tenths % 10))
	echo "$name,$now" >>"$dir/new.csv"
	before=$(sed -n "s/^$name,//p" "$known" 2>/dev/null || true)
	awk -v name="$name" -v now="$now" -v before="${before:-0}" -v band=$band 'BEGIN {
		change = before ? 100 * (now - before) / before : 0
		printf "%-12s %8.1f instructions an event, before %8.1f (%+.1f %%)", name, now, before, change
		if (change > band) { print ": TOO MANY"; exit 1 }
		print change < -band ? ": better, write it down with --update" : ""
	}' || status=1
done
if $update; then
	cp "$dir/new.csv" "$known"
	echo "written: $known"
	exit 0
fi
[ $status = 0 ] || echo "more than $band % above tests/bench/results/callgrind.csv; if it is worth it: tests/bench/callgrind.sh --update PAGESIM"
exit $status
