#!/usr/bin/env bash
pagesim golden
pagesim golden --jsn x
