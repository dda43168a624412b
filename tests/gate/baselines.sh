#!/usr/bin/env bash
# Every baseline's scenario still has the baseline's result:  baselines.sh PAGESIM
set -euo pipefail
pagesim=$(realpath -- "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

status=0
checked=0
while read -r name scenario settings; do
	case $name in '' | '#'*) continue ;; esac
	# shellcheck disable=SC2086 # settings are words
	"$pagesim" run "$scenario" $settings --quiet --out "$out/$name" >/dev/null
	"$pagesim" check --baseline "configs/baselines/$name" "$out/$name" || status=1
	checked=$((checked + 1))
done <configs/baselines/list
[ "$checked" -ge 3 ] || {
	echo "only $checked baselines were checked"
	status=1
}
[ "$status" -eq 0 ] || echo "if this is meant: configs/baselines/update.sh PAGESIM"
exit "$status"
