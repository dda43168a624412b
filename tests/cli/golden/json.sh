#!/usr/bin/env bash
pagesim golden --json "$CASES/small.gold"
sed '/^a /s/= 5$/= 6/; /^a /s/= 1024$/= 1025/; /^C 1/s/0$/1/' "$CASES/small.gold" >changed.gold
pagesim golden --json changed.gold
