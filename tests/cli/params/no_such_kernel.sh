pagesim params --kernel 5.4
