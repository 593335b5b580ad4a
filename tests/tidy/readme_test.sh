#!/usr/bin/env bash
# Shows that readme.sh refuses what it should: a README with one bad command each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '#!/bin/sh\nprintf "assay COMMAND\\n  serve  runs the server\\n  verify  checks a log\\n"\n' >"$folder/assay"
chmod +x "$folder/assay"

expect() {
  local wanted=$1 text=$2 got=ok
  # shellcheck disable=SC2016
  printf '# Title\n\n```sh\n%b\n```\n' "$text" >"$folder/README.md"
  tests/tidy/readme.sh "$folder/assay" "$folder/README.md" 2>/dev/null || got=refused
  [ "$got" = "$wanted" ] || {
    echo "expected $wanted, got $got: $text" >&2
    exit 1
  }
}

expect ok './dev run'
expect ok '# a comment\n$ ./dev run -- \\\\\n  --listen x'
expect ok 'ASSAY_SKIP_TIDY=1 ./dev test'
expect ok 'build/release/assay serve --data x'
expect ok 'curl -s http://127.0.0.1:8080/healthz'
expect ok 'LICENSE'
expect refused './dev deploy'
expect refused './dev'
expect refused 'assay fly'
expect refused 'examples/not-there.sh'
expect refused 'ASSAY_SKIP_TIDY=1 ./dev tests'
printf 'no block at all\n' >"$folder/README.md"
if tests/tidy/readme.sh "$folder/assay" "$folder/README.md" 2>/dev/null; then
  echo 'a README without a block was accepted' >&2
  exit 1
fi
