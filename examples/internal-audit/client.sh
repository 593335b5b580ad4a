# shellcheck shell=bash
# A small client for the walkthrough: requests with tokens, versions as If-Match, refusals, and a demo server.
# Used by run.sh, which sets what follows; what is set here for run.sh is BASE, RECEIVER, RECORD and STATUS.
: "${work:?a folder for temporary files}" "${here:?the folder of this script}"
password=''
started=()  # processes to stop

REQUESTS=0 REFUSALS=0 STEP=0

step() { STEP=$((STEP + 1)); printf '\n%2d  %s\n' "$STEP" "$1"; }
say() { printf '    %s\n' "$1"; }
fail() { printf 'FAILED: %s\n' "$1" >&2; jq . "$work/answer" >&2 2>/dev/null || true; exit 1; }
field() { jq -r "$1" "$work/answer"; }
same() { [ "$1" = "$2" ] || fail "expected $2, got $1"; }
person() { cat "$work/person.$1"; }

# free_port: a port of loopback that nothing listens on.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_server: a demo server on a data folder of its own; BASE is its URL.
start_server() {
  local assay=${ASSAY:-build/release/assay} port options=()
  port=$(free_port)
  BASE=http://127.0.0.1:$port
  [ -z "${ASSAY_PLUGINS:-}" ] || options+=(--plugins "$ASSAY_PLUGINS")
  "$assay" serve --demo --data "$work/data" --listen "127.0.0.1:$port" --webhook-allow 127.0.0.1/32 --webhook-allow-http \
    "${options[@]}" > "$work/server.log" 2>&1 &
  started+=($!)
  for _ in $(seq 300); do
    curl -fsS -o /dev/null "$BASE/readyz" 2>/dev/null && return
    kill -0 "${started[-1]}" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
    sleep 0.1
  done
  cat "$work/server.log" >&2
  exit 1
}

# start_receiver: a receiver that verifies signatures; it reads the secret when the first webhook comes.
start_receiver() {
  local port
  port=$(free_port)
  # shellcheck disable=SC2034  # for run.sh
  RECEIVER=http://127.0.0.1:$port/hooks
  python3 "$here/receiver.py" "$port" "$work" &
  started+=($!)
  for _ in $(seq 100); do
    curl -fsS -o /dev/null "http://127.0.0.1:$port/" 2>/dev/null && return
    sleep 0.1
  done
  echo "the receiver does not start" >&2
  exit 1
}

# request METHOD PATH HEADER...: body from stdin if --data-binary is among the arguments; answer in $work/answer.
request() {
  local method=$1 path=$2 status
  shift 2
  REQUESTS=$((REQUESTS + 1))
  status=$(curl -sS -o "$work/answer" -w '%{http_code}' -X "$method" "$@" "$BASE$path")
  STATUS=$status
  [ "$status" -lt 400 ]
}

# sign_in NAME LOGIN: a session, and with it a personal token for an hour.
sign_in() {
  local name=$1 csrf
  request POST /api/v1/session -c "$work/cookies" -H 'Content-Type: application/json' \
    --data "{\"email\":\"$2@elbwerk.example\",\"password\":\"$password\"}" || fail "$2 cannot sign in"
  csrf=$(field .csrf_token)
  field .me.id > "$work/person.$name"
  request POST /api/v1/me/tokens -b "$work/cookies" -H "X-CSRF-Token: $csrf" -H 'Content-Type: application/json' \
    --data "$(jq -n --arg until "$(date -u -d '1 hour' +%FT%TZ)" --argjson scopes "$([ "$name" = admin ] && echo '["read","write","admin"]' || echo '["read","write"]')" \
      '{name: "walkthrough", scopes: $scopes, expires: $until}')" || fail "$2 gets no token"
  field .token > "$work/token.$name"
}

# call WHO METHOD PATH [JSON]: must succeed.
call() {
  local who=$1 method=$2 path=$3
  shift 3
  send "$who" "$method" "$path" "$@" || fail "$method $path: $STATUS"
}

