#!/usr/bin/env bash
# The manual pages and the completion that were made of the program's tables: a page a command,
# without warnings, with every option that --help has; completion offers what the program knows.
#   manual.sh PAGESIM DIR
set -u
pagesim=$(realpath -- "$1")
dir=$(realpath -- "$2")
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
warnings=$base/warnings

command -v groff >/dev/null || {
	echo 'skipped: there is no groff'
	exit 77
}

# Every command, families with their members, from --help alone.
names()
{
	"$pagesim" "$@" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}
commands=()
for command in $(names); do
	commands+=("$command")
	for member in $(names "$command"); do commands+=("$command $member"); done
done
[ ${#commands[@]} -gt 25 ] || complain "only ${#commands[@]} commands are found"

for command in "${commands[@]}"; do
	page=$dir/pagesim-${command// /-}.1.gz
	[ -s "$page" ] || { complain "$command has no manual page" && continue; }
	text=$(gzip -dc "$page" | groff -man -Tascii -P-c -ww 2>"$warnings" | sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g')
	[ ! -s "$warnings" ] || complain "$command: $(head -n 3 "$warnings")"
	# shellcheck disable=SC2086 # a command is one or two words
	for option in $("$pagesim" $command --help | sed -n '/^options:/,/^$/p' |
		grep -oE '^  (-.|  )[, ] --[a-z-]+' | grep -oE -- '--[a-z-]+'); do
		grep -q -- "$option" <<<"$text" || complain "pagesim-${command// /-}(1) has no $option"
	done
	grep -q '^EXIT STATUS' <<<"$text" || complain "$command: the page has no exit status"
done
[ "$(find "$dir" -name '*.1.gz' | wc -l)" -eq $((${#commands[@]} + 1)) ] ||
	complain 'there are pages of no command'

# ---- completion
PATH=$(dirname "$pagesim"):$PATH
# shellcheck disable=SC1091 # made by the build
. "$dir/pagesim" || complain 'the completion is no bash'
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2

# offers "WORDS..." MORE...: behind these words each of MORE is offered; "!x" is not
offers()
{
	local line=$1 want
	shift
	read -ra COMP_WORDS <<<"$line"
	[[ $line != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_pagesim 2>/dev/null
	for want; do
		case $want in
		!*) printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -- "${want#!}" &&
			complain "'$line' is offered ${want#!}" ;;
		*) printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -- "$want" ||
			complain "'$line' is not offered $want, but: ${COMPREPLY[*]}" ;;
		esac
	done
}
offers 'pagesim ' run compare trace --version help
offers 'pagesim co' compare '!run'
offers 'pagesim trace ' info cat gen '!run'
offers 'pagesim trace gen --pro' --profile '!--seed'
offers 'pagesim trace gen --profile ' build-farm
offers 'pagesim run --' --machine --set --json --help '!--profile'
offers 'pagesim run --machine 2s-b' 2s-broadwell '!tiny'
offers 'pagesim run --kernel ' 2.4 4.12
offers 'pagesim run --set vm.min_' vm.min_free_kbytes= '!vm.pcp_batch='
offers 'pagesim run aged' aged-guest
offers 'pagesim run --out te' tests
offers 'pagesim machine show 2s-b' 2s-broadwell
offers 'pagesim check --baseline CHANGE' CHANGELOG.md
exit $bad
