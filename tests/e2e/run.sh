#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the end-to-end tests against WAGGLE_BIN (default: build/dev/waggle).
#   ./run.sh [--long] [client | waggle-js | webtorrent | p2p-media-loader | trystero | restart | dashboard | content | token | native | native-cost | ice | demo | replay]...
# --long repeats the browser tests three times. Packages are installed when the lock has changed.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2

readonly quick=(client replay waggle-js)
readonly browser=(webtorrent p2p-media-loader trystero restart dashboard content token native ice demo)
readonly slow=(native-cost)  # with --long, and when it is named
readonly file_seconds_max=600
rounds=1
names=()
for argument in "$@"; do
  case $argument in
    --long) rounds=3 ;;
    -*) echo "unknown option $argument; see the head of $0" >&2; exit 2 ;;
    *) names+=("${argument%.test.mjs}") ;;
  esac
done
if ((${#names[@]} == 0)); then
  names=("${quick[@]}" "${browser[@]}")
  if ((rounds > 1)); then names+=("${slow[@]}"); fi
fi

for program in node npm openssl ffmpeg sqlite3 turnserver turnutils_uclient "${CHROMIUM_BIN:-chromium}"; do
  command -v "$program" >/dev/null || { echo "missing program: $program" >&2; exit 2; }
done

install_packages() {
  local stamp=node_modules/.installed-lock
  cmp -s package-lock.json "$stamp" && return
  npm ci --ignore-scripts --no-audit --no-fund && cp package-lock.json "$stamp"
}
install_packages || { echo "npm ci failed" >&2; exit 2; }

results=$(mktemp -d)
running=
finish() {
  # The tests end their servers and browsers themselves, on this signal too.
  if [[ -n $running ]] && kill -TERM "$running" 2>/dev/null; then wait "$running"; fi
  rm -rf "$results"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

failed_files=()
run_file() {
  local name=$1 count
  count=$(find "$results" -name '*.tap' | wc -l)
  echo "== $name"
  timeout --kill-after=20 "$file_seconds_max" node \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$results/$count.tap" \
    "$name.test.mjs" &
  running=$!
  wait "$running" || failed_files+=("$name")
  running=
}

is_browser_test() { [[ " ${browser[*]} " == *" $1 "* ]]; }

started=$SECONDS
for ((round = 1; round <= rounds; ++round)); do
  for name in "${names[@]}"; do
    if ((round == 1)) || is_browser_test "$name"; then run_file "$name"; fi
  done
done

((${#failed_files[@]})) && echo "failed: ${failed_files[*]}"
echo "took $((SECONDS - started)) s"
# A file that ended without its totals (a crash, the time limit) counts as one failure.
find "$results" -name '*.tap' -exec cat {} + | awk -v broken="${#failed_files[@]}" '
  /^# pass / { passed += $3 }
  /^# (fail|cancelled) / { failed += $3 }
  /^# skipped / { skipped += $3 }
  END {
    if (broken > 0 && failed == 0) failed = broken
    printf "e2e: %d passed, %d failed, %d skipped\n", passed, failed, skipped
  }'
exit $((${#failed_files[@]} > 0))
