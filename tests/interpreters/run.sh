#!/usr/bin/env bash
# run.sh FOLDER ASSAY WORKFLOWS: runs the exports of the program ASSAY in tools of other people. It installs them into
# FOLDER when they are not there as package-lock.json wants them.
set -euo pipefail

source_folder="$(cd "$(dirname "$0")" && pwd)"
folder="$1"
installed="$folder/node_modules/installed-lock.json"

mkdir -p "$folder"
cp "$source_folder"/*.js "$source_folder"/package*.json "$folder/"
if ! cmp -s "$folder/package-lock.json" "$installed"; then
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null
  cp "$folder/package-lock.json" "$installed"
fi
exec node "$folder/run.js" "$2" "$3"
