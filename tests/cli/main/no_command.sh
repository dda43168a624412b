#!/usr/bin/env bash
pagesim
