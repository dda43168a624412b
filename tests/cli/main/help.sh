pagesim --help
