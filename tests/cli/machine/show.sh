#!/usr/bin/env bash
pagesim machine show configs/machines/2s-broadwell.yaml
