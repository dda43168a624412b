#!/bin/sh
# Every relative link of a Markdown file leads to a file or folder of the tree, and so does
# every `file.c`, `file.h`, `file.sh` and `folder/file` it names in backticks. Names with a
# placeholder in them (*, <x>, NAME) are passed over.
here=$(dirname "$0")
files=$("$here/files.sh" "$1")
cd "$1" || exit 2
status=0

links()
{
	awk '/^ *```/ { code = !code; next } !code' "$1" | sed 's/`[^`]*`//g' |
		grep -oE '\]\([^) ]+' | sed 's/^](//; s/#.*//' | grep -vE '^[a-z]+:|^$'
}

named()
{
	awk '/^ *```/ { code = !code; next } !code' "$1" | grep -oE '`[^` ]+`' | tr -d '`' |
		grep -E '^([a-z0-9_]+\.(c|h|sh)|(sim|model|traces|tools|tests|configs|docs)/.*)$' |
		grep -vE '[*<A-Z]'
}

for page in $(printf '%s\n' "$files" | grep '\.md$'); do
	for link in $(links "$page"); do
		[ -e "$(dirname "$page")/$link" ] && continue
		echo "$page links to $link, which is not there"
		status=1
	done
	for name in $(named "$page"); do
		{ [ -e "$name" ] || [ -e "$name.c" ]; } && continue
		printf '%s\n' "$files" | grep -q "/$name\$" && continue
		echo "$page names $name, which is not there"
		status=1
	done
done
exit $status
