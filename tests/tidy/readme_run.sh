#!/usr/bin/env bash
# Runs README.md's own commands in their order: `assay ...` on folders below a temporary one, then the tour against a server
# started as `./dev run` starts it. Usage: readme_run.sh ASSAY PLUGINS
set -euo pipefail
assay=$1 plugins=$2
root=$(mktemp -d)
servers=()
stop() {
  for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$root"
}
trap stop EXIT

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# serve PORT ARGUMENT...: starts a server and returns when it is ready.
serve() {
  local port=$1 log="$root/server.${#servers[@]}.log"
  shift
  "$assay" serve "$@" --listen "127.0.0.1:$port" --plugins "$plugins" >"$log" 2>&1 &
  servers+=($!)
  curl -fsS -o /dev/null --retry 100 --retry-delay 1 --retry-all-errors --max-time 60 "http://127.0.0.1:$port/readyz" \
    2>/dev/null && return
  cat "$log" >&2
  fail "the server does not start: $*"
}

# Prints the commands (assay, and cp for its key file) of the ```sh blocks; their folders become folders below $root, their port a free one.
commands() {
  awk '/^```sh[ \t]*$/ { inside = 1; next } /^```/ { inside = 0 } inside && /^(assay|cp) /' README.md |
    sed -E "s#(/var/lib|/srv)/#$root\\1/#g; s/ --listen [^ ]+//"
}

mkdir -p "$root/var/lib" "$root/srv/backup"
count=0 words=()
while read -r line; do
  printf '%s\n' "$line"
  eval "words=($line)"
  case "${words[0]} ${words[1]}" in
    'assay serve') serve "$(free_port)" "${words[@]:2}" ;;
    assay*) "$assay" "${words[@]:1}" >"$root/out" 2>&1 </dev/null || fail "$(cat "$root/out")" ;;
    *) "${words[@]}" ;;
  esac
  count=$((count + 1))
done < <(commands)
[ "$count" -ge 8 ] || fail "README.md shows only $count commands of assay"

# The tour, as README.md gives it.
grep -qxF './dev run -- --webhook-allow 127.0.0.1/32 --webhook-allow-http' README.md || fail 'README.md does not start the tour'
grep -qxF 'examples/internal-audit/run.sh http://127.0.0.1:8080' README.md || fail 'README.md does not run the tour'
port=$(free_port)
serve "$port" --demo --data "$root/demo" --webhook-allow 127.0.0.1/32 --webhook-allow-http
examples/internal-audit/run.sh "http://127.0.0.1:$port" >"$root/tour" 2>&1 || fail "$(cat "$root/tour")"
tail -n 1 "$root/tour"
