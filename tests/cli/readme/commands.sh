#!/usr/bin/env bash
# The commands that the README names exist and do not fail; the import one needs a recording
# of the reader's own, so that only its help is asked for.
readme=$CASES/../../../README.md
ln -s "$CASES/../../../tests" tests
sed -n '/^## More/,/^## What/p' "$readme" | grep '^pagesim ' >commands
[ "$(wc -l <commands)" -gt 4 ] || echo "README.md names no commands"
while IFS= read -r line; do
	case $line in
	*my-trace*) line="pagesim trace import --help" ;;
	esac
	bash -c "$line" >printed 2>errors || echo "status $?: $line: $(head -n 1 errors)"
done <commands
