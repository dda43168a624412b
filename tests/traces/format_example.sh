#!/usr/bin/env bash
# The worked example of docs/trace-format.md as a whole file, looked at with zstd and od alone:
# header, the documented bytes, trailer; behind them the seek table that the document tells of.
#   format_example.sh PAGESIM DOCUMENT
set -euo pipefail
pagesim=$1
document=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail()
{
	printf '%s\n' "$1" >&2
	exit 1
}

hex()
{
	od -An -v -tx1 "$@" | tr -d ' \n'
}

# A number of SIZE bytes at OFFSET from the file's end, lowest byte first.
number()
{
	tail -c "$1" "$dir/x.pgt" | od -An -v -tu"$2" -N "$2" | tr -d ' '
}

printf '%s\n' '# pagesim trace as text, version 1' \
	'header {"pgt":"header","major":1,"minor":0,"name":"","kernel":"","tool":"","clock":{"unit":"ns","name":"mono","hz":1000000000},"page_size":4096,"cpus":2,"nodes":1,"cpu_node":[0,0],"distance":[],"zones":[],"holes":[],"reserved":[],"has_state":false,"synthetic":false}' \
	'gfp GFP_KERNEL' 'text end' 'task 7 sh' 'alloc 1000 0 0 gfp=0 pfn=5000' \
	'alloc 1300 0 0 gfp=0 pfn=5001' 'free 1400 1 0 object=0' 'mark 1400 1 0' >"$dir/x.txt"
"$pagesim" trace import --quiet "$dir/x.txt" -o "$dir/x.pgt"
zstd -qdc "$dir/x.pgt" >"$dir/content"

block=$(awk '/^```/ { on = $0 == "```hex"; next } on { sub(/;.*/, ""); print }' "$document" |
	tr -d ' \t\n')
[ ${#block} -gt 200 ] || fail "the document has no example"
all=$(hex "$dir/content")
before=${all%%"$block"*}
[ "$before" != "$all" ] || fail "the documented bytes are not in the file: $all"
printf '%b' "$(printf '%s' "$before" | sed 's/../\\x&/g')" >"$dir/header"
grep -q '^{"pgt":"header","major":1,"minor":0,.*}$' "$dir/header" ||
	fail "no header in front of the block: $(cat "$dir/header")"
behind=${all#*"$block"}
dictionaries=50475444${block#50475442} # "PGTD" and the same sections, without the events'
dictionaries=${dictionaries%%01080004*}
[ "${behind#"$dictionaries"}" != "$behind" ] || fail "no dictionaries behind the block: $behind"
printf '%b' "$(printf '%s' "${behind#"$dictionaries"}" | sed 's/../\\x&/g')" >"$dir/trailer"
grep -q '^{"pgt":"trailer".*"events":4,.*"frame":\[1\],"event":\[0\],"time":\[1000\]' \
	"$dir/trailer" || fail "no trailer behind them: $(cat "$dir/trailer")"

# Seek table: magic of a skippable frame, its size, 12 bytes for each of four frames, their
# number, a byte for checksums, its own magic.
[ "$(tail -c 4 "$dir/x.pgt" | od -An -v -tx1 | tr -d ' ')" = b1ea928f ] || fail "no seek table"
[ "$(number 5 1)" = 128 ] || fail "the seek table tells of no checksums"
[ "$(number 9 4)" = 4 ] || fail "not four frames: $(number 9 4)"
[ "$(number 65 4)" = 407710302 ] || fail "the skippable frame has another magic" # 0x184d2a5e
[ "$(number 61 4)" = 57 ] || fail "the skippable frame has another size"
sum=$(($(number 57 4) + $(number 45 4) + $(number 33 4) + $(number 21 4)))
[ $((sum + 65)) = "$(stat -c %s "$dir/x.pgt")" ] || fail "packed sizes do not add up to the file"
[ "$(number 41 4)" = $((${#block} / 2)) ] || fail "the block has another size"
[ "$(number 29 4)" = $((${#dictionaries} / 2)) ] || fail "the dictionaries have another size"
echo "header $(number 53 4), block $(number 41 4), dictionaries $(number 29 4), trailer" \
	"$(number 17 4) bytes: as documented"
