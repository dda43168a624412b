#!/bin/sh
# Random operations on small 4.12.0 machines with too little memory, with tasks and daemons that
# sleep: a million steps, with every invariant checked after every one of them. docs/testing.md
# has the last result.
#   mm412_random.sh BUILD_DIR [FIRST_SEED [SEEDS]]
# Without a first seed, each day has its own. Exit status 0 = all held.
set -eu
build=${1:?usage: mm412_random.sh BUILD_DIR [FIRST_SEED [SEEDS]]}
seed=${2:-$(date +%Y%m%d00)}
seeds=${3:-1}
test=$build/tests/model/test_mm412_world

[ -x "$test" ] || {
	echo "$test is not there: cmake --build $build --target test_mm412_world" >&2
	exit 2
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT INT TERM
end=$((seed + seeds))
while [ "$seed" -lt "$end" ]; do
	PAGESIM_RANDOM_SEED=$seed PAGESIM_RANDOM_STEPS=1000000 PAGESIM_RANDOM_EVERY=1 \
		"$test" >"$log" 2>&1 || {
		cat "$log"
		exit 1
	}
	echo "seed $seed: a million steps, all invariants held after each"
	seed=$((seed + 1))
done
