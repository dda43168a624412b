#!/usr/bin/env bash
# Configurations that no machine has, and files that are meant to harm: each ends at once with 2
# (or 3, data) and one sentence, in little memory, and leaves nothing behind.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
hog=$source_/traces/samples/hog.pgt
tiny=$source_/configs/machines/tiny.yaml
limit_kib=$((600 << 10)) # a YAML of 10 MB is 400 MB of libyaml's nodes
at_most=60               # seconds, in a sanitizer's build on a busy machine

# refuses STATUS WHAT COMMAND...: within the limits of time and memory
refuses()
{
	local want=$1 what=$2
	shift 2

	ends "$want" "$what" within_memory "$limit_kib" timeout "$at_most" "$@"
	[ "$(grep -vc '^ ' stderr)" -le 2 ] || trouble "$what: $(head -n 5 stderr)"
}

# machine WHAT [SENTENCE]: the machine in machine.yaml is refused
machine()
{
	refuses 2 "$1" "$pagesim" machine check machine.yaml
	[ -z "${2-}" ] || grep -qF -- "$2" stderr || trouble "$1: $(cat stderr)"
	refuses 2 "$1, run" "$pagesim" run --trace "$hog" --machine machine.yaml --out out
	[ ! -e out ] || trouble "$1: run leaves a folder"
}

node()
{
	printf 'nodes: [{cpus: %s, memory: %s}]\n' "$1" "$2" >machine.yaml
}

node 0 64MiB
machine 'no CPU' 'no node has a CPU'
for cpus in -1 1025 4294967297 18446744073709551617 NaN .inf 1e9 '""' '~'; do
	node "$cpus" 64MiB
	machine "$cpus CPUs"
done
for memory in 0 4096TiB 18446744073709551616 -64MiB NaN 64MB 1e30GiB; do
	node 1 "$memory"
	machine "memory of $memory"
done
node 1 4096TiB # 2^40 pages
machine '2^40 pages' 'should be from 4KiB to 64TiB'
{
	echo 'nodes:'
	printf -- '- {cpus: 1, memory: 64MiB, id: %s}\n' {0..4095}
} >machine.yaml
machine '4096 nodes'
for line in 'clock_mhz: .nan' 'clock_mhz: 0' 'hz: 1000000000' 'dram_ns: [[.inf]]' \
	'dram_ns: [[1e9]]' 'slit: [[255]]' 'loaded_latency: [[2, 1]]' \
	'caches: [{level: 255, size: 1KiB}]' 'name: "a\nb"' 'zones: [{order: 255}]'; do
	printf '%s\nnodes: [{cpus: 1, memory: 64MiB}]\n' "$line" >machine.yaml
	machine "$line"
done

# Settings.
for setting in vm.min_free_kbytes=18446744073709551615 vm.min_free_kbytes=nan \
	vm.watermark_scale_factor=0 vm.lowmem_reserve_ratio='[1, 2, 3, 4, 5, 6, 7]' seed=-1 \
	machine.nodes='[]' memory.clear_page=1s memory.copy_page=1000000000000s \
	'machine=[[[[]]]]' 'vm=&a {b: *a}' output.interval=0s age.order=255; do
	refuses 2 "--set $setting" "$pagesim" run --trace "$hog" --machine "$tiny" \
		--set "$setting" --out out
	[ ! -e out ] || trouble "--set $setting: leaves a folder"
done
for seed in -1 99999999999999999999 0x10 ''; do
	refuses 2 "--seed '$seed'" "$pagesim" run --trace "$hog" --machine "$tiny" --seed "$seed"
done
for events in -1 99999999999999999999 NaN; do
	refuses 2 "trace gen --events $events" "$pagesim" trace gen --events "$events" \
		--profile "$source_/configs/profiles/hog.yaml" -o gen.pgt
	[ ! -e gen.pgt ] || trouble "trace gen --events $events: leaves a file"
done
sed 's/orders: .1.$/orders: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]/' \
	"$source_/configs/profiles/hog.yaml" >order.yaml
refuses 2 'a profile of order 255' "$pagesim" trace gen --events 10 \
	--profile order.yaml -o gen.pgt

# YAML that is large, deep or stands for more than it has.
{
	echo 'nodes:'
	yes -- '- {cpus: 1, memory: 64MiB}' | head -n 400000
} >machine.yaml
refuses 2 '10 MB of nodes' "$pagesim" machine check machine.yaml
printf 'name: "%010000000d"\nname: x\n' 1 >machine.yaml
machine 'a name of 10 MB'
yes '[' | head -n 100000 | tr -d '\n' >machine.yaml
machine 'a hundred thousand lists in one another' 'nested too deeply'
printf 'nodes: &a [1, *a]\n' >machine.yaml
machine 'a list in itself' 'an alias of itself'

# A billion values of some hundred bytes.
bomb()
{
	local i line='&a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'

	for ((i = 1; i < 9; i++)); do
		line="&a$i [$line$(for _ in 1 2 3 4 5 6 7 8 9; do printf ', *a%d' $((i - 1)); done)]"
	done
	echo "$line"
}
echo "slit: $(bomb)" >machine.yaml
machine 'a billion distances' 'more than a million values'
printf 'base: {machine: %s, trace: %s}\naxes: {vm.min_free_kbytes: %s}\n' "$tiny" "$hog" \
	"$(bomb)" >sweep.yaml
refuses 2 'a billion points' "$pagesim" sweep plan sweep.yaml -o manifest.jsonl
refuses 2 'a billion points, run' "$pagesim" sweep run sweep.yaml --out sweep
[ ! -e manifest.jsonl ] && [ ! -e sweep ] || trouble 'a billion points: something is left'
echo "rules: $(bomb)" >rules.yaml
refuses 2 'a billion rules' "$pagesim" check --baseline . --rules rules.yaml .
printf 'base: {machine: %s, trace: %s}\naxes:\n' "$tiny" "$hog" >sweep.yaml
printf '  vm.%s: {from: 1, to: 100000, steps: 100000}\n' min_free_kbytes swappiness \
	dirty_ratio >>sweep.yaml
refuses 2 'a sweep of 10^15 points' "$pagesim" sweep plan sweep.yaml -o manifest.jsonl

# JSON of the same kind, where a result or a manifest is asked for.
mkdir result
yes '[' | head -n 1000000 | tr -d '\n' >result/result.json
refuses 3 'a result of a million lists' "$pagesim" report result -o page.html
refuses 3 'compare: a result of a million lists' "$pagesim" compare result result
head -c 50000000 /dev/zero >result/result.json
refuses 3 'a result of zeros' "$pagesim" report result -o page.html
mkdir sweep
cp result/result.json sweep/manifest.jsonl
refuses 3 'a manifest of zeros' "$pagesim" sweep status sweep
[ ! -e page.html ] || trouble 'report leaves a page'
