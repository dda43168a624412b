#!/usr/bin/env bash
# The same trace on the same machine gives the same result_digest in every build and with
# either engine, whatever the current folder, the locale and the names of the files; and the
# same bytes of latency.csv and latency.hlog.
#
#   same_digests.sh PAGESIM...     the binaries of one or more builds
set -euo pipefail
source_=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
machine=$source_/configs/machines/2s-broadwell.yaml
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
binaries=()
for binary; do
	binaries+=("$(realpath -- "$binary")")
done
status=0

# Prints the digest of one run and a checksum of its latency files: digest PAGESIM ARGUMENT...
digest()
{
	local pagesim=$1 digest
	shift

	rm -rf out
	"$pagesim" run --out out "$@" >said 2>&1 || {
		cat said >&2
		return 1
	}
	digest=$(sed -n 's/.*"result_digest": *"\([0-9a-f]\{32\}\)".*/\1/p' out/result.json)
	[ -n "$digest" ] && echo "$digest $(cat out/latency.csv out/latency.hlog | cksum)"
}

# same ARGUMENT...: every binary gives the digest $want; the first one sets it. The strict engine
# is slow, and so is memory pressure with sanitizers: two binaries have to do.
same()
{
	local binary got name binaries=("${binaries[@]}")

	[[ "$*" != *--engine=strict* && "$*" != *pressure* ]] || binaries=("${binaries[@]:0:2}")
	for binary in "${binaries[@]}"; do
		name="${binary#"$source_/"} ${*#"$source_/"}"
		got=$(digest "$binary" "$@") || got=
		: "${want:=$got}"
		printf '%s  %s\n' "${got:-no digest}" "$name"
		if [ -z "$got" ] || [ "$got" != "$want" ]; then
			echo "$name: not the digest of the first run of this kind"
			status=1
		fi
	done
}

# The same with either engine.
both()
{
	want=
	same "$@"
	same "$@" --engine=strict
}

mkdir "$base/a" "$base/elsewhere"
cd "$base/a"
for trace in "$source_"/traces/samples/{host-build-small,vm-fragment}.pgt; do
	for kernel in 2.4 4.12; do
		both --trace "$trace" --kernel $kernel
	done
done

# Daemons, sleeping requests and disks; once with somebody killed.
for scenario in "$source_"/configs/scenarios/pressure-*.yaml; do
	both "$scenario"
done
both "$source_/configs/scenarios/pressure-2.4.yaml" --set machine.disks.swap.size=0
both "$source_/configs/scenarios/pressure-4.12.yaml" --set machine.disks.swap=none
both "$source_/configs/scenarios/pressure-4.12-numa.yaml" --set replay.pacing=asap

# Elsewhere, under another name and in another locale: the last trace once more.
cd "$base/elsewhere"
cp "$trace" renamed.pgt
want=
same --trace "$trace" --kernel 4.12
LC_ALL=C.UTF-8 TZ=Asia/Kathmandu same --trace renamed.pgt --kernel 4.12

# A synthetic trace of the same seed is the same trace, whoever makes it.
want=
for binary in "${binaries[@]}"; do
	"$binary" trace gen --profile "$source_/configs/profiles/build-farm.yaml" \
		--events 100000 --seed 7 -o gen.pgt >said 2>&1 || cat said >&2
	same --trace gen.pgt --kernel 4.12 --machine "$machine"
done
exit $status
