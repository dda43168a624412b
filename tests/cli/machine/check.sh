#!/usr/bin/env bash
# Good ones are listed on stdout, each wrong one gets its line; the rest is read all the same.
cat >wrong.yaml <<-END
	nodes:
	  - {cpus: 4, memory: 8GB}
END
pagesim machine check configs/machines/tiny.yaml wrong.yaml no/such.yaml - <configs/machines/two-node.yaml
