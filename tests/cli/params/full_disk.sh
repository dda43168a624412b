#!/usr/bin/env bash
# Results that could not be written are no results.
pagesim params >/dev/full
