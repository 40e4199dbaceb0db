# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `./dev fuzz`: builds the fuzz targets and runs as many of them at a time as there are cores. Sourced
# by ./dev, which has `step`, `finish`, `compile` and the rest.

# fuzz_one TARGET SECONDS: what it finds stays under build/, the corpus of the tree is only read.
fuzz_one() {
  local name=$1 seconds=$2 program=build/fuzz/fuzz_$1 options=()
  local seeds=tests/fuzz/corpus/$name found=build/fuzz/corpus/$name
  [[ -d $seeds ]] || die "no seed corpus at $seeds"
  [[ ! -f tests/fuzz/$name.dict ]] || options+=("-dict=tests/fuzz/$name.dict")
  mkdir -p "$found" build/fuzz/artifacts
  "$program" -max_total_time="$seconds" -max_len=131072 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/artifacts/$name-" "${options[@]}" \
    "$found" "$seeds"
}

command_fuzz() {
  local seconds=${1:-30} name known=() chosen=("${@:2}")
  [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz: '$seconds' is not a number of seconds"
  need compiler clang
  configure fuzz
  # tests/fuzz/CMakeLists.txt wrote the list when it was configured: the one list of targets.
  step "fuzz: build" compile fuzz fuzz_targets
  if ((${#failures[@]})); then finish; fi
  mapfile -t known <build/fuzz/fuzz_targets.txt
  ((${#known[@]})) || die "build/fuzz/fuzz_targets.txt names no target"
  if ((${#chosen[@]} == 0)); then chosen=("${known[@]}"); fi
  for name in "${chosen[@]}"; do
    [[ " ${known[*]} " == *" $name "* ]] || die "no fuzz target '$name' (${known[*]})"
  done
  local logs=build/fuzz/logs running=0
  rm -rf "$logs" && mkdir -p "$logs"
  for name in "${chosen[@]}"; do
    if ((running++ >= jobs)); then wait -n || true; fi
    (fuzz_one "$name" "$seconds" >"$logs/$name.log" 2>&1 && touch "$logs/$name.passed") &
  done
  wait || true
  for name in "${chosen[@]}"; do
    step "fuzz: $name" fuzz_verdict "$logs/$name"
  done
  finish
}

# fuzz_verdict LOG: what is left of a run, which had as many beside it as there are cores.
fuzz_verdict() {
  if [[ -e $1.passed ]]; then
    grep -E '^stat::(number_of_executed_units|new_units_added)' "$1.log" || true
  else
    tail -n 60 "$1.log"
    return 1
  fi
}
