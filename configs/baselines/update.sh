#!/usr/bin/env bash
# Makes the baselines anew from what the program computes now, and prints what changed:
#   configs/baselines/update.sh PAGESIM [NAME...]       without names: all of them
# A change of results is a commit of its own that says why (docs/gate.md).
set -euo pipefail
pagesim=$(realpath -- "${1:?usage: update.sh PAGESIM [NAME...]}")
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

while read -r name scenario settings; do
	case $name in '' | '#'*) continue ;; esac
	if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
	# shellcheck disable=SC2086 # settings are words
	"$pagesim" run "$scenario" $settings --quiet --out "$out/$name" >/dev/null
	# Inputs are the list's: other ones are as much of a change as other figures.
	"$pagesim" check --baseline "configs/baselines/$name" "$out/$name" --update \
		--different-inputs
	echo
done <configs/baselines/list
