#!/usr/bin/env bash
# The manual pages and the bash completion, made of the program's own tables:
#   manual.sh PAGESIM COMPLETION.in DIR     DIR/pagesim.1.gz, DIR/pagesim-run.1.gz, ..., DIR/pagesim
set -euo pipefail
export LC_ALL=C
pagesim=$1
template=$2
dir=$3

rm -rf "$dir"
mkdir -p "$dir"

# The same text gives the same bytes: no name, no date.
page()
{
	local name=$1
	shift
	"$pagesim" "$@" --man | gzip -9n >"$dir/$name.1.gz"
}

# options_of COMMAND...: an arm of the completion's table
options_of()
{
	local option value

	printf "\t'%s')\n\t\t_pagesim_options=(" "$*"
	"$pagesim" "$@" --words | while read -r option value; do
		printf "['%s']='%s' " "$option" "$value"
	done
	printf ')\n\t\t;;\n'
}

page pagesim
commands=$("$pagesim" --words)
for command in $commands; do
	page "pagesim-$command" "$command"
	words=$("$pagesim" "$command" --words)
	if [[ $words == --* ]]; then
		options_of "$command" >>"$dir/options"
		continue
	fi
	printf "\t%s) echo '%s' ;;\n" "$command" "$(xargs <<<"$words")" >>"$dir/families"
	for member in $words; do
		page "pagesim-$command-$member" "$command" "$member"
		options_of "$command" "$member" >>"$dir/options"
	done
done

printf "\techo '%s'\n" "$(xargs <<<"$commands")" >"$dir/commands"
sed -e "/@COMMANDS@/{r $dir/commands
d}" -e "/@FAMILIES@/{r $dir/families
d}" -e "/@OPTIONS@/{r $dir/options
d}" "$template" >"$dir/pagesim"
rm "$dir/commands" "$dir/families" "$dir/options"
