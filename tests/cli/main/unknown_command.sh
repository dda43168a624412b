pagesim frobnicate --help
