#!/usr/bin/env bash
# --help goes to stdout and ends with 0; an option that does not exist is named on stderr and
# ends with 2.
for command in $(pagesim --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	pagesim "$command" --help >out 2>error
	echo "$command --help: status $?, usage lines $(grep -c "^usage: pagesim $command" out)," \
		"bytes on stderr $(wc -c <error)"
	pagesim "$command" --frobnicate >out 2>error
	echo "$command --frobnicate: status $?, bytes on stdout $(wc -c <out)," \
		"named in $(grep -c frobnicate error) line of stderr"
done
