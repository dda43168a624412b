#!/usr/bin/env bash
pagesim golden
pagesim golden --jsn x
pagesim golden --check 18446744073709551617 x
