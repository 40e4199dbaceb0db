#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: docker/build.sh [--tag NAME]
# Builds the image (./dev image): with Docker where its daemon answers, else with buildah.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

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

# What npm needs on this machine it needs in the build: a registry of its own, and whom to trust.
secrets=()
npmrc=${NPM_CONFIG_USERCONFIG:-${HOME-}/.npmrc}
[[ ! -f $npmrc ]] || secrets+=(--secret "id=npmrc,src=$npmrc")
certificates=${NPM_CONFIG_CAFILE:-${NODE_EXTRA_CA_CERTS:-${SSL_CERT_FILE-}}}
[[ ! -f $certificates ]] || secrets+=(--secret "id=certificates,src=$certificates")

version=$(sed -n 's/^project(waggle VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
# As labels from here: buildah 1.28 takes a layer from its cache although an argument in it changed.
arguments=(--label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.revision=$revision" --tag "$tag" --file docker/Dockerfile
  "${secrets[@]}")

if [[ ${IMAGE_ENGINE-} != podman ]] && docker info >/dev/null 2>&1; then
  DOCKER_BUILDKIT=1 docker build "${arguments[@]}" . >&2
  bytes=$(docker image inspect --format '{{.Size}}' "$tag")
else
  base=$(docker/base.sh)
  # The Docker format, since OCI's knows no HEALTHCHECK. The chroot isolation needs neither cgroups
  # nor a network of its own; --layers keeps the packages from being installed each time.
  buildah bud --format docker --isolation chroot --layers --build-arg "BASE=$base" \
    "${arguments[@]}" . >&2
  bytes=$(podman image inspect --format '{{.Size}}' "$tag")
fi
printf 'image %s version=%s size=%d.%d MB\n' "$tag" "$version" $(((bytes + 50000) / 1000000)) \
  $(((bytes + 50000) / 100000 % 10))
