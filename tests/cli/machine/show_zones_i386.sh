#!/usr/bin/env bash
# Low memory is the first quad's.
pagesim machine show --zones configs/machines/numaq-16.yaml
