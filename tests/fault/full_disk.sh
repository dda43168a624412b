#!/usr/bin/env bash
# A full disk: exit status 4, one sentence, and no half-written file.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# to_full COMMAND...: its results go to a device that is always full
to_full()
{
	"$@" >/dev/full
}

# limited KIB COMMAND...: no file may grow beyond that
limited()
(
	trap '' XFSZ
	ulimit -f "$1"
	shift
	"$@"
)

ends 4 'params to a full device' to_full "$pagesim" params
ends 4 'trace info to a full device' to_full "$pagesim" trace info "$sample"
ends 4 'trace cat to a full device' to_full "$pagesim" trace cat "$sample"
ends 4 'machine show to a full device' \
	to_full "$pagesim" machine show "$source_/configs/machines/2s-broadwell.yaml"
ends 4 'run, its table to a full device' \
	to_full "$pagesim" run --trace "$sample" --kernel 4.12 --out table

ends 4 'run into files of at most 1 KiB' \
	limited 1 "$pagesim" run --trace "$sample" --kernel 4.12 --out small
whole small 'run into files of at most 1 KiB'
no_leftovers small 'run into files of at most 1 KiB'

ends 4 'trace gen beyond 100 KiB' limited 100 "$pagesim" trace gen --events 1000000 --seed 1 \
	--profile "$source_/configs/profiles/build-farm.yaml" -o gen.pgt
[ ! -e gen.pgt ] || trouble 'trace gen beyond 100 KiB: half a file is there'
no_leftovers . 'trace gen beyond 100 KiB'

mkdir full
if ! mount -t tmpfs -o size=64k tmpfs full 2>/dev/null; then
	echo 'not tried, since this needs the right to mount: a file system of 64 KiB'
	rmdir full
	exit
fi
ends 4 'run into a file system of 64 KiB' \
	"$pagesim" run --trace "$sample" --kernel 4.12 --out full/out
whole full/out 'run into a file system of 64 KiB'
no_leftovers full 'run into a file system of 64 KiB'
