#!/usr/bin/env bash
# run.sh FOLDER SECRET: installs the package standardwebhooks into FOLDER and starts the receiver there.
# Prints "SKIP: reason" and ends with 77 where that is not possible.
set -euo pipefail

source_folder="$(cd "$(dirname "$0")" && pwd)"
folder="$1"
secret="$2"

skip() {
  echo "SKIP: $1"
  exit 77
}

command -v node >/dev/null || skip "node is not installed, so webhooks are not verified with the package standardwebhooks"
command -v npm >/dev/null || skip "npm is not installed, so webhooks are not verified with the package standardwebhooks"

mkdir -p "$folder"
cp "$source_folder/package.json" "$source_folder/receiver.js" "$folder/"
cd "$folder"
version="$(node -p 'require("./package.json").dependencies.standardwebhooks')"
installed="$(node -p 'require("./node_modules/standardwebhooks/package.json").version' 2>/dev/null || true)"
if [ "$installed" != "$version" ]; then
  npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2 ||
    skip "npm cannot fetch the package standardwebhooks, so webhooks are not verified with it"
fi
exec node receiver.js "$secret"
