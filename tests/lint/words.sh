#!/bin/sh
# Words that do not belong into the tree: paths of one developer's machine, hosts of package
# registries, notes to oneself. A letter in brackets keeps this list from finding itself.
here=$(dirname "$0")
words='(^|[^[:alnum:]_./-])/([h]ome|[w]ork|[r]oot)/|\.\./[s]hared/'
words="$words"'|deb\.[d]ebian\.org|archive\.[u]buntu\.com'
words="$words"'|registry\.[n]pmjs|pypi\.[o]rg|crates\.[i]o'
words="$words"'|[Aa][s]sistant|[C]hatGPT|[C]opilot'
words="$words"'|(^|[^[:alnum:]_])([T]ODO|[F]IXME|[X]XX)([^[:alnum:]_]|$)'
"$here/files.sh" "$1" | grep -v '^LICENSE$' |
	(cd "$1" && xargs -r grep -InE "$words") && exit 1
exit 0
