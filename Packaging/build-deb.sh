#!/usr/bin/env bash
# Makes out/pipeline-run_VERSION_ARCH.deb of what is built: Packaging/build-deb.sh VERSION
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

Scripts/install.sh install /usr "$root" > /dev/null
# dpkg keeps a list of its own.
rm "$root/usr/share/pipeline-run/INSTALLED"
doc=$root/usr/share/doc/pipeline-run
rm "$doc/LICENSE"
{
  echo "Copyright: the authors of pipeline-run"
  echo "License: Apache-2.0, see /usr/share/common-licenses/Apache-2.0"
  echo
  cat NOTICE
  echo
  echo "Files: /usr/lib/pipeline-run/openvino: OpenVINO, oneTBB and hwloc; their licences lie in licenses there."
} > "$doc/copyright"
gzip -9n "$doc/CHANGELOG.md" "$root/usr/share/man/man1/pipeline-run.1"
mv "$doc/CHANGELOG.md.gz" "$doc/changelog.gz"

# The packages of the libraries that the program itself names; the runtime in the box brings its own.
mkdir -p "$root/DEBIAN"
libraries=$(objdump -p "$root/usr/bin/pipeline-run" | awk '/NEEDED/ {print $2}' | while read -r library; do
  file=$(ldconfig -p | awk -v name="$library" '$1 == name {print $NF; exit}')
  dpkg-query -S "$(realpath "$file")" 2> /dev/null || dpkg-query -S "$file" 2> /dev/null || dpkg-query -S "*/$library"
done | cut -d: -f1 | sort -u)
depends=$(for package in $libraries; do
  echo "$package (>= $(dpkg-query -W -f '${Version}' "$package" | sed 's/-.*//; s/+.*//'))"
done | paste -sd, | sed 's/,/, /g')
cat > "$root/DEBIAN/control" << CONTROL
Package: pipeline-run
Version: $version
Architecture: $architecture
Maintainer: the authors of pipeline-run <pipeline-run@localhost>
Section: graphics
Priority: optional
Depends: $depends
Suggests: python3
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Description: paints an exemplar into a picture, by pipelines written as JSON
 Paint by Example as a pipeline of stages that a JSON document names and wires:
 masks, augmentation, encoding, guided latent inpainting, blending. Brings the
 OpenVINO runtime and a small model to try it with.
CONTROL
(cd "$root" && find usr -type f -exec md5sum {} + > DEBIAN/md5sums)
mkdir -p out
dpkg-deb --root-owner-group -Zxz --build "$root" "out/pipeline-run_${version}_$architecture.deb"
