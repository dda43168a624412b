#!/usr/bin/env bash
# Areas are drawn where there are some, and survive being printed as JSON.
cat >cma.yaml <<'END'
name: cma
nodes: [{cpus: 2, memory: 128MiB}]
cma: [{node: 0, start: 0x5000000, size: 16MiB}, {node: 0, start: 28MiB, size: 20MiB}]
END
pagesim machine show cma.yaml | sed -n '/^node zone/,/^cache/p'
pagesim machine show --json cma.yaml >copy.json
diff <(pagesim machine show cma.yaml) <(pagesim machine show copy.json)
pagesim machine show configs/machines/tiny.yaml | grep CMA
true
