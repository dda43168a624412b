#!/bin/sh
# Random operations on small 2.4.0 machines, ten seeds (random.sh). docs/testing.md has the last
# result.
#   mm24_random.sh BUILD_DIR [FIRST_SEED [SEEDS]]
exec "$(dirname "$0")/random.sh" test_mm24_random 10 "$@"
