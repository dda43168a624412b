#!/usr/bin/env bash
# Every kind of axis; repeated points and those that constraints rule out are no points; two
# traces, two machines, two kernels.
cat >s.yaml <<-END
	base: {trace: traces/samples/hog.pgt}
	set: {replay.pacing: asap, replay.map_cpus: fold, start: boot}
	axes:
	  machine: [configs/machines/tiny.yaml, configs/machines/one-node.yaml]
	  trace: {files: "traces/samples/h*.pgt"}
	zip:
	  - {vm.pcp_batch: [7, 31], vm.pcp_high: [42, 186]}
	repeat: 2
	constraints:
	  - vm.pcp_batch * 6 == vm.pcp_high
	  - machine != configs/machines/one-node.yaml
END
pagesim sweep plan --no-estimate s.yaml -o - 2>counts | tail -n 8 | grep -o '"values":{[^}]*}'
cat counts
cat >l.yaml <<-END
	base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
	sample:
	  method: latin-hypercube
	  points: 5
	  seed: 1
	  axes:
	    vm.min_free_kbytes: {from: 512KiB, to: 4MiB, scale: log}
	    kernel: ["4.12"]
	    vm.swappiness: {from: 0, to: 100}
END
pagesim sweep plan --no-estimate l.yaml -o - 2>&1 | grep -o '"values":{[^}]*}\|Points.*'
# Twice the same point: it is done once.
cat >d.yaml <<-END
	base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
	axes: {vm.min_free_kbytes: [1MiB, 1024KiB, 1024]}
END
pagesim sweep plan --no-estimate d.yaml
pagesim sweep plan d.yaml | sed -E 's/[0-9.]+ s/N s/g; s/the [0-9]+ of/the N of/; s/[0-9.]+ M/N M/'
