#!/bin/sh
# A hundred points by makeflow and two workers, of which one is killed, and makeflow as well
# (sweep_makeflow.sh); docs/sweeps.md has the last result.
#   makeflow.sh PAGESIM [POINTS [POINTS_OF_TASK]]      exit status 77: no makeflow here
exec "$(dirname "$0")/../fault/sweep_makeflow.sh" "$1" "${2:-100}" "${3:-5}"
