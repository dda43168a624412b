#!/usr/bin/env bash
# Every command that writes, where it cannot: into files of at most 1 KiB, a folder that may only
# be read, a folder that is a file, and with a standard output that is always full. Each ends
# with 4 and a sentence and leaves nothing.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
hog=$source_/traces/samples/hog.pgt
tiny=$source_/configs/machines/tiny.yaml
profile=$source_/configs/profiles/hog.yaml
export TMPDIR=$base/tmp
mkdir tmp
cat >sweep.yaml <<-END
	base: {machine: $tiny, trace: $hog}
	axes: {vm.min_free_kbytes: [512KiB, 1MiB]}
END
"$pagesim" run --quiet --trace "$hog" --machine "$tiny" --out run >stdout || exit 2
"$pagesim" sweep run --quiet sweep.yaml --out swept >stdout || exit 2
"$pagesim" trace gen --quiet --profile "$profile" --events 5000 -o gen.pgt || exit 2
cp -r swept half
find half/points -name '*.json' | head -n 1 | xargs rm

# Each into the folder $to.
writers=(
	'run --trace $hog --machine $tiny --out $to/run'
	'run --trace $hog --machine $tiny --save-state $to/state.pgt --out $to/run'
	'report run -o $to/report.html'
	'compare run run -o $to/compare.html'
	'check --baseline run run --junit $to/junit.xml'
	'trace gen --profile $profile --events 50000 -o $to/gen.pgt'
	'trace cut gen.pgt --events 0:4000 -o $to/cut.pgt'
	'trace merge gen.pgt gen.pgt -o $to/merge.pgt'
	'trace import $source_/tests/traces/data/small.v6.dat.zst --clock mono -o $to/i.pgt'
	'trace info $hog --plot $to/plots'
	'machine show $tiny --svg $to/tiny.svg'
	'machine import --sys -o $to/machine.yaml'
	'sweep plan sweep.yaml -o $to/manifest.jsonl'
	'sweep run sweep.yaml --out $to/sweep'
	'sweep collect swept --csv $to/t.csv'
	'sweep collect swept --sqlite $to/t.sqlite'
	'sweep report swept -o $to/report.html'
	'sweep export half -o $to/list'
)

# fails WHAT FOLDER WRITER [LIMIT]
fails()
{
	local to=$2 words got what="$1: ${3%% \$*}"

	eval "words=($3)"
	(
		trap '' XFSZ
		[ -z "${4-}" ] || ulimit -f "$4"
		exec timeout 60 "$pagesim" "${words[@]}" --quiet
	) >stdout 2>stderr </dev/null
	got=$?
	[ "$got" -eq 4 ] || trouble "$what: exit status $got instead of 4: $(head -n 3 stderr)"
	sentence "$what"
	[ -z "$(ls -A tmp)" ] || trouble "$what: left in TMPDIR: $(ls -A tmp)"
	rm -rf tmp/*
}

# Files that fit are whole, the others are not there.
fits()
{
	local file

	while read -r file; do
		[ "$(stat -c %s "$file")" -lt 1024 ] || trouble "$1: $file was cut off"
	done < <(find small -type f)
	no_leftovers small "$1"
}

: >file
mkdir locked
locked=
if mount -t tmpfs -o ro tmpfs locked 2>/dev/null; then
	locked=1
elif [ "$(id -u)" != 0 ]; then
	chmod a-w locked && locked=1
else
	echo 'not tried, since this needs the right to mount: a folder that may only be read'
fi
for writer in "${writers[@]}"; do
	[ -z "$locked" ] || fails 'into a folder that may only be read' locked "$writer"
	fails 'below a file' file "$writer"
	case $writer in
	*junit* | *manifest* | *'sweep collect'*csv* | *'sweep export'* | *'machine import'*) continue ;;
	esac # may be smaller than the limit
	mkdir small
	fails 'into files of 1 KiB' small "$writer" 1
	fits "into files of 1 KiB: $writer"
	rm -rf small
done
umount locked 2>/dev/null

for command in 'params' 'run --trace $hog --machine $tiny' 'trace cat gen.pgt' \
	'trace info gen.pgt' 'trace check gen.pgt' 'trace gen --profile $profile --events 9 -o -' \
	'machine show $tiny' 'machine check $tiny' 'compare run run' 'report run -o -' \
	'sweep plan sweep.yaml -o -' 'sweep status swept' 'sweep collect swept --csv -' \
	'sweep export half' 'check --baseline run run' '--version' '--help' 'run --help'; do
	eval "words=($command)"
	"$pagesim" "${words[@]}" >/dev/full 2>stderr </dev/null
	got=$?
	[ "$got" -eq 4 ] || trouble "$command, to a full device: exit status $got"
	sentence "$command, to a full device"
done
