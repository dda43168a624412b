#!/usr/bin/env bash
# A file that is not there is the fault of who names it, what is wrong in it is its own; files
# are looked for from the one that names them.
mkdir machines devices
machine()
{
	printf 'nodes: [{cpus: 1, memory: 16MiB}]\ndisks: %s\n' "$2" >"machines/$1.yaml"
}
device()
{
	printf '%s\n' "$2" >"devices/$1.yaml"
}
device good '{size: 1GiB, transfer: {read_mbs: 40, write_mbs: 40}}'
device empty ''
device list '[]'
device no-size '{transfer: {read_mbs: 40, write_mbs: 40}}'
device rate '{size: 1GiB, transfer: {read_mbs: 40MB/s, write_mbs: 40}}'
device cycles '{size: 1GiB, fixed: {read: 9cycles, write: 0ns}, transfer: {}}'
device turn '{size: 1GiB, rotation: {rpm: 72000000, track: 1MiB}, transfer: {}}'
device key '{size: 1GiB, tranfer: {}}'
for d in good empty list no-size rate cycles turn key; do
	machine "$d" "{swap: {device: ../devices/$d.yaml}}"
done
machine nowhere '{swap: {device: absent.yaml}}'
machine folder '{swap: {device: ../devices}}'
machine too-large '{swap: {device: ../devices/good.yaml, size: 1025MiB}}'
machine uneven '{swap: {device: ../devices/good.yaml, size: 1000}}'
machine unit '{swap: {device: ../devices/good.yaml, size: 512MB}}'
machine alone '{data: {same_as: swap}}'
machine full '{swap: {device: ../devices/good.yaml}, data: {same_as: swap}}'
machine role '{sawp: {device: ../devices/good.yaml}}'
pagesim machine check machines/*.yaml
