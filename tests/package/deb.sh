#!/usr/bin/env bash
# The Debian package of a build: made twice with the same bytes, in order, installed to a scratch
# root above this machine's own (an overlay, so that its libraries are there and nothing of it
# changes), used there in an empty folder, removed without a trace.  deb.sh BUILD
# Exit status 77 where there is no dpkg or no right to mount.
set -euo pipefail
build=$(realpath -- "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib.sh"

skip()
{
	echo "skipped: $*"
	exit 77
}

for tool in dpkg dpkg-deb dpkg-shlibdeps cpack unshare; do
	command -v "$tool" >/dev/null || skip "there is no $tool"
done
unshare -m true 2>/dev/null || skip 'no right to mount here'

export SOURCE_DATE_EPOCH=1700000000
for n in 1 2; do
	(cd "$build" && cpack -G DEB -B "$base/$n") >"$base/cpack.log" 2>&1 || {
		cat "$base/cpack.log"
		exit 1
	}
done
deb=$(ls "$base"/1/*.deb)
cmp "$deb" "$base"/2/*.deb || complain 'made twice, the package has other bytes'

# ---- what is in it
dpkg-deb -f "$deb" >"$base/control"
for field in 'Package: pagesim' "Architecture: $(dpkg --print-architecture)" 'Section: science' \
	'Depends: .*gnuplot-nox.*libc6 .*libsimgrid.*libyaml'; do
	grep -Eq "^$field" "$base/control" || complain "the package does not say '$field'"
done
dpkg-deb -x "$deb" "$base/files"
cd "$base/files"
for file in usr/bin/pagesim usr/include/pagesim.h usr/share/doc/pagesim/copyright \
	usr/share/doc/pagesim/changelog.gz usr/share/man/man1/pagesim-run.1.gz \
	usr/share/bash-completion/completions/pagesim \
	usr/share/pagesim/configs/machines/tiny.yaml usr/share/pagesim/traces/samples/hog.pgt; do
	[ -s "$file" ] || complain "the package has no $file"
done
find . -type f ! -perm 644 ! -perm 755 | grep . && complain 'files of odd rights'
find . -type d ! -perm 755 | grep . && complain 'folders of odd rights'
dpkg-deb -c "$deb" | grep -v ' root/root ' && complain 'files that are not root'\''s'
readelf -S usr/bin/pagesim | grep "\.debug_info" >/dev/null && complain 'the program is not stripped'
grep -q 'RPATH\|RUNPATH' < <(readelf -d usr/bin/pagesim usr/lib*/libpagesim.so.0 \
	usr/lib/*/libpagesim.so.0 2>/dev/null) && complain 'a path of libraries is compiled in'
grep -rlaF -e "$build" -e "$(cd "$here/../.." && pwd)" . && complain 'a path of this build is in it'
cd /

# ---- installed, used, removed
mkdir "$base/mount"
in_scratch_root()
{
	unshare -m bash -euo pipefail -c '
		mount -t tmpfs none "$1"
		mkdir "$1/upper" "$1/work" "$1/root"
		mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root" ||
			exit 77
		mount -t proc none "$1/root/proc"
		mount --rbind /dev "$1/root/dev"
		mkdir -p "$1/root/tmp/scratch"
		cp "$2" "$1/root/tmp/scratch/pagesim.deb"
		cp "$3" "$1/root/tmp/scratch/jobs.sh"
		chroot "$1/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			bash -euo pipefail -c "$4"
		find "$1/upper" \( -type f -o -type l \) -printf "/%P\n" |
			grep -Ev "^/(tmp|var/(lib/dpkg|log|cache)|etc/ld.so.cache|root)" |
			sed "s/^/left behind: /" || true
		find "$1/upper" -name "*pagesim*" ! -type c -printf "left behind: /%P\n" |
			grep -v /tmp/scratch || true
	' - "$base/mount" "$deb" "$here/jobs.sh" "$1"
}
# shellcheck disable=SC2016 # expanded in the scratch root
use='cd /tmp/scratch
dpkg --no-triggers -i pagesim.deb >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
mkdir empty && cd empty
pagesim --version | sed -n 1p
pagesim run --trace traces/samples/hog.pgt --machine tiny --quiet | sed -n 1p
! command -v man >/dev/null || man -w pagesim-run >/dev/null
bash ../jobs.sh /usr/share/doc/pagesim/README.md || echo "the jobs fail"
cd ..
dpkg --no-triggers -P pagesim >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
! command -v pagesim || echo "pagesim is still there"'
status=0
in_scratch_root "$use" >"$base/said" 2>&1 || status=$?
[ "$status" -ne 77 ] || skip 'no overlay of folders can be mounted here'
[ "$status" -eq 0 ] || complain "in the scratch root: status $status"
grep -q '^pagesim [0-9]' "$base/said" || complain 'the installed program does not say its version'
grep -q '^hog: Linux 4.12.0 on tiny' "$base/said" || complain 'the installed program replays nothing'
grep 'left behind\|fail\|still\|not there\|shows no' "$base/said" && bad=1
cat "$base/said"
exit "$bad"
