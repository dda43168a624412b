#!/bin/sh
# A folder includes its own files and those that the table below grants it: sim/ and traces/
# know nobody else, model/ knows only the port, tools/ sees all but tests/.
cd "$1" || exit 2
folders='sim model traces tools tests'
# shellcheck disable=SC2086 # a list of words
grep -roE '#[ \t]*include[ \t]*"[^"]*"' --include='*.[ch]' $folders 2>/dev/null |
	awk -F'[":]' '
	BEGIN {
		allow["sim"] = "^sim/"
		allow["model"] = "^(model/|sim/port\\.h$)"
		allow["traces"] = "^traces/"
		allow["tools"] = "^(tools|sim|model|traces)/"
		allow["tests"] = "^(tests|tools|sim|model|traces)/"
	}
	{
		split($1, dir, "/")
		if ($3 ~ allow[dir[1]])
			next
		print $1 " includes \"" $3 "\", allowed is " allow[dir[1]]
		bad = 1
	}
	END { exit bad }'
