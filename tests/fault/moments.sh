#!/usr/bin/env bash
# SIGKILL, SIGINT and SIGTERM at random moments of everything that takes a while: each file is
# the whole old one, a whole new one or not there; INT and TERM end with 130 and leave nothing
# else, KILL at most temporary files whose names say so; and the next one works.
#   moments.sh PAGESIM [MOMENTS]     SEED=N repeats a failed run
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
moments=${2:-50}
RANDOM=${SEED:=$((10#$(date +%N) % 32768))}
export TMPDIR=$base/tmp
mkdir tmp
data=$source_/tests/traces/data/small.v6.dat.zst
tiny=$source_/configs/machines/tiny.yaml
hog=$source_/traces/samples/hog.pgt

cat >sweep.yaml <<-END
	base: {machine: $tiny, trace: $hog}
	axes:
	  vm.min_free_kbytes: [512KiB, 1MiB, 2MiB, 4MiB]
END

# What is to be hit: each makes its results in $to.
run()
{
	exec "$pagesim" run --quiet --trace "$hog" --machine "$tiny" --kernel 4.12 --out "$to/run"
}
sweep()
{
	exec "$pagesim" sweep run --quiet -j 2 sweep.yaml --out "$to/sweep"
}
import()
{
	exec "$pagesim" trace import --quiet "$data" --clock mono --json \
		--report "$to/report.json" -o "$to/import.pgt"
}
gen()
{
	exec "$pagesim" trace gen --quiet --events 300000 --seed 1 \
		--profile "$source_/configs/profiles/build-farm.yaml" -o "$to/gen.pgt"
}
collect()
{
	exec "$pagesim" sweep collect --quiet whole/sweep --csv "$to/t.csv" \
		--sqlite "$to/t.sqlite"
}
plot()
{
	exec "$pagesim" trace info --json --plot "$to/plot" "$hog"
}
report()
{
	exec "$pagesim" report --quiet whole/run -o "$to/report.html"
}
record()
{
	exec "$pagesim" trace record --quiet --allow-missed --buffer 16MiB -e core \
		-o "$to/record.pgt" -- sleep 0.2
}

whole_json()
{
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1" 2>/dev/null
}

# is_whole FILE: by what it is
is_whole()
{
	case $1 in
	*/manifest.jsonl) "$pagesim" sweep status "$(dirname "$1")" >/dev/null 2>&1 ||
		[ $? -eq 1 ] ;;
	*.json) whole_json "$1" ;;
	*.pgt) "$pagesim" trace check --quiet "$1" >/dev/null 2>&1 ;;
	*.html) tail -n 2 "$1" | grep -q '</html>' ;;
	*.svg) tail -n 2 "$1" | grep -q '</svg>' ;;
	*.sqlite) [ "$(sqlite3 "$1" 'pragma integrity_check' 2>&1)" = ok ] ;;
	*) [ -e "whole/${1#*/}" ] && [ "$(wc -l <"$1")" = "$(wc -l <"whole/${1#*/}")" ] ;;
	esac
}

# Temporary files are hidden, or end with the process that made them.
is_temporary()
{
	[[ /$1 =~ /\.[^/]+ || $1 =~ \.tmp-[0-9]+(-journal)?$ ]]
}

# looked_at WHAT SIGNAL: what lies in $to and in $TMPDIR
looked_at()
{
	local file

	while read -r file; do
		if is_temporary "$file"; then
			[ "$2" = KILL ] || trouble "$1: leaves $file"
		elif [[ $file == */.lock || $file == */lock ]]; then
			:
		else
			is_whole "$file" || trouble "$1: $file is not whole"
		fi
	done < <(find "$to" -type f)
	[ "$2" = KILL ] || [ -z "$(ls -A tmp)" ] || trouble "$1: leaves tmp/$(ls -A tmp)"
	rm -rf tmp/* tmp/.[!.]*
}

# How long it takes undisturbed, in microseconds; its results stay in whole/.
takes()
{
	local begin=${EPOCHREALTIME/./}

	to=whole
	("$1") >stdout 2>stderr || trouble "$1, undisturbed: exit status $?: $(cat stderr)"
	echo $((${EPOCHREALTIME/./} - begin))
}

# Until main() has begun: it catches SIGTERM. What comes before is the loader's, and the shell's.
begun()
{
	local key value

	# The program first: before it became that, the shell caught signals, too.
	while [ -e "/proc/$1/status" ]; do
		[ "/proc/$1/exe" -ef "$pagesim" ] || continue
		while read -r key value; do
			[ "$key" = SigCgt: ] && ((0x$value & 1 << 14)) && return
		done 2>/dev/null <"/proc/$1/status"
	done
}

# hit NAME SIGNAL MICROSECONDS
hit()
{
	local what="$1, SIG$2 after $3 us" child got

	(trap - INT && "$1") >stdout 2>stderr &
	child=$!
	begun "$child"
	sleep "$(printf '%d.%06d' $(($3 / 1000000)) $(($3 % 1000000)))"
	kill -s "$2" "$child" 2>/dev/null # it may have ended
	wait "$child" 2>/dev/null
	got=$?
	case $2:$got in
	*:0 | KILL:137 | INT:130 | TERM:130) ;;
	*) trouble "$what: exit status $got: $(head -n 3 stderr)" ;;
	esac
	[ "$got" = 0 ] || hits=$((hits + 1))
	[ "$got" != 130 ] || sentence "$what"
	looked_at "$what" "$2"
}

mkdir whole
names=(run sweep import run import gen run import collect plot)
[ "$moments" -le 100 ] || names=("${names[@]}" report) # some twenty plots each
can_record()
{
	[ "$(id -u)" = 0 ] && [ -e /sys/kernel/tracing/events/kmem/mm_page_alloc/enable ] &&
		mkdir /sys/kernel/tracing/instances/pagesim-try 2>/dev/null &&
		rmdir /sys/kernel/tracing/instances/pagesim-try
}
if can_record; then
	names=("${names[@]}" record)
else
	echo 'not tried, since this needs root and tracefs: record'
fi
declare -A us files=([run]=run [import]=import.pgt [gen]=gen.pgt [collect]='t.*'
	[report]='report.*' [record]=record.pgt)
for name in "${names[@]}"; do
	[ -n "${us[$name]-}" ] || us[$name]=$(takes "$name")
done

hits=0
for ((moment = 0; moment < moments && status == 0; moment++)); do
	name=${names[moment % ${#names[@]}]}
	signals=(KILL INT TERM)
	signal=${signals[RANDOM % 3]}
	to=to-$moment
	mkdir "$to"
	# Into an empty place, or over what an earlier one left.
	((RANDOM % 2)) || find whole -maxdepth 1 -name "${files[$name]:-no-file}" \
		-exec cp -r '{}' "$to" ';'
	hit "$name" "$signal" $((us[$name] * (RANDOM % 1000) / 950))
	(
		trap - INT
		"$name"
	) >stdout 2>stderr || trouble "$name again, after SIG$signal: exit status $?: $(cat stderr)"
	looked_at "$name, after SIG$signal" KILL
	rm -rf "$to"
done
if [ -d /sys/kernel/tracing/instances ]; then
	left=$(find /sys/kernel/tracing/instances -maxdepth 1 -name 'pagesim*' 2>/dev/null)
	[ -z "$left" ] || trouble "record: leaves $left"
fi
echo "seed $SEED: $moment moments, $hits of them before the end"
[ $status = 0 ] || echo "again with: SEED=$SEED $0 $1 $moments"
