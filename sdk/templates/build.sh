#!/bin/sh
# Builds the package in ./package; ASSAY names the program when it is not in the path.
set -eu
cd "$(dirname "$0")"
cargo build --release --offline
mkdir -p package
cp target/release/libplugin.so package/__NAME__.so
cp manifest.json package/
"${ASSAY:-assay}" plugin files package
