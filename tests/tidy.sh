#!/usr/bin/env bash
# clang-tidy over the product's own code, with the checks of .clang-tidy; 1 if it finds something.
#
#   tidy.sh BUILD_DIR     a build of the preset "asan": its commands are clang's
# The example of the package is not part of that build.
set -euo pipefail
build=$(realpath -- "${1:?usage: tidy.sh BUILD_DIR}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
find sim model traces tools -name '*.c' -not -path 'tools/package/*' -print0 | sort -z |
	xargs -0 -n 20 -P "$(nproc)" clang-tidy -p "$build" --quiet
