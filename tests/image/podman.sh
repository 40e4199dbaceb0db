# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What podman needs where it is itself in something like a container. Sourced by the tests that run it.

# Where both generations of cgroups are mounted, crun fails over the second. A mount namespace of our
# own hides that one from podman, and from nobody else. with_one_cgroup SCRIPT ARGUMENT...: starts it anew.
with_one_cgroup() {
  if mountpoint -q /sys/fs/cgroup/unified && [[ -z ${IMAGE_TEST_UNSHARED-} ]]; then
    exec env IMAGE_TEST_UNSHARED=1 unshare -m "$@"
  fi
  [[ -z ${IMAGE_TEST_UNSHARED-} ]] || umount /sys/fs/cgroup/unified
}

# limit_containers FILE: sets hard limits that this machine allows, since podman asks for more than some do.
# Leaves them in `files` and `processes`, too.
limit_containers() {
  files=$(ulimit -Hn)
  [[ $files != unlimited ]] && ((files < 262144)) || files=262144
  processes=$(ulimit -Hu)
  [[ $processes != unlimited ]] && ((processes < 10000)) || processes=10000
  printf '[containers]\ndefault_ulimits = ["nofile=%d:%d", "nproc=%d:%d"]\n' \
    "$files" "$files" "$processes" "$processes" >"$1"
  export CONTAINERS_CONF=$1
}
