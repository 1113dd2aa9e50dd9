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
  echo "Copyright: 2026 the authors of pipeline-run"
  echo "License: Apache-2.0, see /usr/share/common-licenses/Apache-2.0"
  echo
  cat NOTICE
  echo
  echo "Files: /usr/lib/pipeline-run/openvino: OpenVINO, oneTBB and hwloc; their licences lie in licenses there."
} > "$doc/copyright"
{
  echo "pipeline-run ($version) unstable; urgency=medium"
  printf '\n  * See CHANGELOG.md.gz.\n\n'
  echo " -- the authors of pipeline-run <pipeline-run@localhost>  $(date -R -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}")"
} > "$doc/changelog"
gzip -9n "$doc/CHANGELOG.md" "$doc/changelog" "$root/usr/share/man/man1/pipeline-run.1"

# The packages, in the oldest versions that do, of the libraries that the program itself names; the runtime in the box
# brings its own.
mkdir "$root/debian" "$root/DEBIAN"
printf 'Source: pipeline-run\n\nPackage: pipeline-run\nArchitecture: %s\n' "$architecture" > "$root/debian/control"
depends=$(cd "$root" && dpkg-shlibdeps -O usr/bin/pipeline-run | sed -n 's/^shlibs:Depends=//p')
rm -r "$root/debian"
cat > "$root/DEBIAN/control" << CONTROL
Package: pipeline-run
Version: $version
Architecture: $architecture
Maintainer: the authors of pipeline-run <pipeline-run@localhost>
Section: graphics
Priority: optional
Depends: $depends
Recommends: graphviz
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
