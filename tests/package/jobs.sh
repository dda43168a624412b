#!/usr/bin/env bash
# The README's jobs (predict, sweep, compare, gate, see) as somebody does them who has the package
# and no tree: in an empty folder, each section's first block of commands.  jobs.sh README.md
# Prints how long each took; what they print lies in JOB.printed.
set -uo pipefail
bad=0
mkdir -p build
for job in Predict Sweep Compare Gate See; do
	awk -v job="$job" '/^## / { on = $2 == job; blocks = 0 }
		on && /^```/ { inside = !inside; blocks += inside; next }
		on && inside && blocks == 1' "$1" >"$job.commands"
	[ -s "$job.commands" ] || { echo "$1 shows no commands to $job" && bad=1; }
	start=$(date +%s%N)
	if bash -euo pipefail "$job.commands" >"$job.printed" 2>"$job.errors"; then :; else
		# A regression that is found is what the gate is for.
		[ "$job" = Gate ] && grep -q '^Verdict' Gate.printed && sed 1,2d Gate.commands |
			bash -euo pipefail >>Gate.printed 2>>Gate.errors ||
			{ echo "$job failed: $(head -n 3 "$job.errors")" && bad=1; }
	fi
	printf '%-8s %6s ms\n' "$job" $((($(date +%s%N) - start) / 1000000))
done
for page in aged small kernels why; do
	[ -s build/$page.html ] || { echo "build/$page.html is not there" && bad=1; }
done
exit $bad
