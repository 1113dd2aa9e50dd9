#!/usr/bin/env bash
# Installs the program that `make install` has built into a prefix that needs neither this folder nor a toolchain, and may
# be moved; or takes away what it put there.
#   Scripts/install.sh install PREFIX [DESTDIR]
#   Scripts/install.sh uninstall PREFIX [DESTDIR]
set -euo pipefail

name=pipeline-run
[ $# -ge 2 ] && [[ $1 == install || $1 == uninstall ]] || { echo "usage: $0 install|uninstall PREFIX [DESTDIR]" >&2; exit 2; }
[[ $2 == /* ]] || { echo "install: PREFIX is an absolute path, not '$2'" >&2; exit 2; }
prefix=${3:-}${2%/}
list=$prefix/share/$name/INSTALLED

uninstall() {
  [ -f "$list" ] || { echo "install: nothing of $name is installed in $prefix" >&2; exit 1; }
  local file files
  files=$(< "$list")
  # Files first, then the folders that were made for them and are empty now, the deepest first.
  while read -r file; do [[ $file == */ ]] || rm -f "$prefix/$file"; done <<< "$files"
  grep '/$' <<< "$files" | sort -r | while read -r file; do rmdir "$prefix/${file#./}" 2> /dev/null || true; done
}

[ "$1" = install ] || { uninstall; exit 0; }

cd "$(dirname "$0")/.."
built=.build-standalone/release/$name
runtime=.runtime/openvino/openvino/libs
[ -x $built ] || { echo "install: $built is not built; call make install" >&2; exit 1; }
[ -d $runtime ] || { echo "install: $runtime is not there; call make runtime" >&2; exit 1; }
[ ! -f "$list" ] || uninstall

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
share=$work/share/$name
mkdir -p "$work"/bin "$work/lib/$name/openvino" "$share" "$work"/share/{man/man1,doc/$name} \
  "$work"/share/{bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}

cp $built "$work/bin/$name"
strip "$work/bin/$name"
# The engine on processors and the reader of its own format; the other readers and devices are not used.
cp -P $runtime/libopenvino.so.* $runtime/libopenvino_c.so.* $runtime/libopenvino_intel_cpu_plugin.so \
  $runtime/libopenvino_ir_frontend.so.* $runtime/libtbb*.so.* $runtime/libhwloc.so.* "$work/lib/$name/openvino"
cp -R .runtime/openvino/openvino-*.dist-info/licenses "$work/lib/$name/openvino/licenses"
git ls-files Models Pipelines Experiments Schemas Plugins/Examples Examples/clusters Examples/python 2> /dev/null > "$work/files" \
  || find Models Pipelines Experiments Schemas Plugins/Examples Examples/clusters Examples/python -type f > "$work/files"
tar -cf - -T "$work/files" | tar -xf - -C "$share"
rm "$work/files"
cp README.md CHANGELOG.md LICENSE NOTICE "$work/share/doc/$name"
(git describe --always --dirty --abbrev=12 --exclude='*' 2> /dev/null || cat COMMIT 2> /dev/null || echo unknown) > "$share/COMMIT"

# A file that shells read, no program.
$built --generate-completion-script bash | sed '1{/^#!/d}' > "$work/share/bash-completion/completions/$name"
$built --generate-completion-script zsh > "$work/share/zsh/site-functions/_$name"
$built --generate-completion-script fish > "$work/share/fish/vendor_completions.d/$name.fish"
$built --experimental-dump-help | python3 Scripts/man-page.py > "$work/share/man/man1/$name.1"

# Every file, and with a stroke at their ends the folders that were not there.
(cd "$work" && find . -type f -o -type l | sed 's|^\./||' | sort) > "$work/list"
(cd "$work" && find . -mindepth 1 -type d | sed 's|^\./||' | sort) | while read -r folder; do
  [ -d "$prefix/$folder" ] || echo "$folder/"
done >> "$work/list"
[ -d "$prefix" ] || echo "./" >> "$work/list"
mv "$work/list" "$share/INSTALLED"
echo "share/$name/INSTALLED" >> "$share/INSTALLED"
find "$work" -type d -exec chmod 755 {} +
find "$work" -type f -exec chmod u=rwX,go=rX {} +
mkdir -p "$prefix"
tar -C "$work" -cf - . | tar -C "$prefix" --no-overwrite-dir --no-same-owner -xf -
echo "$name is installed in $prefix"
