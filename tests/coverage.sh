#!/usr/bin/env bash
# Which lines of model/ and traces/ the tests run; fails below the floor of 90 % in either.
#
#   coverage.sh BUILD_DIR     a build of the preset "coverage" whose tests have run
#
# The share of each file is in BUILD_DIR/coverage.csv, the lines that no test runs in coverage.txt.
# 77 = skipped: no gcovr here.
set -euo pipefail
build=$(realpath -- "${1:?usage: coverage.sh BUILD_DIR}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
floor=90

command -v gcovr >/dev/null || {
	echo "skipped: gcovr is not installed"
	exit 77
}
gcovr --root . --object-directory "$build" --filter model/ --filter traces/ \
	--csv "$build/coverage.csv" --txt "$build/coverage.txt" "$build"
awk -F, -v floor=$floor '
	NR > 1 {
		folder = $1
		sub("/.*", "", folder)
		total[folder] += $2
		run[folder] += $3
	}
	END {
		for (i = split("model traces", folders, " "); i > 0; i--) {
			folder = folders[i]
			share = total[folder] ? 100 * run[folder] / total[folder] : 0
			printf "%s/: %d of %d lines run, %.1f %% (floor %d %%)\n", folder, run[folder],
				total[folder], share, floor
			if (share < floor)
				low = 1
		}
		exit low
	}' "$build/coverage.csv" || {
	echo "fewer than $floor % of the lines are run: $build/coverage.txt says which are not"
	exit 1
}
