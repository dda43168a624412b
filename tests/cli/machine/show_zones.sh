pagesim machine show --zones configs/machines/vm-fragment.yaml
