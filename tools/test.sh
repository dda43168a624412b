#!/usr/bin/env bash
# Builds pagesim in every way that we support and runs the tests.
# Installs what is missing (tools/packages.sh); all files stay in build/.
#
#   tools/test.sh              everything (docs/testing.md says what runs in which build)
#   tools/test.sh --quick      the dev build and its tests only
#   tools/test.sh --label L    only tests with that label, e.g. unit, cli, lint, libfuzzer
#
# Ends with "N passed, N failed"; exit status 0 if nothing failed, else 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=(dev release asan)
only=
passed=0
failed=0
skipped=0
failures=()
built=()
declare -A running=() # checks that run beside others, by name
trap 'kill $(jobs -p) 2>/dev/null || :' EXIT

usage()
{
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' tools/test.sh
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick) presets=(dev) ;;
	--label)
		only=${2:?--label wants a label}
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done

# Which labels a build runs: what could come out differently there (docs/testing.md).
labels_of()
{
	case $1 in
	dev) echo '.*' ;;
	release) echo '^(golden|recorded|cli|bench)$' ;;
	coverage) echo '^(unit|golden|recorded|cli|fuzz)$' ;;
	asan) echo '^(unit|golden|recorded|cli|fault|libfuzzer)$' ;;
	esac
}

# And which of these it does not run: dev, when everything runs, what others run as well; under
# sanitizers what takes long and adds little.
except_of()
{
	case $1-${#presets[@]}-$only in
	dev-3-) echo '^(cli|fuzz|determinism|hostile)$' ;;
	asan-*) echo '^heavy$' ;;
	*) echo '^$' ;;
	esac
}

# What of a build its tests want.
targets_of()
{
	case $1-$only in
	asan-libfuzzer) echo libfuzzers ;;
	release-*) echo pagesim pagesim_toy pagesim_swapped ;;
	*) echo all ;;
	esac
}

# How many tests at a time: some of dev's wait for most of their time, and libFuzzer's programs
# end by the clock.
jobs_of()
{
	case $1 in
	dev | asan) echo $(($(nproc) + 1)) ;;
	*) nproc ;;
	esac
}

heading()
{
	printf '\n==== %s\n' "$1"
}

# Runs a step whose output matters only when it fails: step NAME LOG COMMAND...
step()
{
	local name=$1 log=$2 start=$SECONDS
	shift 2

	if "$@" >"$log" 2>&1; then
		printf '%s: %s s\n' "$name" $((SECONDS - start))
		return 0
	fi
	failure "$name" "$log" $((SECONDS - start))
	return 1
}

# Counts a failure and shows the end of its output: failure NAME LOG SECONDS
failure()
{
	tail -n 60 "$2"
	printf '%s failed after %s s, all of its output is in %s\n' "$1" "$3" "$2"
	failed=$((failed + 1))
	failures+=("$1")
}

build()
{
	local preset=$1 targets

	read -ra targets < <(targets_of "$preset")
	heading "$preset: build"
	step "configure $preset" "build/$preset-configure.log" \
		cmake --preset "$preset" -DBUILD_TESTING=ON -DCMAKE_COMPILE_WARNING_AS_ERROR=ON ||
		return 1
	step "build $preset" "build/$preset-build.log" \
		cmake --build --preset "$preset" -j "$(nproc)" --target "${targets[@]}"
}

# The number that the result file's test suite gives for `tests`, `failures`, `skipped`.
attribute()
{
	grep -o -m 1 "[[:space:]]$1=\"[0-9]*\"" "$2" | grep -o '[0-9]\+'
}

# Adds a ctest run's numbers to ours.
count()
{
	local preset=$1 junit=$2 status=$3 tests=0 bad=0 not_run=0

	if [ -s "$junit" ]; then
		tests=$(attribute tests "$junit")
		bad=$(attribute failures "$junit")
		not_run=$(attribute skipped "$junit")
	fi
	passed=$((passed + tests - bad - not_run))
	failed=$((failed + bad))
	skipped=$((skipped + not_run))
	if [ "$bad" -gt 0 ]; then
		failures+=("$preset: $(sed -n \
			's/.*<testcase name="\([^"]*\)".*status="fail".*/\1/p' "$junit" | xargs)")
	elif [ "$status" -ne 0 ]; then
		failed=$((failed + 1))
		failures+=("$preset: ctest ended with $status")
	fi
}

# run_tests PRESET [NAMES]: the tests of its labels, those of these names alone
run_tests()
{
	local preset=$1 names=${2-.} junit=$PWD/build/$1-tests.xml status=0 labels

	labels=${only:+"^$only\$"}
	labels=${labels:-$(labels_of "$preset")}
	heading "$preset: tests ($labels)"
	rm -f "$junit"
	ctest --preset "$preset" -L "$labels" -LE "$(except_of "$preset")" -R "$names" \
		--no-tests=error -j "$(jobs_of "$preset")" --output-junit "$junit" || status=$?
	count "$preset" "$junit" "$status"
}

# Starts a check that counts as one test and runs beside others: begin NAME COMMAND...
begin()
{
	local name=$1
	shift

	"$@" >"build/$name.log" 2>&1 &
	running[$name]=$!
}

# Waits for checks that have been begun: finish NAME...
finish()
{
	local name start=$SECONDS

	for name; do
		heading "$name"
		if wait "${running[$name]}"; then
			passed=$((passed + 1))
			echo "$name: $((SECONDS - start)) s"
		else
			failure "$name" "build/$name.log" $((SECONDS - start))
		fi
	done
}

# The lines of model/ and traces/ that their tests, the commands of traces and the mutations run.
coverage()
{
	build coverage || return 0
	run_tests coverage '^(model|traces|golden|recorded|cli[.]trace|fuzz)[.]'
	begin coverage tests/coverage.sh build/coverage
	finish coverage
	grep '^[a-z]*/: ' build/coverage.log || :
}

# The digests of all builds' results, which have to be one digest, and the checks that need no
# build of their own: each by itself would leave a core idle.
checks()
{
	begin digests tests/determinism/same_digests.sh "${built[@]/%//tools/pagesim}"
	begin cppcheck tests/cppcheck.sh
	begin tidy tests/tidy.sh build/asan
	finish digests cppcheck tidy
}

# Whether a build runs tests of the label that is asked for.
wanted()
{
	[ -z "$only" ] || [[ $only =~ $(labels_of "$1") && ! $only =~ $(except_of "$1") ]]
}

[ "$only" != libfuzzer ] || presets=(asan)
mkdir -p build
tools/packages.sh test
export CMAKE_GENERATOR=${CMAKE_GENERATOR-Ninja} # for folders that are not configured yet
for preset in "${presets[@]}"; do
	wanted "$preset" || continue
	build "$preset" || continue
	built+=("build/$preset")
	run_tests "$preset"
done
if [ ${#built[@]} -gt 1 ] && [ -z "$only" ]; then
	checks
	coverage
fi

heading "all of it took $((SECONDS / 60)) min $((SECONDS % 60)) s"
for failure in "${failures[@]}"; do
	echo "failed: $failure"
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped (their output above says why)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
