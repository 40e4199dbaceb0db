#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the trackers that Waggle is compared with into a folder outside the tree:
#
#     tests/load/peers/install.sh DIRECTORY
#
# Their versions are pinned here and in package-lock.json. What cannot be had is said and left out,
# since its rows of the comparison are then "not met", which is no failure of the others.
set -euo pipefail
aquatic_version=0.9.0

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
target=${1:?usage: install.sh DIRECTORY}
mkdir -p "$target"
target=$(cd "$target" && pwd)

say() { printf '%s\n' "$*" >&2; }

install_bittorrent_tracker() {
  local to=$target/node
  mkdir -p "$to"
  cp "$here/bittorrent-tracker.mjs" "$here/package.json" "$here/package-lock.json" "$to"
  if cmp -s "$to/package-lock.json" "$to/node_modules/.installed-lock"; then return 0; fi
  say "installing bittorrent-tracker into $to"
  (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund >&2) &&
    cp "$to/package-lock.json" "$to/node_modules/.installed-lock"
}

# Built as its documentation advises: for this processor, with link-time optimisation. Without
# `prometheus`, its end point for metrics: off by default, and the pinned crate for it does not
# compile with today's Rust.
install_aquatic() {
  local crate=$1 to=$target/aquatic
  shift
  if [[ -x $to/bin/$crate && $(<"$to/$crate.version") == "$aquatic_version" ]]; then return 0; fi
  say "building $crate $aquatic_version into $to; this takes minutes"
  RUSTFLAGS='-C target-cpu=native' CARGO_PROFILE_RELEASE_LTO=thin \
    cargo install --locked --version "$aquatic_version" --root "$to" --target-dir "$to/target" "$@" "$crate" >&2 &&
    echo "$aquatic_version" >"$to/$crate.version"
}

missing=()
install_bittorrent_tracker || missing+=(bittorrent-tracker)
install_aquatic aquatic_ws --no-default-features --features mimalloc || missing+=(aquatic_ws)
install_aquatic aquatic_ws_load_test || missing+=(aquatic_ws_load_test)
((${#missing[@]} == 0)) || say "could not be installed, their rows will not be met: ${missing[*]}"
