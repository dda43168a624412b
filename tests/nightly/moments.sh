#!/bin/sh
# Signals at a thousand random moments of all that takes a while (tests/fault/moments.sh), report
# among it.
#   moments.sh PAGESIM [MOMENTS]     SEED=N repeats a failed run
exec "$(dirname "$0")/../fault/moments.sh" "$1" "${2:-1000}"
