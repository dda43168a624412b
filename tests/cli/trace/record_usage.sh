#!/usr/bin/env bash
# What is wrong with a recording before it begins; none of this touches the machine.
try()
{
	echo "== $*"
	echo "== $*" >&2
	pagesim trace record "$@"
	echo "status $?"
}

try
try -o x.pgt --events all
try -o x.pgt --seconds 0
try -o x.pgt --seconds 1e3
try -o x.pgt --buffer 16MB
try -o x.pgt --buffer 4KiB
try -o x.pgt --level 20
try -o x.pgt --seconds 5 -- true
try -o x.pgt make -j2
try -o -
try -o - --json --quiet
mkdir folder
try -o folder
try -o x.pgt --keep-raw folder
try -o nowhere/x.pgt
try -o x.pgt --bufer 1MiB
pagesim trace record --help
ls
