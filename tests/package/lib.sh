#!/usr/bin/env bash
# What the package tests share; sourced: a folder of their own, and findings, which `exit "$bad"`
# tells.
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
bad=0

complain()
{
	printf '%s\n' "$*"
	bad=1
}
