#!/usr/bin/env bash
pagesim machine show --zones configs/machines/vm-fragment.yaml
