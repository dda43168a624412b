#!/usr/bin/env bash
# tests/tidy.sh, tests/cppcheck.sh and tests/coverage.sh pass a small tree that is sound, and fail
# on one with a planted mistake each, which they name.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
mkdir -p sim model traces tools tests build
cp "$root"/tests/{tidy,cppcheck,coverage}.sh "$root/tests/cppcheck.cfg" tests
cp "$root/.clang-tidy" .
status=0

trouble()
{
	echo "$*"
	status=1
}

# says STATUS PATTERN COMMAND...: how it ends, and what it says
says()
{
	local want=$1 pattern=$2 ended=0
	shift 2

	"$@" >said 2>&1 || ended=$?
	[ $ended -ne 77 ] || {
		tail -n 1 said
		return
	}
	[ $ended -eq 0 ] || ended=1
	if [ $ended -ne "$want" ] || { [ -n "$pattern" ] && ! grep -q -e "$pattern" said; }; then
		trouble "$*: status $ended instead of $want, or not \"$pattern\": $(cat said)"
	fi
}

# sound FOLDER: its one file, whose functions the program at the end runs, or not
sound()
{
	cat <<-END
		int $1_often(int n);
		int $1_seldom(int n);
		int $1_often(int n)
		{
		$(for _ in {1..30}; do echo '	n += n / 3;'; done)
			return n;
		}
		int $1_seldom(int n)
		{
			return n ? 1 / n : 0;
		}
	END
}
for folder in sim model traces tools; do
	sound $folder >$folder/$folder.c
done

# ---- clang-tidy ------------------------------------------------------------------------------

for folder in sim model traces tools; do
	printf '{"directory": "%s", "file": "%s", "command": "clang -c %s"},\n' \
		"$tree" "$folder/$folder.c" "$folder/$folder.c"
done | sed '1s/^/[/; $s/,$/]/' >build/compile_commands.json
if command -v clang-tidy >/dev/null; then
	says 0 '' tests/tidy.sh build
	cat >>sim/sim.c <<-'END'
		#include <string.h>
		int sim_twice(char *p, unsigned n);
		int sim_twice(char *p, unsigned n)
		{
			memset(p, n, 0);
			return 0;
		}
	END
	says 1 'sim/sim.c:.*bugprone-suspicious-memset-usage' tests/tidy.sh build
	sound sim >sim/sim.c
else
	echo 'clang-tidy is not installed'
fi

# ---- cppcheck --------------------------------------------------------------------------------

: >tests/cppcheck.supp
echo '#include "is_not_there.h"' >>tools/tools.c # the script suppresses that, which has to match
says 0 '' tests/cppcheck.sh
cat >>model/model.c <<-'END'
	int model_behind(void);
	int model_behind(void)
	{
		int a[2] = { 1, 2 };

		return a[2];
	}
END
says 1 'model/model.c:.*arrayIndexOutOfBounds' tests/cppcheck.sh
echo 'arrayIndexOutOfBounds:model/model.c' >tests/cppcheck.supp
says 0 '' tests/cppcheck.sh
sound model >model/model.c
says 1 'unmatchedSuppression' tests/cppcheck.sh

# ---- coverage --------------------------------------------------------------------------------

# covered ARGUMENT...: of a program that runs a part of both folders
covered()
{
	rm -rf build
	mkdir build
	(cd build && cc -O0 --coverage -o program "$tree"/main.c "$tree"/{model/model,traces/traces}.c)
	build/program "$@"
}
cat >main.c <<-'END'
	int model_often(int n), model_seldom(int n), traces_often(int n), traces_seldom(int n);
	int main(int argc, char **argv)
	{
		(void)argv;
		return model_often(0) + traces_often(0) + (argc > 1 ? model_seldom(0) : 0) +
			(argc > 2 ? traces_seldom(0) : 0);
	}
END
covered all of-it
says 0 'model/: 34 of 34 lines' tests/coverage.sh build
covered all
says 0 'traces/: 32 of 34 lines' tests/coverage.sh build
for _ in {1..4}; do sed -i 's/^return n ?/n += n % 2;\n&/' traces/traces.c; done
covered all
says 1 'traces/: 32 of 38 lines run, 84.2 %' tests/coverage.sh build
covered all of-it
says 0 'traces/: 38 of 38 lines' tests/coverage.sh build
exit $status
