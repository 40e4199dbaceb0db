#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests what an operator installs beside the program: rules, dashboard, compose file, manifests, unit, proxy.
#   tests/deployment/run.sh BUILD [TEST...]    BUILD: build/dev, with waggle and waggle-load in it
# TEST: prometheus_test, kubernetes_test.Manifests.test_... What cannot be had here is a failure, never
# a reason to skip. `./dev test deployment` calls it.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:?usage: run.sh BUILD [TEST...]}" && pwd)
shift

say() { printf '%s\n' "$*" >&2; }
for tool in nginx promtool prometheus systemd-analyze openssl python3; do
  command -v "$tool" >/dev/null || { say "missing program: $tool; ./dev test deployment installs it" && exit 2; }
done
for program in waggle waggle-load; do
  [[ -x $build/$program ]] || { say "no $program in $build" && exit 2; }
done

# The packages are installed anew when the list has changed.
venv=$root/build/deployment/venv
if ! cmp -s "$here/requirements.txt" "$venv/.installed"; then
  say "installing the packages of tests/deployment/requirements.txt into build/deployment"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/.installed"
fi

cd "$here"
exec env WAGGLE_BUILD="$build" "$venv/bin/python" -B all.py "$@"
