#!/usr/bin/env bash
# The bundled recording from its recorded start: summary, score, and the files of a run.
pagesim run --trace traces/samples/vm-fragment.pgt --out out | sed 's/^Host: .*/Host: (measured)/'
ls -A out
for f in buddyinfo pagetypeinfo extfrag_index unusable_index; do
	echo "== $f"
	cat "out/$f"
done
echo "== latency.csv"
head -3 out/latency.csv
echo "== series.csv"
head -4 out/series.csv | cut -d, -f1-12
