#!/usr/bin/env bash
# A whole cycle of certification, three years long, through the public API only, on a clock that is set by hand.
#
#   examples/certification-cycle/run.sh          starts a server of its own, and stops it
#
# Needs python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=''

stop_all() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$work"
}
trap stop_all EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
options=()
[ -z "${ASSAY_PLUGINS:-}" ] || options+=(--plugins "$ASSAY_PLUGINS")
"${ASSAY:-build/release/assay}" serve --clock manual --data "$work/data" --listen "127.0.0.1:$port" --first-organisation "Nordcert" \
  --first-email "admin@nordcert.example" --first-zone Europe/Berlin --log-level warn "${options[@]}" \
  > "$work/server.out" 2> "$work/server.log" &
server=$!
for _ in $(seq 300); do
  grep -q ' serves ' "$work/server.out" && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
invitation=$(sed -n 's/.*invitation#//p' "$work/server.out")
[ -n "$invitation" ] || { cat "$work/server.out" "$work/server.log" >&2; exit 1; }
python3 -B "$here/cycle.py" "$port" "$invitation" || { tail -n 20 "$work/server.log" >&2; exit 1; }
