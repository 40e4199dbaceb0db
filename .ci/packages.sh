# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The distribution packages that ./dev needs, and how it gets them. Sourced by ./dev, which has
# `say` and `die`.

# One group per need, so that `./dev run` does not pull a browser. `package:command` counts as there
# when the command is on PATH, wherever it came from.
packages_compiler=(
  ca-certificates g++ make:make cmake ninja-build ccache mold libboost1.81-dev libsimdjson-dev libspdlog-dev
  nlohmann-json3-dev prometheus-cpp-dev libssl-dev libcli11-dev libsqlite3-dev
  libjose-dev libjansson-dev)
packages_unit=(libgtest-dev libgmock-dev python3:python3 iproute2:ss util-linux:prlimit)
packages_proxies=(nginx-light:nginx haproxy:haproxy caddy:caddy)  # configured by docs/operations.md
packages_deployment=(nginx-light:nginx prometheus:promtool systemd:systemd-analyze python3:python3 python3-venv openssl:openssl)
packages_package=(dpkg-dev:dpkg-shlibdeps binutils:strip)
packages_api=(python3:python3 python3-venv)  # a validator of OpenAPI comes from PyPI
packages_e2e=(openssl:openssl curl:curl chromium:chromium ffmpeg:ffmpeg sqlite3:sqlite3
  coturn:turnserver)
packages_node=(nodejs npm)
packages_load=(python3:python3 util-linux:taskset openssl:openssl git:git)  # git: a crate of aquatic calls it
packages_cargo=(cargo-web)  # what `cargo` itself is in Debian 12 is too old for the peers of `./dev load`
packages_clang=(clang-14 libclang-rt-14-dev llvm-14)
packages_lint=(clang-format-14 clang-tidy-14 git:git)
packages_bench=(libbenchmark-dev)
packages_image=(podman buildah debootstrap fuse-overlayfs podman-compose openssl:openssl git:git
  golang-github-containernetworking-plugin-dnsname python3:python3)

# Node 18 or newer with npm serves, wherever it came from.
node_is_there() {
  local version
  command -v npm >/dev/null && version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  ((${version%%.*} >= 18))
}

# So does cargo 1.75 or newer.
cargo_is_there() {
  local version
  version=$(cargo --version 2>/dev/null) && [[ $version =~ ^cargo\ 1\.([0-9]+)\. ]] || return 1
  ((BASH_REMATCH[1] >= 75))
}

# missing_packages PACKAGE[:COMMAND]...: prints those that are not installed.
missing_packages() {
  local entry wanted=() installed
  for entry in "$@"; do
    if [[ $entry == *:* ]] && command -v "${entry#*:}" >/dev/null; then continue; fi
    wanted+=("${entry%%:*}")
  done
  ((${#wanted[@]})) || return 0
  installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "${wanted[@]}" 2>/dev/null || true) "
  for entry in "${wanted[@]}"; do
    [[ $installed == *" installed=$entry "* ]] || printf '%s\n' "$entry"
  done
}

# need GROUP...: installs what the groups lack; silent and quick when they lack nothing.
need() {
  local group list=() missing=() as_root=()
  for group in "$@"; do
    if [[ $group == node ]] && node_is_there; then continue; fi
    if [[ $group == cargo ]] && cargo_is_there; then continue; fi
    local -n members=packages_$group
    list+=("${members[@]}")
  done
  ((${#list[@]})) || return 0
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "dev: no apt-get here; the equivalents of these packages are needed: ${list[*]%%:*}"
    return 0
  fi
  mapfile -t missing < <(missing_packages "${list[@]}")
  ((${#missing[@]})) || return 0

  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "not root and no sudo; as root: apt-get install -y --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
  local install=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
  say "missing packages; running: ${install[*]}"
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    "${apt[@]}" update </dev/null >&2
  fi
  if ! "${install[@]}" </dev/null >&2; then
    say "install failed; trying again with fresh package lists"
    "${apt[@]}" update </dev/null >&2
    "${install[@]}" </dev/null >&2 || die "could not install: ${missing[*]}"
  fi
}
