#!/usr/bin/env bash
# Simulated dates end at 2^52 cycles: half a day at the 100 GHz of this machine, which is
# that fast so that its timers take little time here. A trace that asks for more ends with 3
# and a sentence, however much of it was simulated before; a result that was there stays as it
# was, none is begun, and a state to go on from is not written.

# at HZ TIME: a request, its free, and one more request at that time of the recording's clock.
at()
{
	printf '%s\n' '# pagesim trace as text, version 1' \
		"header {\"pgt\":\"header\",\"major\":1,\"minor\":1,\"clock\":{\"unit\":\"ns\",\"hz\":$1},\"cpus\":2,\"nodes\":1,\"cpu_node\":[0,0]}" \
		'gfp GFP_KERNEL' 'task 17 make' \
		'alloc 100 0 0 gfp=0' 'free 200 0 0 object=0' "alloc $2 1 0 gfp=0" |
		pagesim trace import --quiet - -o late.pgt >/dev/null
}

try()
{
	echo "run $*" >&2
	pagesim run --quiet --trace late.pgt --machine fast.yaml \
		--set output.series=none "$@" >stdout
	echo "= $?, printed $(wc -l <stdout) lines" >&2
}

cat >fast.yaml <<-'END'
	clock_mhz: 100000
	nodes:
	  - cpus: 2
	    memory: 64MiB
END
files()
{
	find out -type f | sort | xargs cat | md5sum
}

at 1000000000 45034000000000 # 2^52 cycles are 2 s later
pagesim run --quiet --trace late.pgt --machine fast.yaml \
	--set output.series=none --out out >stdout
echo "= $?, $(grep -c 'order 0' stdout) lines of order 0"
was=$(files)
at 1000000000 45035996273900
try --out out
try --out out --kernel 2.4
[ "$(files)" = "$was" ] && echo "out is as it was"
try --out new --save-state new.pgt --set output.events=all
try --out new --engine=strict
try --out new --set replay.pacing=open
try --out new --set machine.clock_mhz=50000 # later there, so near enough
rm -r new

# Ticks of a clock so slow that its times do not fit into 64 bits as cycles: a second after
# 2^64 of them, and the latest that a trace can have.
at 1000 184467440938
try --out new --set replay.pacing=open
try --out new
at 1000 9000000000000000000
try --out new --set replay.pacing=open
try --out new --set replay.pacing=asap # asks for no dates
rm -r new
ls
