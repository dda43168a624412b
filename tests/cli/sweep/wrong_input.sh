#!/usr/bin/env bash
# Wrong sweeps: one sentence with its place, exit status 2; nothing is left behind.
try()
{
	cat >s.yaml
	pagesim sweep plan --no-estimate s.yaml
	echo "$?"
}

try <<<'base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
axes: {vm.min_free_kbyte: [1MiB]}'
try <<<'base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
axes: {vm.min_free_kbytes: [1MiB, 8MB]}'
try <<<'base: missing.yaml'
try <<<'axes: {vm.swappiness: [1, 2]}'
try <<<'base: {trace: missing.pgt}'
try <<<'base: {trace: "-"}'
try <<<'base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
axes: {vm.swappiness: [1, 2]}
constraints: ["vm.swappiness > 5"]'
try <<<'base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml, kernal: "2.4"}'
try <<<'base:
  trace: traces/samples/hog.pgt
  machine: configs/machines/tiny.yaml
  output: {events: all}'
pagesim sweep run s.yaml
echo "$?"
pagesim sweep run s.yaml --out out -j 0
echo "$?"
pagesim sweep run s.yaml --out out --memory 8MB
echo "$?"
pagesim sweep status missing
echo "$?"
pagesim sweep plam s.yaml
echo "$?"
pagesim sweep
echo "$?"
ls
