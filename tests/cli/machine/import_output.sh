#!/usr/bin/env bash
# The file is there when it is whole; what was there before stays otherwise, and so does a pipe.
xml=$CASES/two-packages.xml
echo before >out.yaml
printf '<topology>' | pagesim machine import - -o out.yaml
echo "= $?"
cat out.yaml
pagesim machine import "$xml" -o out.yaml
head -1 out.yaml
mkfifo pipe
cat pipe >through &
pagesim machine import "$xml" -o pipe
wait
head -1 through
ls -A
[ -p pipe ] && echo still a pipe
