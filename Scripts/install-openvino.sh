#!/bin/sh
# Puts the pinned OpenVINO runtime into .runtime/openvino. Python's pip only fetches the wheel, and checks
# it against the hash below; nothing of Python is needed when the pipeline runs.
set -eu

version=2026.4.1
root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/.runtime/openvino

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)
    platform=manylinux_2_28_x86_64
    sha256=6b4375c17ddcac83a5180349e2e2bb811185c261066e2a920659892d58ef0e3b ;;
  Darwin-arm64)
    platform=macosx_11_0_arm64
    sha256=726ac547b8474a5e7b145bc1ae5a8bb6fbcbb60b79bd9a611c67eec2c74b7a5f ;;
  *)
    echo "install-openvino: no pinned runtime for $(uname -s) on $(uname -m)." >&2
    echo "Install OpenVINO 2025.0 or later and set PIPELINE_OPENVINO to its library folder." >&2
    exit 1 ;;
esac

if [ "$(cat "$target/INSTALLED" 2>/dev/null)" = "$version $sha256" ]; then
  echo "OpenVINO $version is installed in $target"
  exit 0
fi

command -v python3 >/dev/null || {
  echo "install-openvino: python3 with pip is needed to fetch the runtime" >&2
  exit 1
}
mkdir -p "$root/.runtime"
work=$(mktemp -d "$root/.runtime/openvino.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Which interpreter the wheel is for does not matter: only the libraries inside are used.
echo "openvino==$version --hash=sha256:$sha256" >"$work/pin.txt"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
  --require-hashes --implementation cp --python-version 3.12 --platform "$platform" \
  --dest "$work" --requirement "$work/pin.txt" || {
  echo "install-openvino: pip could not fetch openvino $version from PyPI; its words are above." >&2
  echo "Or install OpenVINO 2025.0 or later and set PIPELINE_OPENVINO to its library folder." >&2
  exit 5
}
python3 -m zipfile -e "$work"/openvino-*.whl "$work/content"
echo "$version $sha256" >"$work/content/INSTALLED"
rm -rf "$target"
mv "$work/content" "$target"
echo "OpenVINO $version is installed in $target"
