#!/usr/bin/env bash
# Four nodes under Linux 2.4.0. With swap every daemon has work and nobody is killed, though two
# nodes stand empty; without, nodes that are taken in turns fill together and somebody is killed.
figures() # OPTION...
{
	echo "$*"
	pagesim run configs/scenarios/pressure-2.4-numa.yaml --quiet "$@" |
		grep -E -e '^  (tasks killed|requests given up|  kswapd|  kreclaimd|  bdflush|  of them failed)' \
			-e '^ +\(?[0-9]+ (of|waited)' |
		awk '/killed|given|waited|failed/ { print; next } { print "  " $1, ($2 > 0 ? "worked" : "did nothing") }'
}

figures --set seed=1
figures --set machine.disks.swap=none --set vm.memory_model=discontig --set vm.hang_rounds=100
