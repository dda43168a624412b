#!/usr/bin/env bash
# The file is there when it is whole; what was there before stays otherwise, and devices too.
xml=$CASES/two-packages.xml
echo before >out.yaml
printf '<topology>' | pagesim machine import - -o out.yaml
echo "= $?"
cat out.yaml
pagesim machine import "$xml" -o out.yaml
head -1 out.yaml
pagesim machine import "$xml" -o /dev/null
ls -A
[ -c /dev/null ] && echo still a device
