#!/bin/sh
# A hundred points on a Slurm of the test's own, with a node killed (sweep_slurm.sh); docs/sweeps.md
# has the last result.
#   slurm.sh PAGESIM [POINTS [POINTS_OF_TASK]]      exit status 77: no Slurm here
exec "$(dirname "$0")/../fault/sweep_slurm.sh" "$1" "${2:-100}" "${3:-10}"
