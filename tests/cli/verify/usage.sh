#!/usr/bin/env bash
pagesim verify
pagesim verify --guidde x.pgt
pagesim verify --guided=yes x.pgt
pagesim verify --help
pagesim verify --free x.pgt
pagesim verify --free --runs 0 x.pgt
pagesim verify --free --runs 18446744073709551617 x.pgt
pagesim verify --free --pauses 18446744073709551617,1 x.pgt
