#!/usr/bin/env bash
# The bundled sweep from plan to table; a second run has nothing to do; a point is what a run of
# its own is.
pagesim sweep plan --no-estimate configs/sweeps/small.yaml -o small.jsonl
head -n 1 small.jsonl | sed 's/"scenario":{.*//'
tail -n 1 small.jsonl | sed 's/"scenario".*"trace_file"/.../'
pagesim sweep run -j 2 configs/sweeps/small.yaml --out out | grep -v Time
pagesim sweep run -j 2 small.jsonl --out out | grep -v Time
pagesim sweep status out
pagesim sweep collect out --csv t.csv --sqlite t.sqlite
cut -d, -f 1,3-8 t.csv | head -n 4
head -n 1 t.csv | tr , '\n' | grep '^host'
id=$(sed -n '2s/^0,\([0-9a-f]*\),.*/\1/p' t.csv)
sed -n '/^base:/,/^axes:/{/^base:/d;/^axes:/d;s/^  //;p}' configs/sweeps/small.yaml |
	sed "s|\.\./\.\.|.|; s|\.\./devices|configs/devices|" >one.yaml
pagesim run one.yaml --set vm.min_free_kbytes=512KiB --set vm.watermark_scale_factor=10 --json |
	grep -o '"result_digest": ".*"' | tr -d '" ' | cut -d: -f2 >one
cmp one <(sed -n '2s/.*,//p' t.csv) && echo 'the same result'
# Points by name; one that is done already.
rm out/points/*/"$id".json
pagesim sweep status out --json | grep -A 3 missing
pagesim sweep point out "$id" | grep -v Time
pagesim sweep point out "$id"
pagesim sweep point out 0123
# The database answers, too.
if command -v sqlite3 >/dev/null; then
	sqlite3 t.sqlite "SELECT objective, place, settings FROM best_points WHERE place = 1"
	sqlite3 t.sqlite "SELECT count(*) FROM pareto"
	sqlite3 t.sqlite "SELECT setting, points, round(mean) FROM main_effects
		WHERE figure = 'sweep.allocstall' AND axis = 'vm.watermark_scale_factor'"
fi
