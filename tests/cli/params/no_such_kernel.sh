#!/usr/bin/env bash
pagesim params --kernel 5.4
