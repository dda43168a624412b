#!/usr/bin/env bash
# Surroundings that nobody thinks of: standard files that are closed, symbolic links and ".." as
# places of results, few open files, a small stack, no HOME, a TMPDIR that is not there, names of
# 32 KiB, a trace that is cut off or written over while it is replayed, a folder that goes away.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
hog=$source_/traces/samples/hog.pgt
tiny=$source_/configs/machines/tiny.yaml
profile=$source_/configs/profiles/hog.yaml
recording=$source_/tests/traces/data/small.v6.dat.zst
run=("$pagesim" run --trace "$hog" --machine "$tiny")
export TMPDIR=$base/tmp
mkdir tmp

works()
{
	local what=$1
	shift

	"$@" >stdout 2>stderr || trouble "$what: exit status $?: $(head -n 3 stderr)"
}

# The files of a folder, but for what the host took.
same_results()
{
	diff -r -x result.json -x summary.txt plain "$1" >differs || trouble "$2: $(head -n 3 differs)"
	whole "$1" "$2"
}
works 'run' "${run[@]}" --out plain

# ---- standard files: what is printed never gets into a file --------------------------------
closed()
{
	"$@" <&- >&- 2>&-
}
closed "${run[@]}" --out closed
[ $? = 4 ] || trouble 'run without standard files: does not tell that its table is lost'
same_results closed 'run without standard files'
closed "$pagesim" trace import --quiet "$recording" --clock mono --report report -o closed.pgt ||
	trouble "import without standard files: exit status $?"
works 'a trace made without standard files' "$pagesim" trace check closed.pgt
closed "$pagesim" params
[ $? = 4 ] || trouble 'params without standard files: does not tell'
without_input()
{
	"$@" <&-
}
ends 4 'a trace from a closed stdin' without_input "$pagesim" trace check -

# ---- links ----------------------------------------------------------------------------------
# through_link WHAT COMMAND...: writes to ./link, which leads to another folder's file
through_link()
{
	local what=$1
	shift

	mkdir -p elsewhere
	echo old >elsewhere/file
	ln -sfn elsewhere/file link
	works "$what" "$@"
	[ -h link ] || trouble "$what: a file in place of the link"
	grep -qx old elsewhere/file && trouble "$what: the file behind the link is the old one"
	no_leftovers elsewhere "$what"
}
cat >sweep.yaml <<-END
	base: {machine: $tiny, trace: $hog}
	axes: {vm.min_free_kbytes: [512KiB, 1MiB]}
END
works 'sweep run' "$pagesim" sweep run --quiet --out sweep sweep.yaml
through_link 'gen' "$pagesim" trace gen --profile "$profile" --events 100 -o link
through_link 'machine import' "$pagesim" machine import --quiet \
	"$source_/tests/cli/machine/two-packages.xml" -o link
through_link 'report' "$pagesim" report --quiet --no-files plain -o link
through_link 'a table' "$pagesim" sweep collect sweep --csv link
through_link 'a database' "$pagesim" sweep collect sweep --sqlite link
ln -s real folder
mkdir real
works 'run into a link' "${run[@]}" --out folder
same_results real 'run into a link'
ln -s loop loop
ends 4 'run into a loop' "${run[@]}" --out loop
ends 3 'a loop as a recording' "$pagesim" trace import loop -o x.pgt
works 'run into ..' "${run[@]}" --out real/../new/deep
same_results new/deep 'run into ..'

# ---- what a process may have ----------------------------------------------------------------
# limited OPTION N COMMAND...
limited()
(
	ulimit "$1" "$2" && shift 2 && exec "$@"
)
few_files()
{
	limited -n "$1" "$pagesim" --version >stdout 2>stderr || return # the loader's
	limited -n "$1" "${@:3}" >stdout 2>stderr
	case $? in
	0) ;;
	4) sentence "$2 with $1 files" ;;
	*) trouble "$2 with $1 files: exit status $?: $(head -n 2 stderr)" ;;
	esac
	whole few "$2 with $1 files"
	no_leftovers . "$2 with $1 files"
}
for n in 4 5 6 8 10 14 18; do
	few_files $n run "${run[@]}" --out few
	few_files $n import "$pagesim" trace import "$recording" --clock mono -o few.pgt
	rm -rf few few.pgt
done
works 'a stack of 128 KiB' limited -s 128 "${run[@]}" --out stack
same_results stack 'a stack of 128 KiB'
works 'no environment' env -i "${run[@]}" --out bare
same_results bare 'no environment'
works 'another language' env LC_ALL=tr_TR.UTF-8 LANG=de_DE "${run[@]}" --out turkish
same_results turkish 'another language'
for dir in '' /nowhere /proc relative; do
	works "TMPDIR=$dir" env TMPDIR="$dir" "$pagesim" trace info --json --plot plot "$hog"
done
long=$(head -c 32768 /dev/zero | tr '\0' a)
ends 2 'a key of 32 KiB' "${run[@]}" --set "$long=1"
[ "$(wc -c <stderr)" -lt 2000 ] || trouble "a key of 32 KiB: $(wc -c <stderr) bytes of words"
ends 4 'a folder of 32 KiB' "${run[@]}" --out "$long"
ends 3 'a trace of 32 KiB' "$pagesim" trace info "$long"

# ---- what changes meanwhile -----------------------------------------------------------------
# The first half is read when the pipe is empty, and what comes then is another file's.
half=$(($(wc -c <"$sample") / 2))
mkfifo pipe
from_pipe()
{
	"$pagesim" run --kernel 4.12 --trace - --out "$1" <pipe
}
{
	head -c $half "$sample"
	head -c $half /dev/zero
} >pipe &
(
	from_pipe other
) >stdout 2>stderr
got=$?
wait $!
[ $got = 3 ] || trouble "a trace that goes on as another: exit status $got"
sentence 'a trace that goes on as another'
[ ! -e other ] || trouble 'a trace that goes on as another: leaves a folder'
{
	head -c $half "$sample"
	for ((i = 0; i < 1000; i++)); do
		rm -rf away 2>/dev/null && sleep 0.01
		[ ! -e gone ] || break
		[ $i -lt 100 ] || touch gone
	done
	tail -c +$((half + 1)) "$sample"
} >pipe &
(
	from_pipe away
) >stdout 2>stderr
got=$?
wait $!
[ $got = 4 ] || trouble "a folder that goes away: exit status $got"
sentence 'a folder that goes away'
[ ! -e away ] || trouble "a folder that goes away is there: $(ls -A away)"
