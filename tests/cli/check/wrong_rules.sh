#!/usr/bin/env bash
# Rules that are wrong are pointed at, and nothing is compared.
base=configs/baselines/vm-fragment
try()
{
	printf '%b' "$1" >rules.yaml
	pagesim check --baseline $base $base --rules rules.yaml
	echo "= $?" >&2
}
try 'latency.alloc.order0.p99: +3%\n'
try 'latency.alloc.order0.p99: {allow: +3%}\n'
try 'latency.alloc.order0.p99: {allow: +3%, why: ""}\n'
try 'latency.alloc.order0.p99: {why: "x"}\n'
try 'latency.alloc.order0.p99: {allow: much, why: "x"}\n'
try 'latency.alloc.order0.p99: {allow: +3% +2%, why: "x"}\n'
try 'latency.alloc.order0.p99: {allow: +3%, because: "x"}\n'
try '# one line\nlatency.aloc.order0.p99: {allow: +3%, why: "x"}\n'
try 'latency.alloc.order77.*: {allow: +3%, why: "x"}\n'
try 'series: {allow: any, why: "x"}\nseries: {allow: any, why: "x"}\n'
try '- latency\n'
try 'histograms:\n  alloc.order.77: {moved: 1%, why: "x"}\n'
try 'histograms:\n  alloc: {why: "x"}\n'
try 'histograms:\n  alloc: {moved: any, why: "x"}\n'
try 'histograms:\n  alloc: {over: {soon: 0}, why: "x"}\n'
try 'histograms:\n  alloc: {over: [1], why: "x"}\n'
try 'histograms: 5\n'
try 'inputs:\n  sed: "x"\n'
try 'inputs: {seed: ""}\n'
try '{[a]: 1}\n'
try 'a: [\n'
pagesim check --baseline $base $base --rules no/such.yaml
# A baseline without latency.hlog has no histograms to hold.
mkdir bare
cp $base/result.json bare
printf 'histograms:\n  alloc: {moved: 1%%, why: "x"}\n' >rules.yaml
pagesim check --baseline bare $base --rules rules.yaml
