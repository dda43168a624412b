#!/usr/bin/env bash
# What the model makes of the requests alone; a wrong guess is no finding.
ln -s "$CASES/../../recorded" recorded
pagesim verify --predict recorded/4.12.0/w1_1cpu_churn.pgt recorded/4.12.0/w4_oom_numa.pgt
pagesim verify --predict --json recorded/4.12.0/w1_1cpu_churn.pgt
