#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: docker/build.sh [--tag NAME]
# Builds the image (./dev image): with Docker where its daemon answers, else with buildah. Where the
# base image cannot be pulled, Debian's own packages make one (debootstrap, as root).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

base=docker.io/library/debian:bookworm-slim
own_base=localhost/waggle-base:bookworm
tag=waggle:latest

say() { printf '%s\n' "$*" >&2; }

while (($#)); do
  case $1 in
    --tag)
      tag=${2:?--tag needs a name}
      shift
      ;;
    *)
      say "usage: ./dev image [--tag NAME] | --test"
      exit 2
      ;;
  esac
  shift
done

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

version=$(sed -n 's/^project(waggle VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
# As labels from here: buildah 1.28 takes a layer from its cache although an argument in it changed.
arguments=(--label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.revision=$revision" --tag "$tag" --file docker/Dockerfile)

if [[ ${IMAGE_ENGINE-} != podman ]] && docker info >/dev/null 2>&1; then
  docker build "${arguments[@]}" . >&2
  bytes=$(docker image inspect --format '{{.Size}}' "$tag")
else
  if ! podman image exists "$base" && ! timeout 60 podman pull -q "$base" >/dev/null 2>&1; then
    podman image exists "$own_base" || make_own_base
    base=$own_base
  fi
  # The Docker format, since OCI's knows no HEALTHCHECK. The chroot isolation needs neither cgroups
  # nor a network of its own; --layers keeps the packages from being installed each time.
  buildah bud --format docker --isolation chroot --layers --build-arg "BASE=$base" \
    "${arguments[@]}" . >&2
  bytes=$(podman image inspect --format '{{.Size}}' "$tag")
fi
printf 'image %s version=%s size=%d.%d MB\n' "$tag" "$version" $(((bytes + 50000) / 1000000)) \
  $(((bytes + 50000) / 100000 % 10))
