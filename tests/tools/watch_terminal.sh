#!/usr/bin/env bash
# watch_terminal.sh PAGESIM: run --watch on a terminal, to its end, interrupted, and made
# smaller meanwhile. Skipped (77) where there is no python3.
set -euo pipefail
pagesim=$(realpath -- "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

command -v python3 >/dev/null || {
	echo 'skipped: no python3 here'
	exit 77
}
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
cd "$here/../.."
"$pagesim" trace gen --quiet --profile configs/profiles/build-farm.yaml --events 2000000 \
	--seed 1 -o "$base/big.pgt" >/dev/null
python3 "$here/watch_terminal.py" "$pagesim" --trace "$base/big.pgt" \
	--machine configs/machines/2s-broadwell.yaml
