#!/usr/bin/env bash
# The JUnit file is XML to a parser that is not ours, whatever names and reasons hold, and counts
# what it lists.   junit.sh PAGESIM        77 = skipped: there is no xmllint
set -euo pipefail
pagesim=$(realpath -- "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v xmllint >/dev/null || {
	echo "skipped: xmllint (libxml2-utils) is not installed"
	exit 77
}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
name="$out/a <b> & \"c\" ü"
run=(run configs/scenarios/vm-fragment.yaml --quiet --out)
"$pagesim" "${run[@]}" "$name" >/dev/null
"$pagesim" "${run[@]}" "$out/now" --set cost.lock=34 >/dev/null
cat >"$out/rules.yaml" <<'YAML'
latency.*: {allow: 1%, why: "a < b && c > \"d\"\tü"}
latency.alloc.order1.p50: {allow: +0, why: "not a cycle: ]]> <!-- -->"}
histograms:
  alloc.order.?: {moved: 0, why: "<none>"}
YAML

# counts FILE: tests, failures and errors as said, and as there are
counts()
{
	local said listed

	xmllint --noout "$1"
	said=$(xmllint --xpath 'concat(//testsuite/@tests, " ", //testsuite/@failures, " ", //testsuite/@errors)' "$1")
	listed=$(xmllint --xpath 'concat(count(//testcase), " ", count(//failure), " ", count(//error))' "$1")
	echo "$listed"
	[ "$said" = "$listed" ]
}

status=0
"$pagesim" check -b "$name" "$out/now" --rules "$out/rules.yaml" --junit "$out/rules.xml" \
	>/dev/null || status=$?
[ "$status" -eq 1 ]
counts "$out/rules.xml"
[ "$(xmllint --xpath 'string(//testsuite/@name)' "$out/rules.xml")" = "$name" ]
[ "$(xmllint --xpath 'count(//testcase[@name="rule latency.alloc.order1.p50"]/failure)' "$out/rules.xml")" = 1 ]
[ "$(xmllint --xpath 'count(//testcase[@name="rule latency.*"]/failure)' "$out/rules.xml")" = 0 ]

"$pagesim" check -b "$name" "$name" --junit "$out/same.xml" >/dev/null
[ "$(counts "$out/same.xml" | cut -d' ' -f2-)" = "0 0" ]

status=0
"$pagesim" check -b "$out/no<thing>" "$out/now" --junit - >"$out/error.xml" 2>/dev/null || status=$?
[ "$status" -eq 2 ]
[ "$(counts "$out/error.xml")" = "1 0 1" ]

# A path that is no UTF-8 must not spoil the file.
"$pagesim" check -b "$out/"$'\xff' "$out/now" --junit "$out/bytes.xml" 2>/dev/null || status=$?
counts "$out/bytes.xml"
