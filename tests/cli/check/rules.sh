#!/usr/bin/env bash
# With rules, what they allow is no finding; the first figure beyond them is.
run="pagesim run --trace traces/samples/vm-fragment.pgt --start trace --quiet"
$run --out base >/dev/null
$run --out slower --set cost.lock=35 >/dev/null
# judge RULES...: the verdict and the status
judge()
{
	local status=0

	printf '%s\n' "$@" >rules.yaml
	pagesim check --baseline base slower --rules rules.yaml >text || status=$?
	echo "= $status $(grep ^Verdict text)"
}
any='why: "a test"'
judge "'*': {allow: any, $any}"
judge "'*': {allow: 5%, $any}"
judge "'*': {allow: 0.001%, $any}" | sed 's/[0-9][0-9]* \([^V]\)/N \1/g'
# The name beats the pattern, a later pattern the earlier one.
judge "latency.alloc.p99.9: {allow: +0, $any}" "'*': {allow: any, $any}"
judge "'*': {allow: any, $any}" "latency.alloc.order1.p50: {allow: +1, $any}"
grep -A2 '^  Not allowed' text
judge "'*': {allow: any, $any}" "latency.alloc.order1.*: {allow: +0, $any}" \
	"latency.alloc.order1.*: {allow: any, $any}" | cut -c1-24
judge "latency.alloc.order1.*: {allow: +0, $any}" "'*': {allow: any, $any}"
# A bound upwards leaves improvements free.
judge "'*': {allow: any, $any}" "latency.alloc.order1.p*: {allow: +2, $any}"
judge "'*': {allow: any, $any}" "latency.alloc.order1.p*: {allow: -2, $any}" | cut -c1-24
# Histograms.
judge "'*': {allow: any, $any}" "histograms:" "  alloc: {shift: 1%, over: {10us: +0}, $any}"
judge "'*': {allow: any, $any}" "histograms:" "  alloc: {moved: 0.1%, why: 'not that many'}"
grep -A1 'not that many' text
judge "'*': {allow: any, $any}" "histograms:" "  alloc: {over: {244cycles: 0}, $any}" | cut -c1-24
# Rules can let inputs differ.
$run --out seed --seed 2 >/dev/null
printf '%s\n' "inputs:" "  seed: 'nothing is drawn here'" "'*': {allow: +0, $any}" >rules.yaml
pagesim check --baseline base seed --rules rules.yaml | grep -v digest
pagesim check --baseline base seed --different-inputs | grep ^Verdict
# The examples are good rules.
pagesim check --baseline base slower --rules configs/rules/latency.yaml | grep ^Verdict
pagesim check --baseline base slower --rules configs/rules/watermarks.yaml | grep ^Verdict
