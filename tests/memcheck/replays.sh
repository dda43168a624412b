#!/usr/bin/env bash
# valgrind's memcheck on short replays: both kernels, with either engine. No error, nothing lost
# for good. It sees what the sanitizers' build cannot: values that nobody has set, and the
# stacks that SimGrid switches by itself, which are threads there.
#
#   replays.sh PAGESIM     a build with asserts and debug information; 30 s of CPU
# 77 = skipped: no valgrind here.
set -euo pipefail
pagesim=$(realpath -- "${1:?usage: replays.sh PAGESIM}")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
events=10000
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0

command -v valgrind >/dev/null || {
	echo "skipped: valgrind is not installed"
	exit 77
}
cd "$dir"
"$pagesim" trace gen --quiet --profile "$root/configs/profiles/build-farm.yaml" --seed 1 \
	--events $events -o short.pgt
for kernel in 2.4 4.12; do
	for engine in dispatch strict; do
		if valgrind --quiet --error-exitcode=99 --leak-check=full \
			--errors-for-leak-kinds=definite --show-leak-kinds=definite \
			"$pagesim" run --quiet --trace short.pgt --kernel $kernel \
			--engine=$engine --machine "$root/configs/machines/2s-broadwell.yaml" \
			--out "$kernel-$engine" >said 2>&1 && ! grep -q '^==[0-9]*==' said; then
			echo "$kernel, $engine engine: nothing found"
			continue
		fi
		cat said
		echo "$kernel, $engine engine: valgrind found something, or the run failed"
		status=1
	done
done
exit $status
