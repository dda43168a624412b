#!/usr/bin/env bash
# A setting gives a machine a disk, or takes swap away; a device is looked for from here.
sample=traces/samples/vm-fragment.pgt
disks()
{
	pagesim run --json --trace $sample "$@" | tr -d ' \n' | sed 's/.*"scenario"//' |
		grep -o '"disks":{.*"slit"\|"swap":.*"slit"' | grep -o '"name":"[^"]*"\|"size":[0-9]*'
}
disks --set machine.disks.swap.device=configs/devices/ide-7200-2001.yaml \
	--set machine.disks.swap.size=64MiB
echo
disks --machine configs/machines/four-node.yaml --start boot
echo
disks --machine configs/machines/four-node.yaml --start boot --set machine.disks.swap.size=0 ||
	echo none
pagesim run --trace $sample --set machine.disks.swap.device=ide-7200-2001.yaml
echo "= $?" >&2
pagesim run --trace $sample --machine configs/machines/four-node.yaml --start boot \
	--set machine.disks.swap.size=1TiB
echo "= $?" >&2
