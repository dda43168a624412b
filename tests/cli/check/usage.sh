#!/usr/bin/env bash
# Each way to call it wrong is one sentence and status 2.
try()
{
	echo "pagesim check $*" >&2
	pagesim check "$@"
	echo "= $?" >&2
}
base=configs/baselines/vm-fragment
try
try --baseline $base
try $base
try --baseline $base $base $base
try --baselne $base $base
try --baseline - -
try --baseline $base - --rules -
try --baseline $base/result.json $base --update
try --baseline $base $base --json --junit -
try --list
