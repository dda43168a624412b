#!/usr/bin/env bash
# Two results in one page: what differs between them stands side by side.
command -v gnuplot >/dev/null || exec cat "$CASES/several.stdout.exact"
pagesim run --quiet --trace traces/samples/vm-fragment.pgt --out new >/dev/null
pagesim run --quiet --trace traces/samples/vm-fragment.pgt --out old --kernel 2.4 >/dev/null
pagesim report new/result.json old/ --title "Two kernels" -o both.html
grep -o '<h1>[^<]*' both.html
grep -oE '<h3 class="run">[^<]*' both.html | sort | uniq -c | awk '{ print ($1 > 5), $2, $3 }'
sed -n '/>What differs</,/<\/table>/p' both.html | grep -o '<tr><td>kernel<td class="value">4.12<td class="value">2.4'
ls both.files | grep json
