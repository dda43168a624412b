pagesim parms
