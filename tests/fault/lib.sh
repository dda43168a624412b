#!/usr/bin/env bash
# What the fault tests share; sourced with the program's path as $1.
set -uo pipefail
pagesim=$(realpath -- "$1")
source_=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sample=$source_/traces/samples/vm-fragment.pgt
base=$(mktemp -d)
status=0
cd "$base" || exit 2

leave()
{
	cd /
	[ ! -d "$base/full" ] || umount "$base/full" 2>/dev/null
	[ ! -d "$base/locked" ] || umount "$base/locked" 2>/dev/null
	rm -rf "$base"
	exit $status
}
trap leave EXIT

trouble()
{
	printf '%s\n' "$1"
	status=1
}

# One clear sentence: something on stderr, and no sanitizer or assertion speaks.
sentence()
{
	[ -s stderr ] || trouble "$1: says nothing"
	grep -qE 'Sanitizer|runtime error|Assertion' stderr && trouble "$1: $(head -n 5 stderr)"
}

# ends STATUS WHAT COMMAND...: the command ends with that status and a sentence
ends()
{
	local want=$1 what=$2 got
	shift 2

	"$@" >stdout 2>stderr </dev/null
	got=$?
	[ "$got" -eq "$want" ] ||
		trouble "$what: exit status $got instead of $want: $(head -n 3 stderr)"
	sentence "$what"
}

# A sanitizer's own memory has no limit that could be set, and its own answer to what is short.
sanitized()
{
	grep -q __asan_init "$pagesim"
}

# within_memory KIB COMMAND...: no process of it gets more address space
within_memory()
(
	sanitized || ulimit -v "$1"
	shift
	"$@"
)

# No file of a run is half there: a finished result.json or none.
whole()
{
	[ ! -e "$1/result.json" ] || [ "$(tail -c 2 "$1/result.json")" = '}' ] ||
		trouble "$2: result.json is not whole"
}

# Nothing is left beside what was asked for.
no_leftovers()
{
	local left

	left=$(find "$1" '(' -name '*.tmp*' -o -name '.?*' ! -name . ')' 2>/dev/null)
	[ -z "$left" ] || trouble "$2: left behind $left"
}
