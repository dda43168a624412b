#!/usr/bin/env bash
# Only its shape: the number changes with every release.
pagesim --version | sed 's/ [0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*$/ X.Y.Z/'
