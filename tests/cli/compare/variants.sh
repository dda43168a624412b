#!/usr/bin/env bash
# A scenario and changes of it, with names and without; results can be kept, and compared again
# with the same words; one job at a time gives what several do.
base=configs/scenarios/pressure-4.12.yaml
more=(--with vm.min_free_kbytes=2MiB --with 'both: vm.min_free_kbytes=2MiB vm.watermark_scale_factor=100')
pagesim compare $base "${more[@]}" --out kept >text
sed '/^Latency/,$d' text
ls kept
pagesim compare $base "${more[@]}" --jobs 1 | diff - text && echo "the same one by one"
pagesim compare kept/pressure-4.12 kept/min_free_kbytes=2MiB/result.json kept/both | diff - text &&
	echo "the same from results"
pagesim compare $base "${more[@]}" --all | wc -l | awk '{ print ($1 > 300) ? "--all says more" : $1 }'
