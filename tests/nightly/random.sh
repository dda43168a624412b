#!/bin/sh
# A random test, for each of some seeds a million steps, with every invariant checked after every
# one of them.
#   random.sh TEST SEEDS BUILD_DIR [FIRST_SEED [SEEDS]]
# TEST is the program's name, SEEDS how many seeds without another number. Without a first seed,
# each day has its own. Exit status 0 = all held.
set -eu
name=${1:?usage: random.sh TEST SEEDS BUILD_DIR [FIRST_SEED [SEEDS]]}
build=${3:?which build directory?}
seed=${4:-$(date +%Y%m%d00)}
seeds=${5:-$2}
test=$build/tests/model/$name

[ -x "$test" ] || {
	echo "$test is not there: cmake --build $build --target $name" >&2
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
