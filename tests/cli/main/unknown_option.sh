pagesim --frobnicate
