#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: docker/base.sh
# Sees to it that podman has Debian's image, and prints its name. Where it cannot be pulled, Debian's own
# packages make one (debootstrap, as root).
set -euo pipefail

base=docker.io/library/debian:bookworm-slim
own_base=localhost/waggle-base:bookworm

say() { printf '%s\n' "$*" >&2; }

# uri_of CODENAME: where apt on this machine has that part of the distribution from, or its home.
uri_of() {
  local found
  found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $1" 2>/dev/null |
    head -n 1)
  printf '%s' "${found:-$2}"
}

make_own_base() {
  local folder as_root=() mirror security
  mirror=$(uri_of bookworm http://deb.debian.org/debian)
  security=$(uri_of bookworm-security http://deb.debian.org/debian-security)
  say "$base cannot be pulled; making $own_base from $mirror"
  ((EUID == 0)) || as_root=(sudo)
  folder=$(mktemp -d)
  # shellcheck disable=SC2064  # the values of now
  trap "${as_root[*]} rm -rf '$folder'" EXIT
  "${as_root[@]}" debootstrap --variant=minbase bookworm "$folder/root" "$mirror" >&2
  printf 'deb %s bookworm main\ndeb %s bookworm-security main\n' "$mirror" "$security" |
    "${as_root[@]}" tee "$folder/root/etc/apt/sources.list" >/dev/null
  # Without package lists, as the image that it stands for: whoever installs reads them first.
  "${as_root[@]}" find "$folder/root/var/cache/apt" "$folder/root/var/lib/apt/lists" -type f -delete
  "${as_root[@]}" tar -C "$folder/root" -c . | podman import - "$own_base" >&2
}

if ! podman image exists "$base" && ! timeout 60 podman pull -q "$base" >/dev/null 2>&1; then
  podman image exists "$own_base" || make_own_base
  base=$own_base
fi
printf '%s\n' "$base"
