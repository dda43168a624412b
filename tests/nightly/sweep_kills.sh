#!/bin/sh
# Workers and the sweep itself killed twenty times at random moments; docs/testing.md has the last
# result.
#   sweep_kills.sh PAGESIM [KILLS]
exec "$(dirname "$0")/../fault/sweep_kills.sh" "$1" "${2:-20}"
