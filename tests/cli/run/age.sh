#!/usr/bin/env bash
# A machine that is aged to a stated fragmentation, by requests and frees, under both kernels.
machine="--machine configs/machines/tiny.yaml"

# age ARGS...: what was reached
age()
{
	pagesim run $machine --age "$@" |
		sed -n '/^Aged/p;/^  node/p;/^  Node 0, zone \(DMA32\|Normal\)/,+2p'
}
age order=9,unusable=0.8 --seed 7 --save-state one.pgt
pagesim run $machine --age order=9,unusable=0.8 --seed 7 --save-state same.pgt --quiet >/dev/null
pagesim run $machine --age order=9,unusable=0.8 --seed 8 --save-state other.pgt --quiet >/dev/null
cmp one.pgt same.pgt && echo 'the same seed, the same state'
cmp -s one.pgt other.pgt || echo 'another seed, another state'
age order=4,unusable=0.5,fill=80%,unmovable=20% --kernel 2.4

# From a scenario file, and with a trace: as if it had begun from the saved state.
pagesim trace gen --profile configs/profiles/web-server.yaml --events 3000 --seed 3 --cpus 2 \
	--nodes 1 --live-max 16MiB -o x.pgt --quiet
printf '{machine: configs/machines/tiny.yaml, trace: x.pgt, seed: 7, age: {order: 9, unusable: 0.8}}' \
	>aged.yaml
pagesim run aged.yaml --json | grep result_digest >aged.txt
pagesim run $machine --trace x.pgt --seed 7 --start one.pgt --json | grep result_digest |
	diff - aged.txt >/dev/null && echo 'as from the saved state'

fails()
{
	pagesim run "$@" --quiet >out.txt
	echo "status $?, $(wc -c <out.txt) bytes"
}
fails $machine --age order=9,unusable=0.95
fails $machine --age order=3,unusable=0.8,fill=98%
fails --set machine.clock_mhz=2000 --age order=9,unusable=0.8
fails $machine --age order=11,unusable=0.8
fails $machine --age unusable=0.8
fails $machine --age order=9,unusable=1.2
fails $machine --age order=9,unusable=0.8 --start one.pgt
fails $machine --age order=9,unusable=0.8,size=3
fails
