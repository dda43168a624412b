#!/usr/bin/env bash
# Builds pagesim's Debian package of the tree as it stands: the release build, for /usr, with the
# commit's date on every file, so that two of them of one commit are the same bytes.
# Installs what is missing (tools/packages.sh); all files stay in build/.
#
#   tools/package/deb.sh [DIR]     DIR = where the .deb goes, build/package unless given
set -euo pipefail
out=$(realpath -m -- "${1:-build/package}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools/packages.sh build
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
cmake --preset release -B build/deb -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF >/dev/null
cmake --build build/deb -j "$(nproc)" --target pagesim libpagesim manual >/dev/null
(cd build/deb && cpack -G DEB -B "$out" >/dev/null)
ls "$out"/pagesim_*.deb
