#!/usr/bin/env bash
# Trees as /sys and /proc are: two nodes with an offline CPU and all that root may read; the same
# without root; without zoneinfo; without anything but CPUs and the size of memory.
put()
{
	mkdir -p "$(dirname "$1")"
	printf '%s\n' "$2" >"$1"
}
sys=full/sys/devices/system
put $sys/cpu/online 0-2,4
put $sys/cpu/present 0-4
for cpu in 0 1 2 4; do
	cache=$sys/cpu/cpu$cpu/cache
	put $cache/index0/level 1
	put $cache/index0/type Data
	put $cache/index0/size 48K
	put $cache/index0/ways_of_associativity 12
	put $cache/index0/coherency_line_size 64
	put $cache/index0/shared_cpu_list $cpu
	put $cache/index1/level 1
	put $cache/index1/type Instruction
	put $cache/index1/size 32K
	put $cache/index2/level 2
	put $cache/index2/type Unified
	put $cache/index2/size 2048K
	put $cache/index2/ways_of_associativity 16
	put $cache/index2/shared_cpu_list $cpu
	put $cache/index3/level 3
	put $cache/index3/type Unified
	put $cache/index3/size 30720K
	put $cache/index3/ways_of_associativity 12
	put $cache/index3/shared_cpu_list "$([ $cpu -lt 2 ] && echo 0-1 || echo 2,4)"
done
put $sys/cpu/cpu0/cpufreq/base_frequency 2100000
put $sys/node/online 0-1
put $sys/node/node0/cpulist 0-1
put $sys/node/node1/cpulist 2-4
put $sys/node/node0/distance "10 21"
put $sys/node/node1/distance "21 10"
put $sys/node/node0/meminfo "Node 0 MemTotal:      131072 kB"
put $sys/node/node1/meminfo "Node 1 MemTotal:      262144 kB"
put full/proc/cpuinfo "processor	: 0
model name	: Some CPU (tm)
cpu MHz		: 1234.567"
zone()
{
	printf 'Node %s, zone %8s\n  per-node stats\n' "$1" "$2"
	printf '  pages free     7\n        spanned  %s\n        present  %s\n' "$4" "$5"
	printf '        managed  %s\n        protection: (0, 1)\n  start_pfn:           %s\n' "$6" "$3"
}
{
	zone 0 DMA 1 4095 3998 3970
	zone 0 DMA32 4096 61440 61440 60000
	zone 1 DMA32 65536 65536 61440 61000
	zone 1 Normal 0 0 0 0
	zone 1 Movable 131072 65536 65536 65536
	zone 1 Device 900000 1000 1000 0
} >full/proc/zoneinfo
put full/proc/iomem "00000000-00000fff : Reserved
00001000-0009fbff : System RAM
000a0000-000fffff : Reserved
  000f0000-000fffff : System ROM
00100000-17ffffff : System RAM
  01000000-017fffff : Kernel code
19000000-2fffffff : System RAM"
pagesim machine import --sys full -o full.yaml
cat full.yaml
pagesim machine show --zones full.yaml
echo
cp -r full user
sed -i 's/^\( *\)[0-9a-f]*-[0-9a-f]*/\100000000-00000000/' user/proc/iomem
pagesim machine import --sys user | sed -n '/^# Where/,/^name/p; /^holes/,/^caches/p'
echo
cp -r user other
put other/sys/devices/system/cpu/cpu4/cache/index2/size 512K
put other/sys/devices/system/cpu/cpu0/cache/index0/coherency_line_size 128
pagesim machine import --sys other | sed -n '/^# Not/,/^name/p; /^# Its/,/^#$/p'
echo
cp -r full blocks
rm blocks/proc/zoneinfo
put blocks/sys/devices/system/memory/block_size_bytes 8000000
for block in 0:0 0:1 1:2 1:5; do
	put blocks/sys/devices/system/node/node${block%:*}/memory${block#*:}/state online
done
put blocks/sys/devices/system/node/node1/memory6/state offline
pagesim machine import --sys blocks | sed -n '/^nodes/,/^caches/p'
echo
mkdir -p bare/sys/devices/system/cpu bare/sys/devices/system/node
cp -r full/sys/devices/system/cpu/online bare/sys/devices/system/cpu
cp -r full/sys/devices/system/node bare/sys/devices/system
pagesim machine import --sys bare -o bare.yaml
sed -n '/^clock/,/^dram/p' bare.yaml
pagesim machine check full.yaml bare.yaml
pagesim run --json --trace traces/samples/vm-fragment.pgt --start boot --machine full.yaml \
	>result.json && echo it runs
