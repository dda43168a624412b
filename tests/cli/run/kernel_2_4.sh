#!/usr/bin/env bash
# A recorded trace through 2.4.0: the recorded end is of other zones.
run()
{
	pagesim run --quiet --kernel 2.4 --trace traces/samples/vm-fragment.pgt "$@"
}
run | sed '/^Counters/,/^$/d;/^Latency/,/^$/d;/^Host/d'
echo "-- more memory wanted free"
run --set vm.freepages=2000,4000,6000 | grep freepages
run --set 'vm.freepages=[2000, 4000, 6000]' --json |
	sed -n '/"freepages": \[/,/\]/p;/"disks": {/p;/"slept":/p;/"pages_at_end"/,/}/p' | tr -d '\n '
echo
echo "-- where the wrong ones stop"
for setting in vm.freepages=2000,4000 vm.freepages=6000,4000,2000 vm.freepages=1,2,-3 \
	vm.min_free_kbytes=16MiB vm.bdflush=101,64,64,256,500,3000,60,0,0 \
	vm.memory_model=smp vm.memfrac=0,128,128 vm.freepages=1,2,200000; do
	run --set "$setting" 2>&1
	echo "= $?"
done
