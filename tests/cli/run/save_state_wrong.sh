#!/usr/bin/env bash
# States that a run cannot begin from, and those of another kernel, from which it can.
tiny="--machine configs/machines/tiny.yaml"
pagesim trace gen --profile configs/profiles/web-server.yaml --events 3000 --seed 3 --cpus 2 \
	--nodes 1 --live-max 16MiB -o x.pgt --quiet
pagesim trace cut x.pgt --events :1000 -o a.pgt --quiet
pagesim trace cut x.pgt --events 1000:2000 -o b.pgt --quiet
pagesim trace cut x.pgt --events 2000: -o c.pgt --quiet
pagesim run --trace a.pgt $tiny --save-state a.state.pgt --quiet >a.txt
sed -n 4p a.txt

fails()
{
	pagesim run "$@" --quiet >out.txt
	echo "status $?"
	[ -s out.txt ] && cat out.txt
}
# Not the next part.
fails --trace c.pgt $tiny --start a.state.pgt
# Of a pipe nobody knows which part it is.
cat b.pgt | fails --trace - $tiny --start a.state.pgt
# Another machine.
fails --trace b.pgt --machine configs/machines/one-node.yaml --start a.state.pgt
# No state at all, and one that was cut off.
fails --trace b.pgt $tiny --start c.pgt
head -c 1500 a.state.pgt >short.pgt
fails --trace b.pgt $tiny --start short.pgt
# Numbers that contradict the lists; names that are not there.
pagesim trace cat --whole a.state.pgt >a.state.txt
sed 's/"zone.1.nr_free":\[[0-9]*\]/"zone.1.nr_free":[5]/' a.state.txt |
	pagesim trace import - -o number.pgt --quiet
fails --trace b.pgt $tiny --start number.pgt
grep -v '^N ' a.state.txt | pagesim trace import - -o nameless.pgt --quiet
fails --trace b.pgt $tiny --start nameless.pgt
# Nowhere to write to: nothing is left.
fails --trace a.pgt $tiny --save-state no/such/folder.pgt
ls

# The other kernel takes the frames; its lists are its own.
pagesim run --trace b.pgt $tiny --kernel 2.4 --start a.state.pgt | sed -n '2p;/not matched/p'
pagesim run --trace b.pgt $tiny --kernel 2.4 --start a.state.pgt --json |
	grep -e frees_unknown -e frees_of_start -e frees_of_failed
# A machine with fewer CPUs has other per-cpu lists.
pagesim run --trace b.pgt $tiny --set machine.nodes.0.cpus=1 --map-cpus fold --start a.state.pgt |
	sed -n 2p
