#!/usr/bin/env bash
# Prints docs/reference.md from what the program says of itself: docs/reference.sh PAGESIM
set -euo pipefail
pagesim=$(realpath -- "${1:?usage: docs/reference.sh PAGESIM}")

# The commands that a help lists: COMMAND...
listed()
{
	"$pagesim" "$@" --help | sed -n '/^examples:/q; s/^  \([a-z]\+\)  .*/\1/p'
}

# help COMMAND...: its own text, and a heading
help()
{
	printf '\n## pagesim %s\n```\n' "$*"
	"$pagesim" "$@" --help
	printf '```\n'
}

cat <<'END'
# All commands and options

What `pagesim COMMAND --help` prints, made by `docs/reference.sh PAGESIM >docs/reference.md` and held by a test. Parameters of the kernels: [params-4.12.md](params-4.12.md), [params-2.4.md](params-2.4.md) (`pagesim params`). Keys of scenarios: [scenarios.md](scenarios.md); of machines: [machines.md](machines.md); of sweeps: [sweeps.md](sweeps.md). Figures: [metrics.md](metrics.md).

```
END
"$pagesim" --help
printf '```\n'
for command in $(listed); do
	subs=$(listed "$command")
	[ -n "$subs" ] || help "$command"
	for sub in $subs; do
		help "$command" "$sub"
	done
done
