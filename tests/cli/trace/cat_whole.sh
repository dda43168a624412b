#!/usr/bin/env bash
# Import, out as text, import again: the same file, byte by byte.
data=$CASES/../../traces/data
mkdir state && zstd -dc "$data/vm-fragment.snap.tar.zst" | tar -xf - -C state
pagesim trace import "$data/vm-fragment.trace.dat.zst" --state state/vm-fragment --clock mono \
	--quiet -o a.pgt
pagesim trace cat --whole a.pgt >a.txt
pagesim trace import a.txt -o b.pgt && cmp a.pgt b.pgt && echo same
# Through a pipe; another recording; one of a whole kernel, with steps.
for t in traces/samples/host-build-small.pgt "$CASES/../../recorded/4.12.0/w4_oom_numa.pgt"; do
	pagesim trace cat --whole "$t" | pagesim trace import - -o c.pgt --quiet
	cmp <(zstd -dc "$t") <(zstd -dc c.pgt) && echo same
done
# Something changed on the way; something spoilt.
sed 's/GFP_HIGHUSER_MOVABLE/GFP_KERNEL/' a.txt | pagesim trace import - -o d.pgt --quiet
pagesim trace info d.pgt | grep -A 2 'most used'
head -n 70000 a.txt | sed '69000s/=/-/' >e.txt
pagesim trace import e.txt -o e.pgt
echo "status $?"
pagesim trace import a.txt --events 5 -o e.pgt
echo "status $?"
pagesim trace cat --whole --from 3 a.pgt
echo "status $?"
ls ./*.pgt
