#!/usr/bin/env bash
# A terminal that closes leaves nothing half-written.
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 2000000000 -o long.pgt &
for _ in $(seq 100); do
	compgen -G 'long.pgt*' >/dev/null && break
	sleep 0.1
done
compgen -G 'long.pgt*' | sed 's/[0-9]*$//'
kill -HUP $!
wait $!
echo "= $?"
compgen -G 'long.pgt*'
exit 0
