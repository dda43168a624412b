#!/usr/bin/env bash
# The harness itself: a case that prints, ends or stays silent otherwise than its files say
# fails; UPDATE=1 writes files with which it passes.
set -euo pipefail
run=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/run_case.sh
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
cd "$base"

# Stands for the program: prints its arguments, the last one is its exit status.
cat >pagesim <<'END'
#!/bin/sh
echo "out $1 $PWD"
echo "err $1" >&2
exit $2
END
chmod +x pagesim
echo 'pagesim hello 3' >case.sh

trouble()
{
	echo "$1"
	exit 1
}

run()
{
	"$run" pagesim case.sh >said 2>&1
}

run && trouble 'a case without its files passes'
grep -q '^+3$' said || trouble 'the status is not shown'
UPDATE=1 "$run" pagesim case.sh
[ "$(cat case.stdout.exact)" = 'out hello WORK' ] || trouble 'stdout is not as printed'
[ "$(cat case.stderr.exact)" = 'err hello' ] || trouble 'stderr is not as printed'
[ "$(cat case.status)" = 3 ] || trouble 'the status is not as it was'
run || trouble 'a case fails with the files just written'

for file in case.stdout.exact case.stderr.exact; do
	cp "$file" kept
	echo 'one more line' >>"$file"
	run && trouble "a wrong $file passes"
	rm "$file"
	run && trouble "a missing $file passes"
	cp kept "$file"
done
echo 4 >case.status
run && trouble 'a wrong status passes'

echo 'true' >case.sh
UPDATE=1 "$run" pagesim case.sh
[ "$(ls)" = "$(printf 'case.sh\nkept\npagesim\nsaid')" ] || trouble 'empty files are kept'
run || trouble 'a silent case fails'
