#!/usr/bin/env bash
pagesim parms
