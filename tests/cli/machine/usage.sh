#!/usr/bin/env bash
# Each is a usage error: 2.
try()
{
	echo "pagesim $*" >&2
	pagesim "$@"
	echo "= $?" >&2
}
try machine
try machine imprt x.xml
try machine show
try machine show a.yaml b.yaml
try machine check
try machine show --jsno a.yaml
try machine show no/such.yaml
