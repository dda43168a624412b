#!/usr/bin/env bash
# A wrong profile: its line and what is allowed, exit status 2; nothing is written.
gen()
{
	pagesim trace gen --profile "$1" --events 10 -o t.pgt
	echo "$?"
}

sed 's/cpus: 16/cpus: 5000/' configs/profiles/build-farm.yaml >cpus.yaml
gen cpus.yaml
sed 's/exponential: 300us/exponental: 300us/' configs/profiles/build-farm.yaml >word.yaml
gen word.yaml
sed 's/{slab: 40, /{slap: 40, /' configs/profiles/build-farm.yaml >class.yaml
gen class.yaml
gen missing.yaml
pagesim trace gen --profile configs/profiles/build-farm.yaml --events ten -o t.pgt
echo "$?"
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 10
echo "$?"
ls
