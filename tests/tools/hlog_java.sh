#!/usr/bin/env bash
# hlog_java.sh PAGESIM: a run's latency.hlog, read by the reference reader (the Java library's
# HistogramLogProcessor), says what its latency.csv does: tags, counts, percentiles, largest
# values. Skipped (77) where there is no java or no library; HDRHISTOGRAM_JAR may name it.
set -euo pipefail
pagesim=$(realpath -- "$1")
source_=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
jar=${HDRHISTOGRAM_JAR:-/usr/share/java/hdrhistogram.jar}

skip()
{
	echo "skipped: $1"
	exit 77
}

command -v java >/dev/null || skip 'no java here (package default-jre-headless)'
[ -r "$jar" ] || skip "no $jar here (package libhdrhistogram-java)"
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
cd "$base"
status=0

# The unit's ratio 1: values stay cycles.
processor()
{
	java -XX:TieredStopAtLevel=1 -cp "$jar" org.HdrHistogram.HistogramLogProcessor \
		-outputValueUnitRatio 1 "$@"
}

# What the csv calls op,by,key is the tag op.by.key, for all of an op just op.
csv_tags()
{
	awk -F, 'NR > 1 { print $1 ($3 == "" ? "" : "." $2 "." $3) }' "$1/latency.csv"
}

# compare DIR TAG: tag.txt has the percentiles that the reader computes itself, by the nearest
# rank where we take the next; tag.txt.hgrm the values with the counts up to them, exactly.
compare()
{
	awk -v tag="$2" '
	function wrong(what, got, want) {
		print tag ": " what " is " got " for the reference reader, " want " in latency.csv"
		bad = 1
	}
	# The rank in counts of a share of milli / 100000.
	function rank(milli, add,   whole, rest) {
		whole = int(count / 100000)
		rest = count % 100000
		return whole * milli + int((rest * milli + add) / 100000)
	}
	function near(got, want) {
		return got - want <= 0.001 * want + 0.001 && want - got <= 0.001 * want + 0.001
	}
	FILENAME ~ /csv$/ && FNR == 1 {
		n = split($0, name, ",")
		next
	}
	FILENAME ~ /csv$/ {
		split($0, field, ",")
		if (tag != field[1] (field[3] == "" ? "" : "." field[2] "." field[3]))
			next
		for (i = 1; i <= n; i++)
			csv[name[i]] = field[i]
		count = csv["count"]
		next
	}
	# 4.754: I:76307 ( ... ) T:76307 ( 50% 90% 99% 99.9% 99.99% Max )
	/^[0-9.]+: I:/ {
		intervals++
		for (i = 1; $i !~ /^T:/; i++)
			;
		if (substr($i, 3) != count)
			wrong("the count", substr($i, 3), count)
		split("p50 p90 p99 p99.9 p99.99", p, " ")
		split("50000 90000 99000 99900 99990", milli, " ")
		for (k = 1; k <= 5; k++) {
			want = csv[p[k] "_cycles"]
			if (rank(milli[k], 99999) == rank(milli[k], 50000) ? $(i + 1 + k) != want \
									   : $(i + 1 + k) > want)
				wrong(p[k], $(i + 1 + k), want)
		}
		if ($(i + 7) != csv["max_cycles"])
			wrong("the largest value", $(i + 7), csv["max_cycles"])
	}
	FILENAME ~ /hgrm$/ && NF >= 3 && $1 ~ /^[0-9.]+$/ {
		rows++
		value[rows] = $1
		share[rows] = $2
		up_to[rows] = $3
	}
	/^#\[Mean/ {
		gsub(/[],]/, "")
		if (!near($3, csv["sum_cycles"] / count))
			wrong("the mean", $3, csv["sum_cycles"] / count)
	}
	END {
		split("p50 p75 p90 p95 p99 p99.9 p99.99", p, " ")
		split("50000 75000 90000 95000 99000 99900 99990", milli, " ")
		for (k = 1; k <= 7; k++) {
			want = csv[p[k] "_cycles"]
			at = rank(milli[k], 99999)
			for (i = 1; i < rows && up_to[i] < at; i++)
				;
			# The rows are some of the values only, but all of the round shares.
			if (share[i] * 100000 == milli[k] ? value[i] != want : value[i] < want)
				wrong(p[k] " (distribution)", value[i], want)
			if (i > 1 && value[i - 1] >= want)
				wrong(p[k] " (distribution, below it)", value[i - 1], want)
		}
		if (rows < 2 || up_to[rows] != count)
			wrong("the distribution'\''s count", up_to[rows], count)
		if (intervals != 1)
			wrong("the number of lines", intervals + 0, 1)
		exit bad
	}' "$1/latency.csv" tag.txt tag.txt.hgrm || status=1
}

# check DIR: all tags, and the histograms of all operations and of their parts
check()
{
	local tag compared=0

	processor -i "$1/latency.hlog" -listtags >listed
	diff <(sed 1d listed) <(csv_tags "$1" | sort -u) || {
		echo "$1: the reference reader finds other tags"
		status=1
	}
	for tag in $(csv_tags "$1" | grep -E '^[a-z]+$|part'); do
		processor -i "$1/latency.hlog" -tag "$tag" -o tag.txt
		compare "$1" "$tag"
		compared=$((compared + 1))
	done
	[ "$compared" -ge 6 ] || {
		echo "$1: only $compared histograms were compared"
		status=1
	}
}

ln -s "$source_/configs" "$source_/traces" .
"$pagesim" run configs/scenarios/vm-fragment.yaml --quiet --out short >/dev/null
check short
"$pagesim" run configs/scenarios/pressure-2.4.yaml --quiet --out long >/dev/null
check long
exit $status
