#!/usr/bin/env bash
# Each job that the README shows works by copy and paste: a section's first block are commands,
# the marked one holds lines of what they print ("..." stands for what is left out), in their
# order; and it has a picture.
command -v gnuplot >/dev/null || exit 0 # pages are not written without
readme=$CASES/../../../README.md
tree=$CASES/../../..
awk '/^## / { job = $2; on = job ~ /^(Predict|Sweep|Compare|Gate|See)$/; blocks = 0 }
	!on { next }
	/^<!-- tests\/cli\/readme/ { marked = 1 }
	/^!\[/ { print > (job ".pictures") }
	/^```/ { inside = !inside; blocks += inside; if (!inside) marked = 0; next }
	inside && blocks == 1 { print > (job ".commands") }
	inside && blocks > 1 && marked { print > (job ".sample") }' "$readme"
for job in Predict Sweep Compare Gate See; do
	[ -s $job.commands ] || { echo "README.md shows no commands to $job"; continue; }
	bash $job.commands >printed 2>errors
	cat errors
	sed -n 's/.*-o \(.*\.html\)$/\1/p' $job.commands |
		xargs -r sed -e 's/<[^>]*>//g' -e 's/^ *//; s/ *$//' >>printed
	[ "$(grep -cvE '^ *(\.\.\.)?$' $job.sample)" -gt 0 ] || echo "README.md shows no output of $job"
	awk -v job=$job 'FNR == NR { if ($0 !~ /^ *(\.\.\.)?$/) want[++n] = $0; next }
		at < n && $0 == want[at + 1] { at++ }
		END { if (at < n) printf "README.md (%s) has, the program does not print there:\n%s\n", job, want[at + 1] }' \
		$job.sample printed
	[ -s $job.pictures ] || echo "README.md has no picture of $job"
	for picture in $(sed -E 's/.*\(([^)]*)\)$/\1/' $job.pictures); do
		[ "$(wc -c <"$tree/$picture")" -lt 60000 ] || echo "$picture is large"
	done
done
