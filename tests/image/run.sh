#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the image from a clean clone of this checkout and tests it (image_test.py), with podman. What
# cannot be had here is a failure, never a reason to skip. As root: it signals the processes in the
# containers and gives files to their account. Arguments choose tests: Runs, Health.test_...
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)

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

# Where both generations of cgroups are mounted, crun fails over the second. A mount namespace of our
# own hides that one from podman, and from nobody else.
if mountpoint -q /sys/fs/cgroup/unified && [[ -z ${IMAGE_TEST_UNSHARED-} ]]; then
  exec env IMAGE_TEST_UNSHARED=1 unshare -m "${BASH_SOURCE[0]}" "$@"
fi
[[ -z ${IMAGE_TEST_UNSHARED-} ]] || umount /sys/fs/cgroup/unified

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

# Hard limits that this machine allows; podman asks for more than some do.
files=$(ulimit -Hn)
[[ $files != unlimited ]] && ((files < 262144)) || files=262144
processes=$(ulimit -Hu)
[[ $processes != unlimited ]] && ((processes < 10000)) || processes=10000
# compose.yml says how many files, and podman then asks for its own number of processes.
cat >"$folder/limits.yml" <<TEXT
services:
  waggle:
    ulimits: {nofile: {soft: $files, hard: $files}, nproc: {soft: $processes, hard: $processes}}
TEXT
printf '[containers]\ndefault_ulimits = ["nofile=%d:%d", "nproc=%d:%d"]\n' \
  "$files" "$files" "$processes" "$processes" >"$folder/containers.conf"
export CONTAINERS_CONF=$folder/containers.conf

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
