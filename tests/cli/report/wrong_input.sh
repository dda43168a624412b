#!/usr/bin/env bash
# Each wrong input is one sentence and the exit status of its kind, and leaves no page.
try()
{
	echo "pagesim report $*" >&2
	pagesim report "$@" 2>said
	local status=$?
	sed -E 's/[0-9a-f]{32}/DIGEST/g' said >&2
	rm said
	echo "= $status" >&2
}
pagesim run --quiet --trace traces/samples/vm-fragment.pgt --out good >/dev/null
try
try nowhere
try configs
try good --page x
try good good good good good good good good good
cp -r good damaged
sed -i 's/"failed": 0/"failed": 1/' damaged/result.json
try damaged
cp -r good cut
head -c 1000 good/latency.hlog >cut/latency.hlog
try cut
# Curves of another run beside the figures of this one.
pagesim run --quiet --trace traces/samples/vm-fragment.pgt --set seed=1 --kernel 2.4 --start boot --out other >/dev/null
cp -r good mixed
cp other/latency.hlog mixed
try mixed
mkdir empty-path
ln -s "$(command -v pagesim)" empty-path/pagesim
PATH=$PWD/empty-path pagesim report good -o good.html
echo "= $?" >&2
try good -o /proc/nowhere/page.html
mkdir folder
try good -o folder
# A device stays one: a page renamed onto it would take its place.
ln -s /dev/full full
try good -o full
[ -L full ] && [ -c /dev/full ] || echo "the device is gone" >&2
ls
