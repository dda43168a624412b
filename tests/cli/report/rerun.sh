#!/usr/bin/env bash
# The commands of a page give the same result again.
command -v gnuplot >/dev/null || exec cat "$CASES/rerun.stdout.exact"
digest() { grep result_digest "$1/result.json"; }
cp traces/samples/vm-fragment.pgt "it's a <trace>.pgt"
pagesim run --quiet --trace "it's a <trace>.pgt" --set vm.min_free_kbytes=32MiB --out first >/dev/null
pagesim report --quiet first -o page.html
sed -n '/<pre class="command">/,/<\/pre>/p' page.html | sed -e 's/<[^>]*>//g' |
	sed -e 's/&lt;/</g' -e 's/&gt;/>/g' -e "s/&#39;/'/g" -e 's/&amp;/\&/g' | head -n 1 >command
cat command
bash command >/dev/null
cmp <(digest first) <(digest again) && echo "the same digest"
# A machine that was aged is aged again: the scenario says so.
rm -r first again
pagesim run --quiet configs/scenarios/aged-guest.yaml --out first >/dev/null
pagesim report --quiet first -o page.html
sed -n '/<pre class="command">/,/<\/pre>/p' page.html | sed -e 's/<[^>]*>//g' | head -n 1 >command
bash command >/dev/null
cmp <(digest first) <(digest again) && echo "the same digest"
