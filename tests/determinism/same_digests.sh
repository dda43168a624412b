#!/usr/bin/env bash
# The same trace on the same machine gives the same result_digest in every build and with
# either engine, whatever the current folder, the locale and the names of the files.
#
#   same_digests.sh PAGESIM...     the binaries of one or more builds
set -euo pipefail
source_=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
# In the second one every operation of the strict engine is an actor's, so it is a short one.
long=$source_/traces/samples/vm-fragment.pgt
short=$source_/traces/samples/host-build-small.pgt
binaries=()
for binary; do
	binaries+=("$(realpath -- "$binary")")
done
status=0

# Prints the digest of one run: digest PAGESIM TRACE OPTION...
digest()
{
	local pagesim=$1 trace=$2
	shift 2

	rm -rf out
	"$pagesim" run --trace "$trace" --kernel 4.12 --quiet --out out "$@" >said 2>&1 || {
		cat said >&2
		return 1
	}
	sed -n 's/.*"result_digest": *"\([0-9a-f]\{32\}\)".*/\1/p' out/result.json
}

# Compares a run's digest with the first one of its trace: compare WANT NAME DIGEST
compare()
{
	printf '%s  %s\n' "${3:-no digest}" "$2"
	[ -n "$3" ] && [ "$1" = "$3" ] && return
	echo "the digest of $2 is not that of the first run"
	status=1
}

# same TRACE OPTION...: with these options, every binary gives the first one's digest
same()
{
	local trace=$1 binary got
	shift

	for binary in "${binaries[@]}"; do
		got=$(digest "$binary" "$trace" "$@") || got=
		: "${want:=$got}"
		compare "$want" "${binary#"$PWD/"} ${trace##*/} $*" "$got"
	done
}

mkdir "$base/a" "$base/elsewhere"
cd "$base/a"
want=
same "$short"
same "$short" --engine=strict
want=
same "$long"

# Elsewhere, under other names and another locale.
cd "$base/elsewhere"
cp "$long" renamed.pgt
LC_ALL=C.UTF-8 TZ=Asia/Kathmandu same renamed.pgt
exit $status
