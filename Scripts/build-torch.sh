#!/bin/sh
# Builds .runtime/torch/libpipeline_torch.so, the shim between this package and libtorch, against
#   $PIPELINE_TORCH   an unpacked libtorch, or the folder `torch` of a Python installation's site-packages
#   or, when it is not set, the system's own libtorch (Debian: libtorch-dev).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/.runtime/torch
compiler=${CXX:-g++}

fail() {
  echo "build-torch: $*" >&2
  exit 5
}

command -v "$compiler" >/dev/null || fail "$compiler is missing. Run: apt-get install g++"

if [ -n "${PIPELINE_TORCH:-}" ]; then
  home=$(cd "$PIPELINE_TORCH" 2>/dev/null && pwd) || fail "PIPELINE_TORCH: there is no folder $PIPELINE_TORCH"
  include=$home/include
  libraries=$home/lib
  # Headers of the system's own libtorch must not come first.
  flags="-I$include -I$include/torch/csrc/api/include"
  [ -f "$include/ATen/core/Tensor.h" ] || fail "PIPELINE_TORCH: $home has no include/ATen/core/Tensor.h"
else
  include=/usr/include
  libraries=
  for folder in "/usr/lib/$(uname -m)-linux-gnu" /usr/lib64 /usr/lib; do
    if [ -e "$folder/libtorch.so" ]; then libraries=$folder; break; fi
  done
  [ -n "$libraries" ] && [ -f "$include/ATen/core/Tensor.h" ] || fail \
    "no libtorch is installed. Run: apt-get install libtorch-dev" \
    "(or set PIPELINE_TORCH to an unpacked libtorch or to the folder torch of a Python installation)"
  flags="-isystem $include/torch/csrc/api/include"
fi

# Before the end of 2024, libtorch came with C++ strings of either kind; a link fails with the wrong one.
if nm -D "$libraries/libc10.so" | grep -q cxx11; then strings=1; else strings=0; fi
# Headers say what they need; 2.10 and later speak of C++20.
standard=c++17
echo '#include <ATen/core/Tensor.h>' \
  | "$compiler" -std=$standard $flags -fsyntax-only -x c++ - 2>/dev/null || standard=c++20

mkdir -p "$target"
work=$(mktemp -d "$target/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
# c10d's group over Gloo, where libtorch was built with it; its headers name some of Gloo's, which do not come with it.
if nm -D "$libraries/libtorch_cpu.so" | grep -q N4c10d16ProcessGroupGlooC1; then
  mkdir -p "$work/include/gloo/common" "$work/include/gloo/rendezvous" "$work/include/gloo/transport"
  for header in algorithm common/error context rendezvous/store transport/device; do
    cp "$root/Engines/torch/gloo.h" "$work/include/gloo/$header.h"
  done
  flags="$flags -DHAS_GLOO -idirafter $work/include"
fi
for source in "$root"/Engines/torch/*.cpp; do
  # shellcheck disable=SC2086 # several flags
  "$compiler" -std=$standard -O2 -fPIC -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI=$strings \
    -I"$root/Sources/CTorch/include" $flags -c "$source" -o "$work/$(basename "$source" .cpp).o"
done
# All of libtorch, also what nothing refers to: its CUDA half registers itself when it is loaded.
"$compiler" -shared -o "$work/libpipeline_torch.so" "$work"/*.o -L"$libraries" -Wl,--no-as-needed \
  -ltorch -ltorch_cpu -lc10 -Wl,-rpath,"$libraries" -Wl,-z,defs
mv "$work/libpipeline_torch.so" "$target/libpipeline_torch.so"
version=$(cat "$include"/torch/headeronly/version.h "$include"/torch/csrc/api/include/torch/version.h 2>/dev/null \
  | sed -n 's/^#define TORCH_VERSION_[MP][A-Z]* //p' | xargs | tr ' ' .)
# Debian's libtorch multiplies with the system's BLAS; the reference one, which it brings, takes four times as long.
case "$(ldd "$libraries/libtorch_cpu.so" | sed -n 's/.*libblas[^ ]* => \([^ ]*\).*/\1/p' | xargs -r readlink -f)" in
  */blas/libblas.so*) echo "build-torch: multiplication is slow. Run: apt-get install libopenblas0-pthread" >&2 ;;
esac
echo "the shim for libtorch $version ($libraries) is in $target"
