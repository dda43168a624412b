#!/usr/bin/env bash
pagesim machine check --quiet configs/machines/*.yaml
