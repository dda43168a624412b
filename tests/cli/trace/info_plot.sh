#!/usr/bin/env bash
# Plots: four pictures with their numbers and scripts; the numbers are those of the tables.
file=traces/samples/vm-fragment.pgt
pagesim trace info "$file" --plot plots --quiet | grep -A 2 '^live memory'
ls plots
awk '$1 ~ /^[0-9]/ && $2 > most { most = $2 } END { print "most MiB live:", most }' plots/live.dat
awk '/requests/ { on = 1 } /frees/ { on = 0 } on && $1 ~ /[0-9]/ { v[n++] = $2 }
	END { for (i = 0; i < n - 1; i++) sum += v[i]; printf "requests: %.0f\n", sum * 10 }' \
	plots/rate.dat
cat plots/orders.dat
tail -n 1 plots/lifetimes.dat
grep -L '</svg>' plots/*.svg

# A trace without events has plots, too; one whose clock only counts has counts.
printf '%s\n' '# pagesim trace as text, version 1' \
	'header {"pgt":"header","major":1,"minor":0,"name":"counts","kernel":"","tool":"","clock":{"unit":"counter","name":"counter","hz":0},"page_size":4096,"cpus":1,"nodes":1,"cpu_node":[0],"distance":[],"zones":[],"holes":[],"reserved":[],"has_state":false,"synthetic":false}' \
	'gfp GFP_KERNEL' 'task 1 a' 'alloc 5 0 0' 'alloc 6 0 0 order=1' 'free 9 0 0 object=0' >counts.txt
head -n 2 counts.txt | pagesim trace import - --quiet -o empty.pgt
pagesim trace info empty.pgt --plot empty && ls empty | wc -l
pagesim trace import counts.txt --quiet -o counts.pgt
pagesim trace info counts.pgt --plot counts
head -n 3 counts/live.dat

# Nothing is left where it fails.
pagesim trace info "$file" --plot counts.txt
echo $?
PATH=$(dirname "$(command -v pagesim)") pagesim trace info "$file" --plot none
echo $?
[ ! -e none ] && echo "no folder is left"
