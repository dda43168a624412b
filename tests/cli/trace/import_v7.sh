#!/usr/bin/env bash
# The same recording as trace-cmd 3 writes it. libtracecmd before 1.0 cannot read this version.
data=$CASES/../../traces/data
pagesim trace import "$data/small.v6.dat.zst" --quiet --clock mono -o v6.pgt
pagesim trace import "$data/small.v7.dat.zst" --quiet --clock mono -o v7.pgt
pagesim trace cat v6.pgt | tail -n +2 >v6.txt
pagesim trace cat v7.pgt | tail -n +2 >v7.txt
diff v6.txt v7.txt | head -n 5
wc -l <v7.txt
