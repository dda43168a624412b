#!/usr/bin/env bash
# Blanks, quotes, newlines and what a shell would run, in every path that gets into gnuplot,
# SQLite, CSV, HTML, a sweep's manifest or a recorded command: all of it works, nothing is run,
# nothing is written beside what was asked for, and of programs only gnuplot is started.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2016 # no shell is to expand this
strange=$'a b\'c"d`touch pwned`$(touch pwned);touch pwned\n&<e>%s\\|touch pwned'
mkdir "$strange"
cp "$source_/traces/samples/hog.pgt" "$strange/hog.pgt"
cp "$source_/configs/machines/tiny.yaml" "$strange/tiny.yaml"
cp "$source_/tests/traces/data/small.v6.dat.zst" "$strange/small.dat.zst"
cp "$source_/configs/profiles/hog.yaml" "$strange/hog.yaml"
cat >"$strange/sweep.yaml" <<-'END'
	base: {machine: tiny.yaml, trace: hog.pgt}
	axes:
	  vm.min_free_kbytes: [512KiB, 1MiB]
END
export TMPDIR=$base/tmp
mkdir tmp

started()
{
	sed -n 's/.*execve("\([^"]*\)".* = 0$/\1/p' strace.* | sort -u |
		grep -vxF "$pagesim" | grep -v '/gnuplot[^/]*$'
}

# works COMMAND...: ends with 0, starts nothing but gnuplot
works()
{
	local others

	rm -f strace.*
	if [ -n "$traced" ]; then
		strace -ff -qq -e trace=execve -o strace "$pagesim" "$@" >stdout 2>stderr
	else
		"$pagesim" "$@" >stdout 2>stderr
	fi || trouble "${*:1:2}: exit status $?: $(head -n 3 stderr)"
	others=$([ -z "$traced" ] || started)
	[ -z "$others" ] || trouble "${*:1:2} starts $others"
}

traced=
! sanitized && strace -qq -e trace=execve -o strace.try true 2>/dev/null && traced=1
[ -n "$traced" ] || echo 'not tried, since this needs strace: what programs are started'

p=$strange
works machine check "$p/tiny.yaml"
works machine show --svg "$p/tiny.svg" "$p/tiny.yaml"
works run --quiet --trace "$p/hog.pgt" --machine "$p/tiny.yaml" --out "$p/run"
works run --quiet --trace "$p/hog.pgt" --machine "$p/tiny.yaml" --out "$p/second" \
	--set vm.min_free_kbytes=1MiB
works report --quiet "$p/run" -o "$p/report.html" --title "$strange"
grep -qF '<e>' "$p/report.html" && trouble 'report: markup of a title gets into the page'
works compare "$p/run" "$p/second" --quiet -o "$p/compare.html"
works trace info --plot "$p/plots" "$p/hog.pgt"
works trace import --quiet "$p/small.dat.zst" --clock mono -o "$p/import.pgt"
works trace gen --quiet --profile "$p/hog.yaml" --events 100 -o "$p/gen.pgt"
works trace cut --quiet "$p/hog.pgt" --events 0:1000 -o "$p/cut.pgt"
works trace merge --quiet "$p/gen.pgt" "$p/cut.pgt" -o "$p/merge.pgt"
works sweep run --quiet "$p/sweep.yaml" --out "$p/sweep"
works sweep collect --quiet "$p/sweep" --csv "$p/t.csv" --sqlite "$p/t.sqlite"
[ "$(sqlite3 "$p/t.sqlite" 'pragma integrity_check')" = ok ] || trouble 'collect: no database'
works sweep report --quiet "$p/sweep" -o "$p/sweep.html"
find "$p/sweep/points" -name '*.json' -delete
ends 2 'sweep submit of such a folder' "$pagesim" sweep submit --dry-run "$p/sweep"
[ ! -e "$p/sweep/slurm.sh" ] || trouble 'sweep submit: leaves a script'
blank="a b'c\$(touch pwned)"
cp -r "$p/sweep" "$blank"
works sweep submit --quiet --dry-run "$blank"
bash -n "$blank/slurm.sh" || trouble 'sweep submit: its script is no script'
grep -qF "#SBATCH --output=\"$(realpath .)/$blank/slurm-" "$blank/slurm.sh" ||
	trouble "sweep submit: $(grep output "$blank/slurm.sh")"
# What is meant for a shell does what it says there.
works sweep export --points 1 "$p/sweep"
bash -e stdout >from-shell 2>&1 || trouble "sweep export, run by a shell: $(cat from-shell)"
"$pagesim" sweep status "$p/sweep" | grep -q ' 2 with a result' ||
	trouble 'sweep export, run by a shell: not all points are done'
rm -f from-shell
works check --quiet --baseline "$p/run" "$p/run" --junit "$p/junit.xml"
[ "$(find . -name pwned | wc -l)" = 0 ] || trouble 'something in a path was run'
[ -z "$(ls -A tmp)" ] || trouble "left in TMPDIR: $(ls -A tmp)"
others=$(find . -mindepth 1 -maxdepth 1 ! -name "a b*" ! -name 'strace*' ! -name std\* ! -name tmp)
[ -z "$others" ] || trouble "written beside what was asked for: $others"
