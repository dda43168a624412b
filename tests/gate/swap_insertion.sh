#!/bin/sh
# swap_insertion.sh FROM TO: a copy in which freed blocks go to the other end of their list. Fails
# when there is no such line any more, so that the test does not test nothing.
sed 's/mm412_list_push(mm, zone, slot, order, type)/mm412_list_append(mm, zone, slot, order, type)/' \
	"$1" >"$2"
if cmp -s "$1" "$2"; then
	echo "$1: nothing inserts blocks as expected"
	rm -f "$2"
	exit 1
fi
