#!/usr/bin/env bash
# A file of each version of the format, as the program of its time wrote it, says today what it
# said then: its text lies beside it. The files are never made again.
versions=$CASES/../../traces/data/versions
for file in "$versions"/*.pgt; do
	pagesim trace info "$file" | grep -E "^(format|events  )"
	pagesim trace check --quiet "$file" || echo "damaged"
	pagesim trace cat --whole "$file" | cmp - "${file%.pgt}.txt" && echo "as it was"
	pagesim trace import --quiet "${file%.pgt}.txt" -o again.pgt
	pagesim trace cat --whole again.pgt | cmp - "${file%.pgt}.txt"
done

# A version to come is refused where its major number is another.
printf '%s\n' "$(sed -n 1p "$versions/1.1.txt")" "$(sed -n 's/"major":1/"major":2/; 2p' "$versions/1.1.txt")" |
	pagesim trace import --quiet - -o later.pgt
echo $?
