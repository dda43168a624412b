#!/usr/bin/env bash
# clang's static analyzer over the product's own code: 1 if it finds what analyzer.known does not
# have. It takes some 4 s of CPU a file, half an hour in all: too long for every change.
#
#   tests/nightly/analyzer.sh BUILD_DIR [FILE...]     BUILD_DIR has clang's compile_commands.json,
#                                                     as that of the preset "asan"; all files
#                                                     unless some are named
# analyzer.known: FILE: MESSAGE [CHECK], gone through and false, each group with its reason.
set -euo pipefail
build=$(realpath -- "${1:?usage: analyzer.sh BUILD_DIR [FILE...]}")
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
known=tests/nightly/analyzer.known

# Left out: memset() and its like are not "insecure" here; padding costs a few bytes; clang 14
# takes every va_list for uninitialized.
checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-clang-analyzer-optin.performance.Padding,-clang-analyzer-valist.Uninitialized'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ $# -gt 0 ]; then
	printf '%s\0' "$@"
else
	find sim model traces tools -name '*.c' -not -path 'tools/package/*' -print0 | sort -z
fi | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet --config='{}' --checks="$checks" \
	>"$log" 2>/dev/null || {
	grep -m 3 'error:' "$log" || echo 'clang-tidy failed'
	exit 2
}

found=$(sed -nE "s|^$PWD/||; s|^([^: ]+):[0-9]+:[0-9]+: warning: |\1: |p" "$log" | sort -u)
new=$(grep -vxFf "$known" <<<"$found" || true)
if [ -n "$new" ]; then
	echo "$new"
	exit 1
fi
