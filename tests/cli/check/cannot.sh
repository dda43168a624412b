#!/usr/bin/env bash
# Whatever prevents a comparison is one sentence and status 2.
try()
{
	echo "pagesim check $*" >&2
	pagesim check "$@"
	echo "= $?" >&2
}
change()
{
	mkdir -p "$1"
	sed "$2" configs/baselines/vm-fragment/result.json >"$1/result.json"
}
base=configs/baselines/vm-fragment
try --baseline no/such $base
try --baseline $base no/such
try --baseline $base configs
change edited 's/"allocs": \([0-9]*\)/"allocs": 1\1/'
pagesim check --baseline $base edited 2>&1 | sed 's/[0-9a-f]\{32\}/DIGEST/g' >&2
try --baseline $base --junit error.xml edited 2>/dev/null
grep -c '<error message="edited/result.json: damaged or edited' error.xml >&2
change newer 's/^ "version": 1$/ "version": 99/'
try --baseline $base newer
change cut '2,$d'
try --baseline $base cut
change other 's/"pagesim result"/"pagesim sweep"/'
try --baseline $base other
# latency.hlog of another run.
change mixed ''
cp configs/baselines/pressure-4.12/latency.hlog mixed
try --baseline $base mixed
echo '#[Histogram log format' >mixed/latency.hlog
try --baseline $base mixed
# Other inputs: the trace, the kernel, the machine, the start, the seed.
pagesim run --trace traces/samples/vm-fragment.pgt --kernel 2.4 --out k24 >k24.txt
pagesim run --trace traces/samples/vm-fragment.pgt --set machine.clock_mhz=2000 --out slow >slow.txt
pagesim run --trace traces/samples/vm-fragment.pgt --seed 2 --out seed >seed.txt
pagesim run --trace traces/samples/vm-fragment.pgt --set output.series=none --out bare >bare.txt
for other in k24 slow seed bare configs/baselines/pressure-4.12; do
	try --baseline $base $other
done
