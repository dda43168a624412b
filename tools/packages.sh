#!/usr/bin/env bash
# Installs the packages that pagesim still needs on this machine, and says which and why.
# Says nothing and needs no rights when all of them are there.
#
#   tools/packages.sh build     what compiling and running takes
#   tools/packages.sh test      the same and what the tests take
#   tools/packages.sh cluster   the same and batch systems for the tests of sweeps; where systemd
#                               runs, munge comes as a service that is started
#   tools/packages.sh --list    the whole table, installs nothing
set -euo pipefail

# set | package | how to see that it is there, installed as a package or not ("package": only so) | why
table='
build|build-essential|compiler|the C compiler and make
build|cmake|command cmake|configures the build
build|pkg-config|command pkg-config|finds the libraries below
build|libsimgrid-dev|module simgrid|the simulation engine
build|libyaml-dev|module yaml-0.1|reads machines and scenarios
build|libzstd-dev|module libzstd|compresses traces
build|zlib1g-dev|module zlib|reads the histograms of latency logs
build|libjansson-dev|module jansson|reads and writes JSON
build|libxxhash-dev|module libxxhash|digests of traces and results
build|libsqlite3-dev|module sqlite3|tables of sweeps as databases
build|uthash-dev|header uthash.h|small hash tables
build|libtraceevent-dev|module libtraceevent|the event formats inside a trace.dat
build|libtracefs-dev|module libtracefs|what libtracecmd is built on
build|libtracecmd-dev|module libtracecmd|reads the trace.dat files of trace-cmd
build|gnuplot-nox|command gnuplot|draws the plots of trace info and report
test|libcunit1-dev|header CUnit/Basic.h|the unit test framework
test|ninja-build|command ninja|builds with less waiting than make
test|clang|command clang|builds the tree with the second compiler
test|clang-tidy|command clang-tidy|looks for mistakes in the code
test|cppcheck|command cppcheck|looks for mistakes that the compilers and clang-tidy do not see
test|gcovr|command gcovr|counts the lines that tests run
test|clang-format|command clang-format|the test of the code layout
test|libxml2-utils|command xmllint|reads the JUnit files of pagesim check
test|dpkg-dev|command dpkg-shlibdeps|finds what the Debian package depends on
test|groff-base|command groff|looks for warnings in the manual pages
test|git|command git|lists the files that the lint tests look at
test|python3|command python3|holds the costs of steps against published measurements
test|python3-jsonschema|package|holds results against their schema
test|valgrind|command valgrind|counts the instructions an event takes, looks for misused memory
test|strace|command strace|makes system calls fail, sees which programs are started
test|zstd|command zstd|plain zstd has to read our traces
test|default-jre-headless|command java|runs the reference reader of latency logs
test|sqlite3|command sqlite3|asks the databases that sweeps make
test|chromium|command chromium|looks at the page of report
test|libhdrhistogram-java|package|the reference reader of latency logs
cluster|munge|program munged|what Slurm trusts by
cluster|slurmctld|program slurmctld|the Slurm that tests start
cluster|slurmd|program slurmd|its nodes
cluster|slurm-client|command sbatch|how jobs get there
cluster|coop-computing-tools|command makeflow|makeflow and its workers
'

fail()
{
	printf 'tools/packages.sh: %s\n' "$1" >&2
	exit 4
}

compiles()
{
	printf '%s\nint main(void) { return 0; }\n' "$1" |
		cc -x c -std=c17 -o /dev/null - 2>/dev/null
}

is_there()
{
	local package=$1 kind=$2 name=${3-}

	case $kind in
	compiler) compiles '#include <stdio.h>' && command -v make >/dev/null && return ;;
	command) command -v "$name" >/dev/null && return ;;
	program) PATH=$PATH:/usr/sbin command -v "$name" >/dev/null && return ;;
	module) pkg-config --exists "$name" 2>/dev/null && return ;;
	header) compiles "#include <$name>" && return ;;
	esac
	dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$'
}

# Sets missing=(packages) and prints a line for each.
find_missing()
{
	local set package probe why

	missing=()
	while IFS='|' read -r set package probe why; do
		[ -n "$set" ] || continue
		[[ " $sets " == *" $set "* ]] || continue
		# shellcheck disable=SC2086 # a probe is one or two words
		is_there "$package" $probe && continue
		missing+=("$package")
		printf '  %-22s %s\n' "$package" "$why"
	done <<<"$table"
}

# Sets as_root=(the words that make a command run as root).
find_root()
{
	as_root=()
	[ "$(id -u)" -eq 0 ] && return
	if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		as_root=(sudo)
		return
	fi
	fail "root has to install them: apt-get install ${missing[*]}"
}

install_missing()
{
	local package

	command -v apt-get >/dev/null ||
		fail "no apt-get here: install what gives you the packages above, then start again"
	find_root
	echo "Installing them: ${as_root[*]:+${as_root[*]} }apt-get install ${missing[*]}"
	"${as_root[@]}" apt-get update -q ||
		echo "apt-get update failed; going on with the lists that are there" >&2
	for package in "${missing[@]}"; do
		apt-cache show "$package" >/dev/null 2>&1 && continue
		fail "apt-get knows no $package; on Ubuntu try: add-apt-repository universe"
	done
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q --yes --no-install-recommends "${missing[@]}" ||
		fail "apt-get could not install them; is there a network?"
}

case ${1-} in
build) sets='build' ;;
test) sets='build test' ;;
cluster) sets='build test cluster' ;;
--list)
	awk -F'|' 'NF == 4 { printf "%-7s %-22s %s\n", $1, $2, $4 }' <<<"$table"
	exit 0
	;;
*)
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
	;;
esac

list=$(mktemp)
trap 'rm -f "$list"' EXIT
find_missing >"$list"
[ ${#missing[@]} -gt 0 ] || exit 0
echo "Missing here, and what each is for:"
cat "$list"
install_missing
