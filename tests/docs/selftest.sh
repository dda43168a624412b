#!/usr/bin/env bash
# commands.py finds what is wrong with a page, and lets pass what is right:
# selftest.sh PAGESIM TREE
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# page WANTED TEXT: a page of that text ends with 0 and says WANTED, or with 1 where it begins
# with "!" (then what is behind it).
page()
{
	local wanted=${1#!} said ended=0 right=0

	[ "$1" = "$wanted" ] || right=1
	printf '%b' "$2" >"$folder/page.md"
	said=$(python3 "$here/commands.py" "$pagesim" "$tree" "$folder/page.md" 2>&1) || ended=$?
	if [ $ended -ne $right ] || ! grep -qF -- "$wanted" <<<"$said"; then
		printf 'a page of\n%b\nended with %d and said "%s", not "%s"\n' "$2" $ended \
			"$said" "$wanted"
		status=1
	fi
}

pagesim=$1
tree=$2
page '' '```sh\npagesim --version\ntest -e configs/machines/tiny.yaml\n```\n'
page '!ends with 2' '```sh\npagesim run --nothing\n```\n'
page '!ends with 127' '```sh\npagesim --version; nosuchprogram\n```\n'
page '' '<!-- status: 2 -->\n```sh\npagesim run --nothing\n```\n'
page '!every command: ends with 0' '<!-- status: 2 -->\n```sh\ntrue\n```\n'
page '!is not fenced as sh' '```\npagesim run --nothing\n```\n'
page '!is not fenced as sh' 'Text:\n\n    pagesim run --nothing\n'
page 'not run: needs root' '<!-- not run: needs root -->\n```sh\nfalse\n```\n'
page '!no reason' '<!-- not run: needs root; see tests/nothing -->\n```sh\nfalse\n```\n'
page 'nosuchprogram is missing here' '<!-- needs: nosuchprogram -->\n```sh\nfalse\n```\n'
page '' '<!-- before: echo 7 >x -->\n```sh\ntest "$(cat x)" = 7\n```\n'
page '' '<!-- file: a/b -->\n```\none\n```\ntext\n```sh\ngrep -qx one a/b\n```\n'
page '' '```sh\nseq 9\n```\n<!-- prints -->\n```\n2\n...\n8\n```\n'
page '!do not print, there: 2' '```sh\nseq 9\n```\n<!-- prints -->\n```\n8\n2\n```\n'
page '!do not print, there: 10' '<!-- prints: seq 9 -->\n```\n10\n```\n'
page '' '```console\n$ echo 1\n1\n$ echo \\\n  2\n2\n```\n'
page '!do not print, there: 3' '```console\n$ echo 1\n3\n```\n'
page '!do not print, there: more' \
	'```sh\necho "<p>words</p>" >x.html; : -o x.html\n```\n<!-- prints -->\n```\nwords\nmore\n```\n'
exit $status
