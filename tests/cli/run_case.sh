#!/usr/bin/env bash
# Runs one command-line case and compares what it prints and how it ends with the files beside
# it:  run_case.sh PAGESIM CASE.sh      UPDATE=1 rewrites the files instead of comparing.
#
#   CASE.stdout.exact   what it prints; no file = nothing
#   CASE.stderr.exact   the same for stderr
#   CASE.status         its exit status; no file = 0
#
# A case runs under bash in an empty folder of its own, with pagesim on the PATH, the tree's
# configs/ and traces/ as links, and $CASES naming the folder the case lies in. In the output
# the folder's path reads WORK, the tree's SOURCE.
set -euo pipefail
pagesim=$(realpath -- "$1")
script=$(realpath -- "$2")
case_=${script%.sh}
source_=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
work=$(realpath -- "$base")/work

mkdir "$work" "$base/bin"
ln -s "$pagesim" "$base/bin/pagesim"
ln -s "$source_/configs" "$source_/traces" "$work"

status=0
(
	cd "$work"
	env -u CDPATH LC_ALL=C TZ=UTC PATH="$base/bin:$PATH" PAGESIM="$pagesim" \
		CASES="$(dirname "$script")" bash "$script" \
		</dev/null >"$base/stdout" 2>"$base/stderr"
) || status=$?

# The paths of this run, and nothing else, are taken out.
for stream in stdout stderr; do
	sed -i -e "s|$work|WORK|g" -e "s|$source_|SOURCE|g" "$base/$stream"
done
echo "$status" >"$base/status"
[ "$status" -ne 0 ] || : >"$base/status"

bad=0
# check GOT EXPECTED: no file stands for an empty one
check()
{
	local got=$1 expected=$2

	if [ "${UPDATE:-0}" = 1 ]; then
		if [ -s "$got" ]; then cp "$got" "$expected"; else rm -f "$expected"; fi
		return
	fi
	[ -e "$expected" ] || expected=/dev/null
	diff -u --label "expected ${2##*/}" --label "got" "$expected" "$got" || bad=1
}

check "$base/status" "$case_.status"
check "$base/stdout" "$case_.stdout.exact"
check "$base/stderr" "$case_.stderr.exact"
exit $bad
