#!/usr/bin/env bash
# What keeps a page from being written is one sentence with its status; what is known beforehand
# is said before anything is run, and no page, plot or result is left behind.
export TMPDIR=$PWD/tmp
mkdir tmp
try()
{
	echo "pagesim compare $*" >&2
	pagesim compare "$@" >printed
	echo "= $?, printed $([ -s printed ] && echo the text || echo nothing)" >&2
}
scenario=configs/scenarios/vm-fragment.yaml
kept=configs/baselines/vm-fragment
try $kept $kept $kept $kept $kept $kept $kept $kept $kept -o nine.html
try $kept $kept --json -o -
try $kept $kept -o
mkdir empty-path
ln -s "$(command -v pagesim)" empty-path/pagesim
( PATH=$PWD/empty-path; try $scenario --with seed=2 -o page.html )
cp -r $kept cut
head -c 1000 $kept/latency.hlog >cut/latency.hlog
try $kept cut -o page.html
# A signal while plots are drawn: results of runs go, too.
mkdir signals
ln -s "$(command -v pagesim)" signals/pagesim
printf '#!/bin/sh\nkill -INT $PPID\n' >signals/gnuplot
chmod +x signals/gnuplot
( PATH=$PWD/signals:$PATH; try $scenario --with seed=2 -o page.html )
ls tmp >&2
command -v gnuplot >/dev/null || {
	sed -n '/nowhere/,$p' "$CASES/page_wrong.stderr.exact" >&2 # nothing is drawn without
	exit
}
try $scenario --with seed=2 -o /proc/nowhere/page.html
echo old >page.html
: >page.files
try $kept $kept -o page.html
cat page.html >&2
ls . tmp >&2
pagesim compare $kept $kept -o - >/dev/full
echo "= $?" >&2
