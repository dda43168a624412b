pagesim machine check --quiet configs/machines/*.yaml