# send WHO METHOD PATH [JSON] [HEADER...]
send() {
  local who=$1 method=$2 path=$3 body=${4:-}
  shift 3
  [ $# -eq 0 ] || shift
  local headers=(-H "Authorization: Bearer $(cat "$work/token.$who")")
  [ "$method" = GET ] || headers+=(-H "Idempotency-Key: walkthrough-$$-$REQUESTS")
  if [ -n "$body" ]; then
    printf '%s' "$body" > "$work/body"
    headers+=(-H 'Content-Type: application/json' --data-binary "@$work/body")
  fi
  request "$method" "$path" "${headers[@]}" "$@"
}

# here_is PLURAL: the record that was just made becomes the one that `command` acts on; prints its id.
here_is() {
  field .id > "$work/current"
  printf '/api/v1/%s/%s' "$1" "$(field .id)" > "$work/record"
  field .id
}

# look PLURAL ID: turns to another record.
look() {
  RECORD=/api/v1/$1/$2
  printf '%s' "$RECORD" > "$work/record"
}

# RECORD: the path of the present record.
refresh() { RECORD=$(cat "$work/record"); }

# change WHO METHOD PATH JSON: with the version that WHO sees now as If-Match. Succeeds or fails as the server says.
change() {
  local who=$1 method=$2 path=$3 body=$4 version
  refresh
  send "$who" GET "$RECORD" || fail "$who cannot see $RECORD"
  version=$(field .version)
  send "$who" "$method" "${path:-$RECORD}" "$body" -H "If-Match: \"v$version\""
}

# command WHO COMMAND JSON
command() {
  refresh
  if change "$1" POST "$RECORD/commands/$2" "$3"; then
    say "$1: $2 -> $(field .state)"
  else
    return 1
  fi
}

# refused STATUS WHY: the last request was refused like this.
refused() {
  REFUSALS=$((REFUSALS + 1))
  [ "$STATUS" = "$1" ] || fail "expected $1, got $STATUS"
  say "refused as it must be: $2"
}

# answer_everything: every planned item of the audit, by the person to whom it is assigned.
answer_everything() {
  local next="$RECORD/items?limit=200" who items
  send lead GET "$next" || fail "no items"
  jq -r '.items[] | [.id, .question, .auditor, .version] | @tsv' "$work/answer" > "$work/items"
  items=0
  while IFS=$'\t' read -r id question assigned version; do
    who=auditor
    [ "$assigned" = "$(person auditor)" ] || who=lead
    send "$who" PUT "$RECORD/items/$id" "$(answer_to "$question")" -H "If-Match: \"v$version\"" || fail "$question cannot be answered"
    items=$((items + 1))
  done < "$work/items"
  say "$items questions answered"
}

answer_to() {
  case $1 in
    A.8.13-q1) echo '{"result":"does_not_conform","notes":"No restore since the change of the storage system."}' ;;
    A.6.3-q1) echo '{"result":"does_not_conform","notes":"Two of sixty people missed the yearly training."}' ;;
    A.8.30-q1) echo '{"result":"not_applicable","reason":"Nothing is developed outside."}' ;;
    A.7.6-q1) echo '{"result":"not_assessed","reason":"Planned for the audit of the second site."}' ;;
    *) echo '{"result":"conforms","maturity":3,"notes":"Seen and in order."}' ;;
  esac
}

# upload WHO RECORD FILE TYPE TITLE
upload() {
  local query
  query="name=$(basename "$3")&title=$(jq -rn --arg t "$5" '$t | @uri')"
  request POST "$2/evidence/files?$query" -H "Authorization: Bearer $(cat "$work/token.$1")" -H "Content-Type: $4" \
    --data-binary "@$3" || fail "the upload is refused"
}

# download WHO PATH FILE: prints its SHA-256.
download() {
  curl -sS -o "$3" -H "Authorization: Bearer $(cat "$work/token.$1")" "$BASE$2"
  sha256sum "$3"
}

# nonconformity AUDIT GRADE CLAUSE TITLE OWNER CATALOGUE
nonconformity() {
  jq -n --arg audit "$1" --arg grade "$2" --arg clause "$3" --arg title "$4" --arg owner "$5" --arg catalogue "$6" '{audit: $audit, grade: $grade,
    clause: $clause, title: $title, requirement: ("What the organisation has laid down for " + $clause + "."),
    finding: ($title + "."), objective_evidence: "Records of the last twelve months and an interview.",
    items: [{catalogue: $catalogue, question: ($clause + "-q1"), subject: "whole"}], action_owner: [$owner]}'
}

response() {
  jq -n --arg owner "$1" --arg due "$(in_days 30)" '{correction: "Done at once.", extent: "Nothing of the kind elsewhere.",
    root_cause: "The duty was lost when the team was reorganised.", action: "The duty stands in the calendar of operations.",
    action_due: $due, action_owner: [$owner]}'
}

report_plugin() {
  send lead GET /api/v1/plugins || fail "no plugins"
  jq -r '[.items[] | select(.state == "ready" and any(.report_formats[]?; .id == "html" and .of == "audit"))][0].id' "$work/answer"
}

# password_of_demo: the start page of a demo server shows it.
password_of_demo() { curl -sS "$BASE/" | sed -n 's/.*password <code>\([^<]*\)<.*/\1/p'; }

# wait_for_webhook TYPE RECORD
wait_for_webhook() {
  for _ in $(seq 200); do
    if grep -qs "^$1 $2\$" "$work/received"; then
      say "$1"
      return
    fi
    sleep 0.1
  done
  fail "the webhook $1 has not come"
}
