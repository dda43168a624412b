#!/usr/bin/env bash
# Each says one sentence with its line: usage is 2, bad input 3, a disk that fails 4.
try()
{
	echo "machine import $*" >&2
	pagesim machine import "$@"
	echo "= $?" >&2
}
xml=$CASES/two-packages.xml
try
try --sys --numactl x
try a b
try no/such.xml
try --numactl no/such.txt
try --sys no/such
try .
head -c 3000 "$xml" >cut.xml
try cut.xml
sed 's/os_index="1"/os_index="x"/' "$xml" >index.xml
try index.xml
echo "nodes: []" >not.xml
try not.xml
printf 'available: 1 nodes (0)\nnode 0 cpus: 0\nnode 0 size: 1e99 MB\n' >huge.txt
try --numactl huge.txt
try --numactl "$xml"
# A tree that contradicts itself.
mkdir -p tree/sys/devices/system/cpu tree/proc
try --sys tree
echo "0-9999" >tree/sys/devices/system/cpu/online
try --sys tree
echo "0-1" >tree/sys/devices/system/cpu/online
try --sys tree
printf 'Node 0, zone DMA32\n spanned 10\n present 20\n managed 5\n start_pfn: 4096\n' \
	>tree/proc/zoneinfo
try --sys tree
# Nothing is left where it could not be written.
try "$xml" -o no/folder/out.yaml
mkdir full
try "$xml" -o full
ln -s /dev/full disk # a link, so that nothing can happen to the device itself
try "$xml" -o disk
ls
