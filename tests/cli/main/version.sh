#!/usr/bin/env bash
# Only its shape: the number changes with every release.
pagesim --version | sed -E "1s/ [0-9]+\.[0-9]+\.[0-9]+$/ X.Y.Z/; 2,\$s/^([a-z]+) +[^ ].*/\1 .../"
# The same as JSON, and of every command in short.
[ "$(pagesim --version --json | grep -c "^ \"[a-z]*\": \"..*\"")" -eq "$(pagesim --version | wc -l)" ] ||
	echo "JSON has other facts"
[ "$(pagesim run --version)" = "$(pagesim --version | head -n 1)" ] || echo "run has another version"
