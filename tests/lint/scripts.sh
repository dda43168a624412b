#!/bin/sh
# Every script can be started and parses: executable, a first line that names its shell.
here=$(dirname "$0")
status=0
for script in $("$here/files.sh" "$1" '*.sh' '.ci/run'); do
	path=$1/$script
	shell=$(sed -nE "1s,^#!.*[/ ](bash|sh)\$,\1,p" "$path")
	if [ ! -x "$path" ]; then
		echo "$script is not executable"
		status=1
	elif [ -z "$shell" ]; then
		echo "$script: the first line names no shell"
		status=1
	elif ! "$shell" -n "$path" 2>&1; then
		status=1
	fi
done
exit $status
