#!/usr/bin/env bash
# metrics_doc.sh PAGESIM DOCS: the table in DOCS/metrics.md is what the program prints.
set -euo pipefail
diff -u <(sed -n '/^| figures |/,$p' "$2/metrics.md") <("$1" check --kinds)
