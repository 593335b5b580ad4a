#!/usr/bin/env bash
# Builds each of these plugins and has the validator try it.
#
#   examples/plugins/run.sh          with build/release/assay, or the program that ASSAY names
#
# Needs cmake, compilers for C and C++, nlohmann/json and jq; cargo for the one in Rust, which is left out where there is none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
assay=$(realpath "${ASSAY:-build/release/assay}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
  echo "== $1"
  "$assay" plugin check --only-failed --seconds 1 "$2"
}

build() {
  { cmake -S "$here/$1" -B "$work/$1" && cmake --build "$work/$1"; } > "$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
}

# A file of cases/ has the method, its input, perhaps settings, and the answer or a part of the reason why there is none.
try() {
  local file name method answer
  for file in "$here/$1"/cases/*.json; do
    name=$1/$(basename "$file" .json)
    method=$(jq -r .method "$file")
    jq .input "$file" > "$work/input.json"
    local with=(--input "$work/input.json")
    if jq -e 'has("settings")' "$file" > "$work/log"; then
      jq .settings "$file" > "$work/settings.json"
      with+=(--settings "$work/settings.json")
    fi
    with+=(--language "$(jq -r '.input.language // "en"' "$file")")
    if answer=$("$assay" plugin run "$2" "$method" "${with[@]}" 2>&1); then
      [[ $(jq -S . <<< "$answer") == "$(jq -S .answer "$file")" ]] || { echo "$name: another answer: $answer" >&2; exit 1; }
    else
      grep -qF "$(jq -r '.refused // "an answer"' "$file")" <<< "$answer" || { echo "$name: $answer" >&2; exit 1; }
    fi
  done
}

check office-check "$here/office-check"
check site-visit "$here/site-visit"

for plugin in body-rules issue-tracker; do
  build "$plugin"
  check "$plugin" "$work/$plugin/plugins/$plugin"
  try "$plugin" "$work/$plugin/plugins/$plugin"
done

build weakest-link
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
