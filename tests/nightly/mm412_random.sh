#!/bin/sh
# Random operations on small 4.12.0 machines with too little memory, with tasks and daemons that
# sleep, one seed (random.sh). docs/testing.md has the last result.
#   mm412_random.sh BUILD_DIR [FIRST_SEED [SEEDS]]
exec "$(dirname "$0")/random.sh" test_mm412_world 1 "$@"
