#!/usr/bin/env bash
# XML that lstopo wrote: by name, from stdin, with distances put in; GB of hwloc are 10^9 bytes.
pagesim machine import "$CASES/two-packages.xml" --name two
sed 's|</topology>|<distances2 type="NUMANode" nbobjs="2" kind="5" indexing="os">\
<indexes length="4">0 1 </indexes><u64values length="12">10 20 20 10 </u64values></distances2>\
&|; s/10 20 20/10 31 21/' "$CASES/two-packages.xml" | pagesim machine import - -o told.yaml
sed -n '/^# There/p; /^slit/,/^c2c/p' told.yaml
pagesim machine check told.yaml
