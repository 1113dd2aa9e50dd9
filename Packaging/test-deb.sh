#!/usr/bin/env bash
# Installs a package in a bare Debian of its own, runs the demo there as a user without rights, removes the package, and looks
# for what it left. As root: Packaging/test-deb.sh FILE.deb
set -euo pipefail
package=$(realpath "$1")
command -v debootstrap > /dev/null || apt-get install -y -qq debootstrap > /dev/null
root=$(mktemp -d /var/tmp/pipeline-run-deb.XXXXXX)
chmod 755 "$root"
clean() {
  umount "$root/proc" 2> /dev/null || true
  rm -rf "$root"
}
trap clean EXIT
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?$' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | head -1 || true)
debootstrap --variant=minbase "$release" "$root" "${mirror:-http://deb.debian.org/debian}" > /dev/null
mount -t proc proc "$root/proc"
cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2> /dev/null || true
cp "$package" "$root/tmp/pipeline-run.deb"
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }

in_root apt-get update -qq
in_root apt-get install -y -qq --no-install-recommends /tmp/pipeline-run.deb > /dev/null
in_root useradd --create-home painter
as_user() { chroot "$root" su - painter -c "$1"; }
as_user 'pipeline-run --version && pipeline-run doctor && pipeline-run Pipelines/demo.json --param steps=5 --quiet && ls -l out'
as_user 'test -s out/picture.png'
in_root apt-get purge -y -qq pipeline-run > /dev/null
left=$(chroot "$root" find /usr /etc /var/lib/dpkg/info -name '*pipeline-run*' | grep -v '^/tmp' || true)
[ -z "$left" ] || { echo "left behind: $left" >&2; exit 1; }
echo "the package installs, runs and goes without a trace"
