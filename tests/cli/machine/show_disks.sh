#!/usr/bin/env bash
# One drive for swap and data, then a drive for each; drives with queues; a machine without
# disks does not speak of them.
pagesim machine show configs/machines/p3-1cpu.yaml
pagesim machine show configs/machines/p3-4cpu.yaml | tail -4
cat >queues.yaml <<-'END'
	nodes: [{cpus: 3, memory: 16MiB}]
	disks:
	  swap: {device: configs/devices/zram-lz4.yaml, size: 16MiB}
	  data: {device: configs/devices/sata-ssd-2017.yaml}
END
pagesim machine show queues.yaml | tail -9
# As JSON it is the same machine.
pagesim machine show --json queues.yaml >again.yaml
diff <(pagesim machine show queues.yaml) <(pagesim machine show again.yaml)
pagesim machine show configs/machines/tiny.yaml | grep drive
true
