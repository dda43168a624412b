pagesim
