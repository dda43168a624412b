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

# Which labels a build runs: dev all, the others what could come out differently there.
labels_of()
{
	case $1 in
	dev) echo '.*' ;;
	release) echo '^(unit|golden|recorded|determinism|bench)$' ;;
	coverage) echo '^(unit|golden|recorded|cli|fuzz)$' ;;
	asan) echo '^(unit|golden|recorded|cli|fault|fuzz|libfuzzer)$' ;;
	esac
}

# And which of these it does not run: under sanitizers what takes long and adds little.
except_of()
{
	case $1 in
	asan) echo '^heavy$' ;;
	*) echo '^$' ;;
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
	tail -n 60 "$log"
	printf '%s failed after %s s, all of its output is in %s\n' \
		"$name" $((SECONDS - start)) "$log"
	failed=$((failed + 1))
	failures+=("$name")
	return 1
}

build()
{
	local preset=$1 target=all

	[ "$only" != libfuzzer ] || target=libfuzzers

	heading "$preset: build"
	step "configure $preset" "build/$preset-configure.log" \
		cmake --preset "$preset" -DBUILD_TESTING=ON -DCMAKE_COMPILE_WARNING_AS_ERROR=ON ||
		return 1
	step "build $preset" "build/$preset-build.log" \
		cmake --build --preset "$preset" -j "$(nproc)" --target "$target"
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
		--no-tests=error -j "$(nproc)" --output-junit "$junit" || status=$?
	count "$preset" "$junit" "$status"
}

# The digests of all builds' results have to be one digest.
same_results()
{
	local preset binaries=()

	for preset in "${built[@]}"; do
		binaries+=("build/$preset/tools/pagesim")
	done
	heading 'all builds: the same results'
	if tests/determinism/same_digests.sh "${binaries[@]}"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		failures+=('same results in all builds')
	fi
}

# A check that counts as one test: finding NAME COMMAND...
finding()
{
	local name=$1
	shift

	heading "$name"
	if step "$name" "build/$name.log" "$@"; then
		passed=$((passed + 1))
	fi
}

# The lines of model/ and traces/ that their tests the commands of traces and the mutations run.
coverage()
{
	build coverage || return 0
	run_tests coverage '^(model|traces|golden|recorded|cli[.]trace|fuzz)[.]'
	finding coverage tests/coverage.sh build/coverage
	grep '^[a-z]*/: ' build/coverage.log || :
}

[ "$only" != libfuzzer ] || presets=(asan)
mkdir -p build
tools/packages.sh test
export CMAKE_GENERATOR=${CMAKE_GENERATOR-Ninja} # for folders that are not configured yet
for preset in "${presets[@]}"; do
	build "$preset" || continue
	built+=("$preset")
	run_tests "$preset"
done
if [ ${#built[@]} -gt 1 ] && [ -z "$only" ]; then
	same_results
	finding tidy tests/tidy.sh build/asan
	finding cppcheck tests/cppcheck.sh
	coverage
fi

heading "all of it took $((SECONDS / 60)) min $((SECONDS % 60)) s"
for failure in "${failures[@]}"; do
	echo "failed: $failure"
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped (their output above says why)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
