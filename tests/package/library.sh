#!/usr/bin/env bash
# The library as others have it: installed to a folder of its own, found by pkg-config, used by
# the example program, whose figures are those of the program.  library.sh BUILD
set -euo pipefail
build=$(realpath -- "$1")
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$tree/tests/package/lib.sh"

prefix=$base/a\ prefix # nothing may trip over a space
cmake --install "$build" --prefix "$prefix" >"$base/install.log"
pc=$(find "$prefix" -name pagesim.pc -printf '%h\n')
lib=${pc%/pkgconfig}
export PKG_CONFIG_PATH=$pc

# Nobody sees anything but the functions of the header.
nm -D --defined-only "$lib/libpagesim.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	sort >"$base/exported"
grep -oE '\bpagesim_[a-z_]+\(' "$prefix/include/pagesim.h" | tr -d '(' | sort -u >"$base/declared"
while read -r symbol; do
	grep -qx "$symbol" "$base/declared" || complain "libpagesim.so exports $symbol, which pagesim.h has not"
done <"$base/exported"
[ "$(wc -l <"$base/exported")" -gt 30 ] || complain 'libpagesim.so exports next to nothing'
readelf -d "$lib/libpagesim.so" | grep "SONAME.*\[libpagesim\.so\.0\]" >/dev/null ||
	complain 'libpagesim.so is not called libpagesim.so.0'
[ "$(pkg-config --modversion pagesim)" = "$("$prefix/bin/pagesim" --version | awk 'NR == 1 { print $2 }')" ] ||
	complain 'pkg-config has another version than the program'

# As C and as C++, by itself.
for language in c c++; do
	echo '#include <pagesim.h>' >"$base/header.$language"
	"${CC:-cc}" -x "$language" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
		-I "$prefix/include" "$base/header.$language" || complain "pagesim.h is no $language"
done

# The example is built outside the tree, once with make and once with CMake. make's own paths
# cannot have a space in them, so the prefix gets a name without.
ln -s "$prefix" "$base/prefix"
cp -r "$tree/tools/package/example" "$base/example"
PKG_CONFIG_PATH=$base/prefix/${pc#"$prefix/"} make -C "$base/example" >"$base/make.log"
cmake -S "$base/example" -B "$base/example/build" >"$base/cmake.log"
cmake --build "$base/example/build" >>"$base/cmake.log"

cd "$base" # nothing of the tree in sight: names are found among what is installed
export LD_LIBRARY_PATH=$lib
"$base/example/watermarks" traces/samples/hog.pgt tiny 512 4096 >printed
"$base/example/build/watermarks" traces/samples/hog.pgt tiny 512 4096 | cmp - printed ||
	complain 'make and CMake build different examples'
for kbytes in 512 4096; do
	"$prefix/bin/pagesim" run --trace traces/samples/hog.pgt --machine tiny \
		--set vm.min_free_kbytes=$kbytes --out "$base/$kbytes" --quiet >"$base/$kbytes.txt"
	digest=$(sed -n 's/.*"result_digest": "\([0-9a-f]*\)".*/\1/p' "$base/$kbytes/result.json")
	p999=$(grep '^alloc,all,' "$base/$kbytes/latency.csv")
	grep -q " $kbytes KiB: .*digest $digest\$" printed ||
		complain "the library has another digest for $kbytes than $digest"
	cycles=$(sed -n "s/.* $kbytes KiB: .*p99.9 \([0-9]*\) and.*/\1/p" printed)
	[[ ,$p999, == *,$cycles,* ]] || complain "p99.9 of $kbytes is $cycles, not in $p999"
done
# A setting finds what is installed as its own option does.
"$prefix/bin/pagesim" run --set trace=traces/samples/hog.pgt --set machine=tiny \
	--set vm.min_free_kbytes=512 --out "$base/set" --quiet >"$base/set.txt" ||
	complain '--set trace= does not find the installed trace'
grep -qF "$(grep result_digest "$base/512/result.json")" "$base/set/result.json" ||
	complain '--set trace= is another run than --trace'
[ "$(wc -l <printed)" -eq 3 ] || complain 'what was printed before a run came out again'
[ "$(awk '{ print $NF }' printed | sort -u | wc -l)" -eq 3 ] || complain 'settings change nothing'

# What is wrong is told, with the program's statuses.
status=0
"$base/example/watermarks" no.pgt tiny 512 2>errors || status=$?
[ "$status" -eq 2 ] && grep -q 'no.pgt' errors || complain "a trace that is not there: $status"
status=0
"$base/example/watermarks" traces/samples/hog.pgt tiny lots 2>errors >/dev/null || status=$?
[ "$status" -eq 2 ] && grep -q 'min_free_kbytes' errors || complain "a bad setting: $status"
if [ "$bad" -ne 0 ]; then cat printed errors; fi
exit "$bad"
