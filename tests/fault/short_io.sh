#!/usr/bin/env bash
# read() and write() that do a part of what is asked, and every third time nothing but EINTR
# (short_io.c, put in front of libc): all commands leave the same bytes as without.
#   short_io.sh PAGESIM SHIM.so
shim=$(realpath -- "$2") || exit 2
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
if sanitized; then
	echo 'not tried, since a sanitizer wants to stand in front of libc itself: short_io'
	exit
fi
tiny=$source_/configs/machines/tiny.yaml
hog=$source_/traces/samples/hog.pgt
# libtracecmd takes an EINTR for the end of the file, which files do not give: no trace.dat here.
for ((i = 0; i < 20000; i++)); do
	printf '            make-17    [000] d..1. %5d.%06d: mm_page_alloc: page=%d pfn=%d order=0 migratetype=1 gfp_flags=GFP_KERNEL\n' \
		$((i / 100)) $((i % 100)) "$i" "$i"
done >text
cat >sweep.yaml <<-END
	base: {machine: $tiny, trace: $hog}
	axes: {vm.min_free_kbytes: [512KiB, 1MiB]}
END

# All that is compared goes into $to.
commands()
{
	"$p" trace gen --quiet --profile "$source_/configs/profiles/hog.yaml" --events 20000 \
		--seed 1 -o "$to/gen.pgt" &&
		"$p" trace gen --quiet --profile "$source_/configs/profiles/hog.yaml" \
			--events 20000 --seed 1 -o - >"$to/stdout.pgt" &&
		"$p" trace cut --quiet "$to/gen.pgt" --events 100:9000 -o "$to/cut.pgt" &&
		"$p" trace merge --quiet "$to/gen.pgt" "$to/cut.pgt" -o "$to/merge.pgt" &&
		"$p" trace import --quiet text -o "$to/import.pgt" &&
		"$p" trace check --quiet "$to/import.pgt" &&
		"$p" trace check --quiet - <"$to/import.pgt" &&
		"$p" run --trace "$hog" --machine "$tiny" --out "$to/run" | grep -vE '^(Host|Files)' >"$to/table" &&
		"$p" sweep run --quiet -j 2 sweep.yaml --out "$to/sweep" &&
		"$p" sweep collect "$to/sweep" --csv "$to/t.csv" | grep Digest >"$to/digest" &&
		"$p" golden "$source_/tests/golden/4.12.0/a1.gold.zst" >"$to/golden"
}

LD_PRELOAD=$shim head -c 3 /dev/zero 2>stderr | cmp -n 3 - /dev/zero 2>>stderr
[ ! -s stderr ] || trouble "the shim does not load: $(cat stderr)"
with_shim()
{
	LD_PRELOAD=$shim timeout 60 "$pagesim" "$@"
}
mkdir plain short
to=plain
p=$pagesim
commands >stdout 2>stderr || trouble "without the shim: exit status $?: $(cat stderr)"
to=short
p=with_shim
commands >stdout 2>stderr || trouble "with the shim: exit status $?: $(head -n 3 stderr)"
# What the host took is in no two results the same.
rm -rf {plain,short}/{sweep,t.csv} {plain,short}/run/{result.json,summary.txt}
diff -r plain short >differs || trouble "not the same: $(head -n 5 differs)"
