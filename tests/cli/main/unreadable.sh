#!/usr/bin/env bash
# A file that cannot be read is the host's failure, status 4, whatever it was to hold; one whose
# name is wrong is not: 2 for what configures, 3 for data. Nothing of it is left.
sample=traces/samples/vm-fragment.pgt
io=/proc/self/mem # its first byte cannot be read: EIO
long=$(printf 'x%.0s' {1..300})

try()
{
	"$@" >stdout 2>said
	printf '%s %s\n' $? "$(sed -E "s/x{99,}/LONG/g" said)"
}

for file in $io $long none; do
	try pagesim machine show "$file"
	try pagesim machine check "$file"
	try pagesim run "$file"
	try pagesim run --trace $sample --machine "$file" --out out
	try pagesim run --trace $sample --set costs="$file" --out out
	try pagesim run --trace "$file" --out out
	try pagesim run --trace $sample --start "$file" --out out
	try pagesim compare "$file" "$file"
	try pagesim report "$file"
	try pagesim check --baseline "$file" "$file" # whatever prevents a comparison is 2
	try pagesim sweep plan "$file"
	try pagesim trace gen --profile "$file" --events 5 -o out
	try pagesim trace info "$file"
	try pagesim golden "$file"
done
rm stdout said
ls
