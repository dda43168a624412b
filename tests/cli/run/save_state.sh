#!/usr/bin/env bash
# A trace cut in three, run one part after the other, each from the state that the one before has
# left: it ends as the whole does. Of a recording from its start state, of a synthetic trace from
# boot, under both kernels.

# parts TRACE FIRST SECOND ARGS...
parts()
{
	local trace=$1 first=$2 second=$3

	shift 3
	pagesim trace cut "$trace" --events ":$first" -o a.pgt --quiet
	pagesim trace cut "$trace" --events "$first:$second" -o b.pgt --quiet
	pagesim trace cut "$trace" --events "$second:" -o c.pgt --quiet
	pagesim run --trace "$trace" "$@" --save-state whole.state.pgt --json >whole.json
	pagesim run --trace a.pgt "$@" --save-state a.state.pgt --json >a.json
	pagesim run --trace b.pgt "$@" --start a.state.pgt --save-state b.state.pgt --json >b.json
	pagesim run --trace c.pgt "$@" --start b.state.pgt --save-state c.state.pgt --json >c.json
}

# Free lists, per-cpu lists, pageblocks, blocks in use, objects, what they hold.
lists()
{
	pagesim trace cat --whole "$1" | grep -v '^report '
}

# Counters of events are sums over the parts; zones' free pages are those of the last one.
counters()
{
	for name in pgalloc_dma32 pgalloc_normal pgfree pcp_refill_pages pcp_drain_pages \
		extfrag_unmovable_movable_claim numa_hit numa_local; do
		sed -n "s/.*\"$name\": \([0-9]*\).*/\1/p" "$1" |
			awk '{ sum += $1 } END { print sum + 0 }'
	done
}

compare()
{
	if cmp -s whole.state.pgt c.state.pgt; then
		echo "$1: the same file"
	elif diff <(lists whole.state.pgt) <(lists c.state.pgt) >/dev/null; then
		echo "$1: the same lists"
	else
		echo "$1: another state"
	fi
	cat a.json b.json c.json >parts.json
	diff <(counters whole.json) <(counters parts.json) >/dev/null || echo "$1: other counters"
	pagesim trace check --quiet c.state.pgt
}

recorded=traces/samples/vm-fragment.pgt
parts $recorded 20000 50000 --set memory_model=flat
compare 'recorded, 4.12'
parts $recorded 20000 50000
compare 'recorded, 4.12, with caches'
parts $recorded 20000 50000 --set memory_model=flat --kernel 2.4
compare 'recorded, 2.4'

# Ten million ticks a second instead of 10^9: nobody is late.
pagesim trace gen --profile configs/profiles/web-server.yaml --events 30000 --seed 3 --cpus 2 \
	--nodes 1 --live-max 128MiB -o fast.pgt --quiet
pagesim trace cat --whole fast.pgt |
	sed '1,/^header/s/"hz":1000000000/"hz":10000000/;s/"unit":"ns"/"unit":"tsc"/' |
	pagesim trace import - -o slow.pgt --quiet
machine="--machine configs/machines/one-node.yaml"
parts slow.pgt 10000 20000 $machine --set memory_model=flat
compare 'synthetic, 4.12'
parts slow.pgt 10000 20000 $machine --set memory_model=flat --kernel 2.4
compare 'synthetic, 2.4'

# What a state of the same trace says of the next part, and of one that is none.
pagesim run --trace c.pgt $machine --kernel 2.4 --start b.state.pgt | sed -n 2p
pagesim run --trace slow.pgt $machine --kernel 2.4 --start b.state.pgt | sed -n 2p
# The text form holds a saved state, too.
pagesim trace cat --whole c.state.pgt | pagesim trace import - -o again.pgt --quiet
cmp again.pgt c.state.pgt && echo 'the same through text'
