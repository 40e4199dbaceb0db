#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Holds the admin API to its document: run.sh SERVER ANSWERING_TEST; WAGGLE_BIN replaces SERVER. The Python packages go to
# build/api/venv, again only when the list has changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$root/build/api/venv

if ! cmp -s "$here/requirements.txt" "$venv/.installed"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/.installed"
fi
exec "$venv/bin/python" -B "$here/openapi_test.py" "${WAGGLE_BIN:-$1}" "${@:2}"
