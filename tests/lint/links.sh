#!/bin/sh
# Every relative link of a Markdown file leads to a file or folder of the tree.
here=$(dirname "$0")
"$here/files.sh" "$1" '*.md' | {
	cd "$1" || exit 2
	status=0
	while IFS= read -r page; do
		links=$(awk '/^ *```/ { code = !code; next } !code' "$page" |
			sed 's/`[^`]*`//g' | grep -oE '\]\([^) ]+' |
			sed 's/^](//; s/#.*//' | grep -vE '^[a-z]+:|^$')
		for link in $links; do
			[ -e "$(dirname "$page")/$link" ] && continue
			echo "$page links to $link, which is not there"
			status=1
		done
	done
	exit $status
}
