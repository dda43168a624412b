#!/usr/bin/env bash
pagesim --help
