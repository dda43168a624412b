#!/usr/bin/env bash
# The same run with several seeds: least, middle and most of each figure.
pagesim run configs/scenarios/pressure-4.12.yaml --repeat 3 --out band | grep -v '^Files'
ls band band/seed-2
head -c 120 band/bands.csv
echo
echo "-- the files say the same: rows, runs, and which seed had what"
python3 - <<-'EOF'
	import csv, json

	bands = json.load(open("band/bands.json"))
	rows = list(csv.DictReader(open("band/bands.csv")))
	print(len(bands["rows"]) == len(rows), bands["seeds"], bands["jitter_milli"])
	for row, line in zip(bands["rows"], rows):
	    values = [v for v in row["values"] if v is not None]
	    assert row["runs"] == len(values) == int(line["runs"])
	    if values:
	        assert (row["min"], row["max"]) == (min(values), max(values))
	        assert row["median"] == sorted(values)[(len(values) - 1) // 2] == int(line["median"])
	    assert [line["seed_%d" % seed] for seed in bands["seeds"]] == \
	        ["" if v is None else str(v) for v in row["values"]]
	digests = [run["result_digest"] for run in bands["runs"]]
	print("digests differ" if len(set(digests)) == 3 else digests)
	for run in bands["runs"]:
	    result = json.load(open("band/%s/result.json" % run["folder"]))
	    assert result["result_digest"] == run["result_digest"]
	    assert result["scenario"]["seed"] == run["seed"]
	    # Each of them can be had alone.
	    print(result["scenario"]["replay"]["jitter"])
EOF
digest()
{
	sed -n 's/.*"result_digest": //p'
}
[ "$(pagesim run configs/scenarios/pressure-4.12.yaml --seed 2 --set replay.jitter=1% --json | digest | tr -d ',')" = \
	"$(digest <band/seed-2/result.json | tr -d ',')" ] && echo "seed 2 alone is the same"
echo "-- chosen ones, and none of the run's chances"
pagesim run -t traces/samples/host-build-small.pgt --seeds 7,2..3 --set replay.jitter=0% |
	sed -n '1,3p'
pagesim run -t traces/samples/host-build-small.pgt --seeds 7,2..3 --json --set replay.jitter=5% |
	sed -n '/"seeds"/,/]/p; /jitter/p'
echo "-- think times grow by up to the share, by half of it on average"
for jitter in 0% 10%; do
	pagesim run -t traces/samples/host-build-small.pgt --set replay.jitter=$jitter |
		sed -n 's/.* events in \(.*\) of simulated.*/\1/p'
done
echo "-- wrong ones"
for wrong in '--repeat 0' '--repeat x' '--repeat 1001' '--seeds 3,,4' '--seeds 9..2' '--seeds 1..3,2' '--seeds 1..5000' \
	'--set replay.jitter=101%' '--set replay.jitter=1' \
	'--set replay.jitter=1% --set replay.pacing=open' '--repeat 2 --trace -' \
	'--repeat 2 --set machine.clock_mhz=0' '--repeat 2 --trace missing.pgt'; do
	pagesim run -t traces/samples/host-build-small.pgt --quiet $wrong 2>&1
	echo "= $?"
done
