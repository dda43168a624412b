#!/usr/bin/env bash
# A fresh machine: a minimal Debian in a folder (debootstrap), the package installed there with
# all that it depends on, the README's jobs, and the package removed again; with times. Then the
# same commit built a second time elsewhere: the same bytes.
# Wants root, debootstrap and a network; takes some minutes.
#
#   tests/nightly/package.sh [DIR]     DIR = where the fresh system is kept; a scratch folder
#                                      unless given
set -euo pipefail
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
base=$(mktemp -d)
root=$(realpath -m -- "${1:-$base/root}")

leave()
{
	mountpoint -q "$root/proc" && umount "$root/proc"
	rm -rf "$base"
}
trap leave EXIT

step()
{
	local what=$1 start=$SECONDS
	shift
	"$@" >"$base/log" 2>&1 || { tail -n 30 "$base/log" && echo "$what failed" && exit 1; }
	printf '%-40s %4d s\n' "$what" $((SECONDS - start))
}

# The package that this machine's release and mirror have.
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
mirror=$(apt-get indextargets --format "\$(SITE) \$(CODENAME)" | sed -n "s/ $release\$//p" | head -n 1)

step 'build the package' "$tree/tools/package/deb.sh" "$base/first"
cat "$base/log" | tail -n 1
[ -d "$root/usr" ] || step "debootstrap ($release, minbase)" \
	debootstrap --variant=minbase "$release" "$root" "$mirror"
cp "$base"/first/pagesim_*.deb "$root/tmp/pagesim.deb"
cp "$tree/tests/package/jobs.sh" "$root/tmp"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
mountpoint -q "$root/proc" || mount -t proc none "$root/proc"
inside=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
	chroot "$root")
step 'apt-get update' "${inside[@]}" apt-get update -q
chroot "$root" dpkg-query -W -f '${Package}\n' | sort >"$base/before"
step 'apt-get install ./pagesim.deb' "${inside[@]}" \
	apt-get install -q --yes --no-install-recommends /tmp/pagesim.deb
chroot "$root" pagesim --version
rm -rf "$root/tmp/empty"
mkdir "$root/tmp/empty"
step "the README's jobs" "${inside[@]}" bash -c \
	"cd /tmp/empty && bash ../jobs.sh /usr/share/doc/pagesim/README.md"
cat "$base/log"
step 'apt-get purge, autoremove' "${inside[@]}" apt-get purge -q --yes --autoremove pagesim
chroot "$root" dpkg-query -W -f '${Package}\n' | sort | diff "$base/before" - ||
	{ echo 'packages are left' && exit 1; }
if find "$root/usr" "$root/etc" "$root/var/lib" -name '*pagesim*' | grep .; then
	echo 'files are left' && exit 1
fi

# Elsewhere, at another time.
git clone -q "$tree" "$base/other place"
step 'build it again' "$base/other place/tools/package/deb.sh" "$base/second"
cmp "$base"/first/pagesim_*.deb "$base"/second/pagesim_*.deb
echo "two builds of the package, the same bytes: $(sha256sum <"$base/first/$(basename "$base"/first/*.deb)")"
