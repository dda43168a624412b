#!/usr/bin/env bash
# A folder holds one result: files of ours that a run does not write, and one before it did, are
# gone when its own are there. What is not ours stays, and so does everything when a run fails.
into()
{
	pagesim run --quiet --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml "$@" --out out >/dev/null
	printf '= %s: ' $?
	find out -mindepth 1 -maxdepth 1 -printf "%f\n" | sort | paste -sd " "
}
into --set output.events=all
echo mine >out/notes.txt
mkdir out/zoneinfo.d
into --set output.series=none --kernel 2.4
into --set output.series=none --kernel 4.12
into --seeds 1,2
into --set output.series=none --kernel 2.4
into --kernel 4.12 --set vm.min_free_kbytes=1GB 2>/dev/null
# Links and devices under our names are somebody else's.
echo theirs >elsewhere
ln -s ../elsewhere out/series.csv
mkfifo out/events.txt
into --set output.series=none --kernel 4.12
cat elsewhere out/notes.txt
