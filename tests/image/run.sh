#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the image from a clean clone of this checkout and tests it (image_test.py), with podman. What
# cannot be had here is a failure, never a reason to skip. As root: it signals the processes in the
# containers and gives files to their account. Arguments choose tests: Runs, Health.test_...
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)

# shellcheck source=tests/image/podman.sh
source "$root/tests/image/podman.sh"

say() { printf '%s\n' "$*" >&2; }
failed() {
  say "image: $*"
  printf '\n0 passed, 1 failed\n'
  exit 1
}

((EUID == 0)) || failed "the test of the image needs root"
for tool in podman buildah podman-compose git openssl python3; do
  command -v "$tool" >/dev/null || failed "$tool is missing; ./dev image --test installs it"
done

with_one_cgroup "${BASH_SOURCE[0]}" "$@"

folder=$(mktemp -d)
image=localhost/waggle-image-test:$$
tests=
clean_up() {
  [[ -z $tests ]] || { kill "$tests" 2>/dev/null && wait "$tests"; } || true
  podman rmi "$image" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# What is committed, as anybody would clone it.
git -C "$root" diff --quiet HEAD || say "image: uncommitted changes are not part of what is tested"
git clone -q --no-local "$root" "$folder/waggle" || failed "no git checkout to clone"

limit_containers "$folder/containers.conf"
# compose.yml says how many files, and podman then asks for its own number of processes.
cat >"$folder/limits.yml" <<TEXT
services:
  waggle:
    ulimits: {nofile: {soft: $files, hard: $files}, nproc: {soft: $processes, hard: $processes}}
TEXT

cd "$folder/waggle"
IMAGE_ENGINE=podman ./dev image --tag "$image" >"$folder/built" ||
  failed "the image cannot be built"
cat "$folder/built" >&2
status=0
# Behind us, so that a signal to this script is heard at once and passed on.
python3 tests/image/image_test.py "$folder" "$image" "$@" &
tests=$!
wait "$tests" || status=$?
tests=
exit "$status"
