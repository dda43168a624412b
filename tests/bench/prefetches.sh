#!/usr/bin/env bash
# The program prefetches: gcc takes a function that does nothing else for one without effect, and
# has dropped its calls before, which no result shows and no count of instructions tells.
#   prefetches.sh PAGESIM BUILD
# BUILD as in callgrind.sh: where functions are inlined is known of the build that
# results/callgrind.csv was made with; 77 = another one, or no objdump here.
set -euo pipefail
pagesim=${1:?usage: prefetches.sh PAGESIM BUILD}
build=${2:?usage: prefetches.sh PAGESIM BUILD}
made_with=$(sed -n 's/^# *//p' "$(dirname "$0")/results/callgrind.csv")

skip()
{
	echo "skipped: $1"
	exit 77
}

command -v objdump >/dev/null || skip 'there is no objdump'
[ "$build" = "$made_with" ] ||
	skip "built with \"$build\", known is \"$made_with\""

# Function, and at least how many prefetches its copies have together.
objdump -d --no-show-raw-insn "$pagesim" | awk -F'[<>]' '
	BEGIN {
		least["hand_out_buffer"] = 3       # objects of the events that come next
		least["look_ahead"] = 3            # the next events of a task
		least["mm412_pcp_drain_some"] = 4  # neighbours of pages that go back
		least["mm412_buddy_smallest"] = 1  # the block behind the one that is taken
		least["mm412_alloc_try"] = 2       # where the scout stands, the page of the next request
		least["mm24_buddy_take"] = 1
		least["prefetch_free"] = 4
		least["prefetch_hold"] = 1
	}
	/^[0-9a-f]+ <.*>:$/ {
		name = $2
		sub(/[.].*/, "", name) # .isra.0, .part.1, .lto_priv.0
	}
	/\tprefetch/ { found[name]++ }
	END {
		for (name in least) {
			printf "%s: %d prefetches, at least %d\n", name, found[name], least[name]
			if (found[name] < least[name]) {
				print name ": they are gone, or inlined elsewhere"
				status = 1
			}
		}
		exit status
	}'
