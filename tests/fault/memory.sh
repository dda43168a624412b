#!/usr/bin/env bash
# Too little memory, in steps from hardly anything to enough: a command works or ends with 4 and
# a sentence, also where the engine or another library is what it fails in.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
if sanitized; then
	echo "not tried, since a sanitizer's memory has no limit: too little memory"
	exit
fi
hog=$source_/traces/samples/hog.pgt
two=$source_/configs/machines/two-node.yaml
declare -A seen

# tries KIB COMMAND...
tries()
{
	local kib=$1 got what
	shift

	what="${*:2:2} in $kib KiB"
	rm -rf out out.*
	# What ends in the loader is not ours.
	within_memory "$kib" "$pagesim" --version >stdout 2>stderr || return
	within_memory "$kib" timeout 60 "$@" >stdout 2>stderr </dev/null
	got=$?
	seen[$got]=1
	case $got in
	0) ;;
	4)
		# Libraries may have said something before.
		tail -n 1 stderr | grep -q '^pagesim' || trouble "$what: $(tail -n 1 stderr)"
		;;
	*) trouble "$what: exit status $got: $(tail -n 3 stderr)" ;;
	esac
	whole out "$what"
	no_leftovers . "$what"
}

for kernel in 2.4 4.12; do
	for ((kib = 60000; kib <= 140000; kib += 4000)); do
		tries "$kib" "$pagesim" run --quiet --kernel "$kernel" --trace "$hog" \
			--machine "$two" --out out
	done
done
# The files of both kernels have machines of their own.
for ((kib = 52000; kib <= 84000; kib += 4000)); do
	tries "$kib" "$pagesim" golden "$source_/tests/golden/4.12.0/a1.gold.zst" \
		"$source_/tests/golden/2.4.0/case_pressure.gold.zst"
done
for kib in 50000 56000 62000 68000 74000 80000 100000; do
	tries "$kib" "$pagesim" run --quiet --engine=strict --trace "$hog" \
		--machine "$source_/configs/machines/tiny.yaml" --out out
	tries "$kib" "$pagesim" trace gen --quiet --events 100000 --seed 1 \
		--profile "$source_/configs/profiles/build-farm.yaml" -o out.pgt
	tries "$kib" "$pagesim" trace info "$sample"
	tries "$kib" "$pagesim" trace import --quiet --clock mono \
		"$source_/tests/traces/data/small.v6.dat.zst" -o out.pgt
	tries "$kib" "$pagesim" machine show "$source_/configs/machines/eight-node-1tib.yaml"
	tries "$kib" "$pagesim" verify "$source_/tests/recorded/4.12.0/w1_1cpu_churn.pgt"
done
[ -n "${seen[0]-}" ] && [ -n "${seen[4]-}" ] ||
	trouble "the limits are wrong for this machine: all ended with ${!seen[*]}"
