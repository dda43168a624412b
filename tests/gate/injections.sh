#!/usr/bin/env bash
# A gate that never failed is no gate: each regression put in here has to be found, named, and
# to end with status 1.   injections.sh PAGESIM PAGESIM_WITH_A_SWAPPED_LIST_INSERTION
set -euo pipefail
pagesim=$(realpath -- "$1")
swapped=$(realpath -- "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
bad=0

# expect NAME STATUS WORDS PROGRAM SCENARIO [SETTINGS...]: how the check against the program's own
# baseline of that scenario ends, and what it says.
expect()
{
	local name=$1 want=$2 words=$3 program=$4 scenario=$5 got=0

	shift 5
	"$program" run "configs/scenarios/$scenario.yaml" "$@" --quiet --out "$out/now" >/dev/null
	"$pagesim" check --baseline "$out/$scenario" "$out/now" --junit "$out/junit.xml" \
		>"$out/text" || got=$?
	if [ "$got" -ne "$want" ] || ! grep -qF -- "$words" "$out/text"; then
		echo "$name: status $got, not $want, or nothing of '$words':"
		sed 's/^/    /' "$out/text"
		bad=1
	else
		echo "$name: status $got, $(grep '^Verdict' "$out/text")"
	fi
	if [ "$want" -eq 1 ] && ! grep -q '<failure ' "$out/junit.xml"; then
		echo "$name: the JUnit file has no failure"
		bad=1
	fi
}

for scenario in vm-fragment pressure-4.12; do
	"$pagesim" run "configs/scenarios/$scenario.yaml" --quiet --out "$out/$scenario" >/dev/null
done
expect 'an equal run' 0 'the same' "$pagesim" vm-fragment
expect 'a changed cost' 1 'latency.alloc.mean' "$pagesim" vm-fragment --set cost.lock=34
expect 'a cheaper path' 1 'All that differs is better' "$pagesim" vm-fragment \
	--set cost.fallback=39
expect 'a changed watermark' 1 'vm.min_free_kbytes' "$pagesim" pressure-4.12 \
	--set vm.min_free_kbytes=2MiB
expect 'a swapped list insertion' 1 'fragmentation' "$swapped" vm-fragment
exit "$bad"
