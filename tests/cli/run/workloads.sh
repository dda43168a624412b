#!/usr/bin/env bash
# Microbenchmarks that a scenario describes: the shipped ones, short, with the price of lines
# that is the same everywhere.
bench()
{
	local name=$1
	shift
	echo "-- $name $*"
	pagesim run --quiet "configs/scenarios/bench-$name.yaml" --set memory_model=flat "$@" |
		sed -n '/^Workload/,/^$/p'
}
digest()
{
	sed -n 's/.*"result_digest": //p'
}
bench page01 --set workload.rounds=100
bench page01 --set workload.rounds=100 --set workload.order=4
bench page03 --set workload.rounds=100 --set workload.cpus=2 --set workload.order=3
bench batch --set workload.batch=1024 --set workload.rounds=5
bench page-fault1 --set workload.memory=64KiB --set workload.cpus=4
bench page-fault1 --set workload.memory=256KiB --set workload.cpus=all --set vm.pcp_batch=63 \
	--set vm.pcp_high=126
echo "-- pauses begin when an operation is done: 200 pairs, 2 us of pauses each"
for pacing in think closed; do
	pagesim run --quiet configs/scenarios/bench-page01.yaml --set memory_model=flat \
		--set workload.rounds=100 --set workload.apart=0 --set workload.pause=1us \
		--set replay.pacing=$pacing | sed -n '2p'
done
echo "-- 2.4 has them, too"
bench page01 --set workload.rounds=100 --set kernel=2.4
echo "-- on any machine, and from a state with its own fragmentation"
pagesim run --quiet --machine configs/machines/tiny.yaml --set workload.kind=pairs \
	--set workload.rounds=10 | sed -n '1,3p'

echo "-- the same in both modes, and from what the result holds"
fault()
{
	pagesim run --quiet --json configs/scenarios/bench-page-fault1.yaml \
		--set workload.memory=64KiB --set workload.cpus=4 "$@"
}
fault >first.json
[ "$(fault --engine strict | digest)" = "$(digest <first.json)" ] && echo strict: the same
sed -n '/^ "scenario": {/,/^ }/p' first.json | sed '1s/.*/{/; $s/.*/}/' >again.yaml
[ "$(pagesim run --quiet --json again.yaml | digest)" = "$(digest <first.json)" ] &&
	echo again: the same
grep -A14 '^ "workload"' first.json | grep -c milli

echo "-- what cannot be"
for setting in trace=configs/x.pgt workload.cpus=57 workload.kind=faults workload.memory=1 \
	workload.batch=7 start=trace; do
	pagesim run --quiet configs/scenarios/bench-page-fault1.yaml --set "$setting" 2>&1
	echo "= $?"
done
