#!/usr/bin/env bash
# report_browser.sh PAGESIM: the page in a browser: no complaint on its console, every section
# there, nothing wider than a phone, something to see in light and dark, no name that runs as a
# script. Skipped (77) where there is no Chromium, gnuplot or python3.
set -euo pipefail
pagesim=$(realpath -- "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_=$(cd "$here/../.." && pwd)

skip()
{
	echo "skipped: $1"
	exit 77
}

command -v chromium >/dev/null || skip 'no chromium here (package chromium)'
command -v gnuplot >/dev/null || skip 'no gnuplot here (package gnuplot-nox)'
command -v python3 >/dev/null || skip 'no python3 here'
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
cd "$source_"

# A folder whose name would like to be a script.
mkdir "$base/<img src=x onerror=alert(1)>"
"$pagesim" run --quiet --trace traces/samples/vm-fragment.pgt --out "$base/one" >/dev/null
"$pagesim" run --quiet --trace traces/samples/vm-fragment.pgt --kernel 2.4 \
	--out "$base/<img src=x onerror=alert(1)>" >/dev/null
"$pagesim" report --quiet "$base/one" -o "$base/one.html"
"$pagesim" report --quiet "$base/one" "$base/<img src=x onerror=alert(1)>" \
	--title '<script>document.title="ran"</script>' -o "$base/two.html"
python3 "$here/report_browser.py" "$base/one.html"
python3 "$here/report_browser.py" "$base/two.html" quick

# The other side: each of these faults is seen.
sed -e 's|<section id="locks">|<section>|' -e 's|<h1>|<h1 style="width:2000px">|' \
	-e 's|</h1>|<script>document.title="ran"</script></h1>|' "$base/one.html" >"$base/bad.html"
python3 "$here/report_browser.py" "$base/bad.html" quick >"$base/faults" && exit 1
for fault in 'the console says' 'no section locks' 'pixels it is' 'a script ran'; do
	grep -q "$fault" "$base/faults" || {
		echo "a page with faults: no line with '$fault' in"
		cat "$base/faults"
		exit 1
	}
done
