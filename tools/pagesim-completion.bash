# Bash completion for pagesim, made from what the program itself says: commands from --help,
# options from COMMAND --help, keys of --set from params.

_pagesim_words()
{
	case $1 in
	commands) pagesim --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' ;;
	sub) pagesim "$2" --help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p' ;;
	options) pagesim "${@:2}" --help 2>/dev/null | grep -oE -- '(^|[ ,])--[a-z][a-z-]*' | tr -d ' ,' | sort -u ;;
	keys) pagesim params 2>/dev/null | grep -E '^(vm|cost)\.' | sed 's/$/=/' ;;
	esac
}

_pagesim()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} path

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$(_pagesim_words commands) --help --version" -- "$word")
		return
	fi
	path=("$command")
	if [[ $command == machine || $command == sweep || $command == trace ]]; then
		if ((COMP_CWORD == 2)); then
			mapfile -t COMPREPLY < <(compgen -W "$(_pagesim_words sub "$command")" -- "$word")
			return
		fi
		path+=("${COMP_WORDS[2]}")
	fi
	if [[ $before == --set || $before == --with ]]; then
		compopt -o nospace
		mapfile -t COMPREPLY < <(compgen -W "$(_pagesim_words keys)" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_pagesim_words options "${path[@]}")" -- "$word")
	else
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -F _pagesim pagesim
