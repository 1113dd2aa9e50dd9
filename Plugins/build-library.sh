#!/bin/sh
# Builds a plugin as a dynamic library against this package, which `swift build` has built:
#   Plugins/build-library.sh libposterize.so Plugins/Examples/posterize/Posterize.swift
# CONFIGURATION=release builds for a program of that configuration; MODULES names the folder of Swift modules if it is not
# in .build. What the plugin uses of this package is left to the program that loads it.
set -eu
[ $# -ge 2 ] || { echo "usage: $0 LIBRARY FILE.swift..." >&2; exit 2; }
library=$1
shift
here=$(cd "$(dirname "$0")/.." && pwd)
configuration=${CONFIGURATION:-debug}
modules=${MODULES:-$here/.build/$configuration/Modules}
[ -d "$modules" ] || { echo "$0: build the package first: swift build -c $configuration" >&2; exit 1; }

name=$(basename "$library")
name=${name#lib}
set -- "$@" -emit-library -o "$library" -parse-as-library -module-name "${name%.*}" -I "$modules"
# C modules that the package's Swift modules mention.
checkouts=$(cd -P "$modules" && cd ../../../checkouts && pwd -P)
for folder in "$here"/Sources/C* "$here"/Sources/C*/include "$checkouts"/swift-system/Sources/*/include "$checkouts"/swift-subprocess/Sources/*/include \
  "$checkouts"/swift-crypto/Sources/*/include; do
  [ ! -e "$folder/module.modulemap" ] || set -- "$@" -I "$folder"
done
for flag in $(pkg-config --cflags vips libpng 2>/dev/null); do set -- "$@" -Xcc "$flag"; done
[ "$configuration" = debug ] || set -- "$@" -O
[ "$(uname)" != Darwin ] || set -- "$@" -Xlinker -undefined -Xlinker dynamic_lookup
exec swiftc "$@"
