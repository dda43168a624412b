#!/usr/bin/env bash
pagesim frobnicate --help
