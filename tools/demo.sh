#!/usr/bin/env bash
# Builds pagesim and replays the bundled recording of a real machine: from the state that
# machine started in, through the page allocator of Linux 4.12, to a summary and a page with
# plots, report.html.
# Installs what is missing (tools/packages.sh); all files stay in build/.
#
#   tools/demo.sh [DIR]     DIR = where the results go, build/demo unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-build/demo}

case $out in
-*)
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
	exit 2
	;;
/*) ;;
*) [ $# -eq 0 ] || out=$PWD/$out ;;
esac
cd "$here"

log=build/demo-build.log
mkdir -p build
tools/packages.sh build
echo "Building (the output goes to $log) ..."
build()
{
	cmake --preset release -DBUILD_TESTING=OFF &&
		cmake --build --preset release --target pagesim -j "$(nproc)"
}
if ! build >"$log" 2>&1; then
	tail -n 30 "$log" >&2
	echo "tools/demo.sh: the build failed; all of its output is in $log" >&2
	exit 1
fi

run=(build/release/tools/pagesim run --trace traces/samples/vm-fragment.pgt --kernel 4.12
	--out "$out")
printf '$ %s\n\n' "${run[*]}"
"${run[@]}"
report=(build/release/tools/pagesim report "$out" -o "$out/report.html")
printf '\n$ %s\n' "${report[*]}"
"${report[@]}"
cat <<END

A browser shows it:
  file://$(realpath "$out/report.html")

What if 128 MiB are held back (vm.min_free_kbytes)? The same trace again:
  ${run[*]:0:6} --set vm.min_free_kbytes=128MiB --out build/what-if
END
