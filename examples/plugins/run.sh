#!/usr/bin/env bash
# Builds each of these plugins and has the validator try it.
#
#   examples/plugins/run.sh          with build/release/assay, or the program that ASSAY names
#
# Needs cmake and a compiler for C; cargo for the one in Rust, which is left out where there is none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
assay=$(realpath "${ASSAY:-build/release/assay}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
  echo "== $1"
  "$assay" plugin check --only-failed --seconds 1 "$2"
}

check office-check "$here/office-check"
check site-visit "$here/site-visit"

{ cmake -S "$here/weakest-link" -B "$work/weakest-link"; cmake --build "$work/weakest-link"; } > "$work/log" 2>&1 || {
  cat "$work/log" >&2
  exit 1
}
check weakest-link "$work/weakest-link/plugins/weakest-link"
score=$("$assay" plugin run "$work/weakest-link/plugins/weakest-link" score --input "$here/weakest-link/answers.json")
grep -q '"label": "broken"' <<< "$score" || { echo "the score is another one: $score" >&2; exit 1; }

if command -v cargo > /dev/null; then
  cargo build --quiet --release --offline --manifest-path "$here/action-list/Cargo.toml" --target-dir "$work/target" \
    --config "$here/action-list/.cargo/config.toml"
  mkdir "$work/action-list"
  cp "$work/target/release/libaction_list.so" "$work/action-list/action-list.so"
  cp "$here/action-list/manifest.json" "$work/action-list/"
  "$assay" plugin files "$work/action-list" > "$work/log"
  check action-list "$work/action-list"
else
  echo "== action-list: SKIPPED, cargo is not installed"
fi
