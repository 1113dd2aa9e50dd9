#!/usr/bin/env bash
# Installs what the build needs and is missing; with --training, what training needs, too: libtorch (unless
# PIPELINE_TORCH names one) and the font of the rendered world. Says nothing, and takes no time, when
# all is there.
set -euo pipefail

fail() {
  echo "bootstrap: $*" >&2
  exit 5
}

command -v swift >/dev/null || fail "swift is missing; install Swift 6.1 or later from https://www.swift.org/install"

missing() {
  command -v pkg-config >/dev/null || echo pkg-config
  # Without pkg-config itself, all libraries count as missing: apt leaves alone what is there.
  pkg-config --exists vips 2>/dev/null || echo libvips-dev
  pkg-config --exists libpng 2>/dev/null || echo libpng-dev
  pkg-config --exists libjpeg 2>/dev/null || echo libjpeg-dev
  pkg-config --exists lapacke 2>/dev/null || echo liblapacke-dev
  pkg-config --exists libcurl 2>/dev/null || echo libcurl4-openssl-dev
  # Apple's systems bring digests of their own.
  [ "$(uname -s)" = Darwin ] || pkg-config --exists libcrypto 2>/dev/null || echo libssl-dev
  # Fetches the OpenVINO runtime and runs the worked plugin; the program itself needs no Python.
  python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
  # Debian's reference BLAS, which LAPACK brings, takes 17 times as long for a covariance, and libtorch 4 times for a step.
  ! command -v apt-get >/dev/null || compgen -G '/usr/lib/*/libopenblas.so.0' >/dev/null || echo libopenblas0-pthread
  [ "$purpose" != --training ] || missing_for_training
}

# Where there is no apt-get, whatever is missing says so itself.
missing_for_training() {
  command -v apt-get >/dev/null || return 0
  command -v "${CXX:-g++}" >/dev/null || echo g++
  [ -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf ] || echo fonts-noto-color-emoji
  [ -z "${PIPELINE_TORCH:-}" ] || return 0
  [ -e /usr/include/ATen/core/Tensor.h ] || echo libtorch-dev
}

purpose=${1:-}
packages=$(missing | xargs)
[ -n "$packages" ] || exit 0
by_hand="apt-get install $packages"

if [ "$(uname -s)" = Darwin ]; then
  fail "missing: $packages. Run: brew install pkg-config vips libpng jpeg-turbo lapack curl python"
fi
command -v apt-get >/dev/null || fail "missing: $packages (Debian's names). This system has no apt-get; install them with its own package manager"

if [ "$(id -u)" -eq 0 ]; then
  as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n env)
elif command -v sudo >/dev/null && [ -t 0 ]; then
  as_root=(sudo env)
else
  fail "missing: $packages. They can be installed only by root, and sudo is not to be had here. Ask an administrator to run: $by_hand"
fi

echo "bootstrap: installing $packages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  "${as_root[@]}" DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null || {
    cat "$log" >&2
    fail "this command failed, its words are above: $*"
  }
}
# sudo may have to ask for the password, which `run` would hide.
[ "${as_root[*]}" != "sudo env" ] || sudo -v || fail "sudo refused. Ask an administrator to run: $by_hand"
run apt-get -q update
# shellcheck disable=SC2086 # one word a package
run apt-get -q -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends $packages

packages=$(missing | xargs)
[ -z "$packages" ] || fail "still missing after apt-get install: $packages"
