#!/bin/sh
# Each lint test fails on a planted violation, says where it is, and passes without it.
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
status=0

clean_tree()
{
	rm -rf "${tree:?}"/*
	mkdir -p "$tree/sim" "$tree/model" "$tree/tools" "$tree/docs"
	cp "$here/../../.clang-format" "$tree"
	printf '#include "sim/port.h"\n\nint mm_ok(void)\n{\n\treturn 1;\n}\n' >"$tree/model/mm.c"
	printf '#!/bin/sh\necho fine\n' >"$tree/tools/fine.sh"
	chmod +x "$tree/tools/fine.sh"
	printf 'See [the model](../model/mm.c).\n' >"$tree/docs/page.md"
}

# expect STATUS PATTERN LINT: what the lint says and how it ends
expect()
{
	want=$1
	pattern=$2
	lint=$3
	said=$("$here/$lint.sh" "$tree")
	got=$?
	[ "$got" -eq 77 ] && echo "$lint: $said" && return
	[ "$got" -ne 0 ] && got=1
	if [ "$got" -ne "$want" ] || ! printf '%s\n' "$said" | grep -q -- "$pattern"; then
		printf '%s: status %s instead of %s, said "%s" without "%s"\n' \
			"$lint" "$got" "$want" "$said" "$pattern"
		status=1
	fi
}

# plant LINT FILE TEXT PATTERN: appended to FILE, the text is found
plant()
{
	clean_tree
	expect 0 '' "$1"
	printf '%b' "$3" >>"$tree/$2"
	expect 1 "$4" "$1"
}

plant include_direction model/mm.c '#include "sim/engine.h"\n' 'model/mm.c includes "sim/engine.h"'
plant include_direction sim/a.c '#include "model/mm.h"\n' 'sim/a.c includes "model/mm.h"'
plant include_direction tools/a.c '#include "tests/unit.h"\n' 'tools/a.c'
plant include_direction model/mm.c '#include "mm.h"\n' 'model/mm.c includes "mm.h"'
clean_tree
printf 'Begin with `tools/fine.h`.\n' >"$tree/docs/architecture.md"
printf 'int fine;\n' >"$tree/tools/fine_parts.h"
expect 0 '' architecture
printf 'int other;\n' >"$tree/tools/other.h"
expect 1 'does not name tools/other.h' architecture
plant format model/mm.c 'int  x;\n' 'mm.c:7'
plant sizes model/mm.c "$(yes '\n' | head -n 600 | tr -d '\n')" 'model/mm.c has 606 lines'
plant sizes model/mm.c "int f(void)\n{\n$(yes '\tx++;\n' | head -n 71 | tr -d '\n')}\n" \
	'mm.c:8: a function of 71 lines'
plant words model/mm.c "/* /$(echo home)/me/pagesim */\n" 'model/mm.c:7'
plant words docs/page.md "$(printf 'TO%s' DO): more\n" 'docs/page.md:2'
plant links docs/page.md '[gone](gone.md)\n' 'docs/page.md links to gone.md'
plant links docs/page.md 'See `mm_gone.c`.\n' 'docs/page.md names mm_gone.c'
plant links docs/page.md 'See `tools/gone`.\n' 'docs/page.md names tools/gone'
plant scripts tools/broken.sh '#!/bin/sh\necho\n' 'tools/broken.sh is not executable'
plant scripts tools/fine.sh 'if\n' 'fine.sh: 4'

# A library with one file whose symbol has another file's name.
clean_tree
cd "$tree" || exit 2
printf 'int other_name(void);\nint other_name(void)\n{\n\treturn 1;\n}\n' >mm_bad.c
cc -c -o mm.c.o model/mm.c -I "$here/../.." && cc -c -o mm_bad.c.o mm_bad.c || exit 2
ar rc libgood.a mm.c.o && ar rc libbad.a mm.c.o mm_bad.c.o || exit 2
"$here/symbol_prefix.sh" libgood.a || status=1
"$here/symbol_prefix.sh" libbad.a | grep -q 'libbad: mm_bad.c exports other_name' || {
	echo "symbol_prefix: does not find other_name"
	status=1
}
exit $status
