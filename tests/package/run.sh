#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests the Debian package that lies in FOLDER (package_test.py): ./dev package --test
#   tests/package/run.sh FOLDER [TEST...]
# In two fresh Debians, with podman: one that systemd runs, and one without it. What cannot be had here is a
# failure, never a reason to skip. As root: systemd in a container needs it.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
# shellcheck source=tests/image/podman.sh
source "$root/tests/image/podman.sh"

say() { printf '%s\n' "$*" >&2; }
failed() {
  say "package: $*"
  printf '\n0 passed, 1 failed\n'
  exit 1
}

((EUID == 0)) || failed "the test of the package needs root"
for tool in podman buildah python3 dpkg-deb; do
  command -v "$tool" >/dev/null || failed "$tool is missing; ./dev package --test installs it"
done
shopt -s nullglob
packages=("${1:?usage: run.sh FOLDER [TEST...]}"/waggle_*.deb)
((${#packages[@]} == 1)) || failed "not one package in $1"
with_one_cgroup "${BASH_SOURCE[0]}" "$@"

folder=$(mktemp -d)
tests=
clean_up() {
  [[ -z $tests ]] || { kill "$tests" 2>/dev/null && wait "$tests"; } || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
limit_containers "$folder/containers.conf"

base=$("$root/docker/base.sh") || failed "no image of Debian"
with_systemd=localhost/waggle-test-systemd:latest
buildah bud --format docker --isolation chroot --layers --build-arg "BASE=$base" --tag "$with_systemd" \
  "$root/tests/package/systemd.Dockerfile" >"$folder/built" 2>&1 ||
  { cat "$folder/built" >&2 && failed "no Debian with systemd"; }

cp "${packages[0]}" "$folder/current.deb"
status=0
# Behind us, so that a signal to this script is heard at once and passed on.
python3 -B "$root/tests/package/package_test.py" "$folder" "$base" "$with_systemd" "${@:2}" &
tests=$!
wait "$tests" || status=$?
tests=
exit "$status"
