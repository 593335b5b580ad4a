#!/usr/bin/env bash
# An internal ISO/IEC 27001 audit from the programme to the closed nonconformities, through the public API only.
#
#   examples/internal-audit/run.sh                          starts a demo server of its own, and stops it
#   examples/internal-audit/run.sh http://127.0.0.1:8080    uses a running demo server, as `./dev run` starts it
#
# Needs curl, jq and python3 (the receiver of the webhooks). A running server has to allow a receiver on this machine:
#   ./dev run -- --webhook-allow 127.0.0.1/32 --webhook-allow-http
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
export LC_ALL=C.UTF-8
# shellcheck source=examples/internal-audit/client.sh
. "$here/client.sh"

stop_all() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop_all EXIT

for needed in curl jq python3; do
  type -P "$needed" > /dev/null || fail "this walkthrough needs $needed"
done
if [ $# -gt 0 ]; then
  BASE=${1%/}
else
  start_server
fi
start_receiver
today=$(date -u +%F)
in_days() { date -u -d "$1 days" +%F; }

step "The people of the demo organisation sign in; each gets a token of their own"
password=$(password_of_demo)
sign_in admin jonas.brandt
sign_in manager maria.keller
sign_in lead anna.lindqvist
sign_in auditor david.okafor
sign_in auditee petra.sommer
sign_in owner leon.fischer
sign_in top ines.vogt

step "The ticketing system gets a webhook; its secret is shown once"
send admin POST /api/v1/webhooks '{"url":"'"$RECEIVER"'","types":["audit.*","nonconformity.*","corrective-action.*","opportunity.*"],"description":"Tickets"}' ||
  fail 'the server lets no webhook reach this machine; start it with: ./dev run -- --webhook-allow 127.0.0.1/32 --webhook-allow-http'
field .secret > "$work/secret"
webhook=$(field .id)

step "The ISMS manager plans a programme; top management approves it"
call manager POST /api/v1/audit-programmes "$(jq -n --arg year "${today%%-*}" --arg me "$(person manager)" '{
  title: ("Walkthrough programme " + $year), objectives: "Conformity and effectiveness of the ISMS.",
  scope: "All sites and processes.", criteria: ["ISO/IEC 27001:2022"], risks_and_opportunities: "A new data centre.",
  frequency: "Every clause once a year.", methods: "Interviews, records, observation.",
  responsibilities: "The ISMS manager runs it.", cycle_from: ($year + "-01-01"), cycle_to: ($year + "-12-31"),
  edition: "ISO 19011:2026", programme_manager: [$me]}')"
programme=$(here_is audit-programmes)
command manager start '{}' && fail "a programme must not start before it is approved"
refused 409 "not approved yet"
command top approve '{"next_review_on":"'"$(in_days 120)"'"}'
command manager start '{}'

step "An audit with its team; the auditee may object, and agrees"
call manager POST /api/v1/audits "$(jq -n --arg programme "$programme" --arg from "$today" --arg to "$(in_days 2)" '{
  programme: $programme, title: "ISMS of the head office", purposes: ["internal"], objectives: "Conformity with ISO/IEC 27001.",
  scope: "Head office, all processes.", criteria: ["ISO/IEC 27001:2022"], methods: ["on_site", "interviews", "sampling"],
  sites: ["Hamburg"], language: "en", planned_from: $from, planned_to: $to}')"
audit=$(here_is audits)
command manager propose_team "$(jq -n --arg lead "$(person lead)" --arg auditor "$(person auditor)" --arg auditee "$(person auditee)" \
  '{lead_auditor: [$lead], auditor: [$auditor], auditee: [$auditee]}')"
command auditee accept_team '{}'

step "The checklist comes from a plugin; the audit is pinned to its hash"
call lead GET /api/v1/catalogues
catalogue=iso27001-2022
plugin=$(field ".items[] | select(.catalogue == \"$catalogue\") | .plugin")
call lead GET "/api/v1/plugins/$plugin/catalogues/$catalogue?lang=en"
cp "$work/answer" "$work/catalogue"
change lead PUT "$RECORD/catalogue" "{\"plugin\":\"$plugin\",\"catalogue\":\"$catalogue\",\"language\":\"en\"}"
say "$(jq '[.items[].questions[]] | length' "$work/catalogue") questions for $(jq '.items | length' "$work/catalogue") clauses and controls"

step "Nobody audits their own work: compared item by item"
change lead POST "$RECORD/items" "$(jq -n --arg who "$(person auditee)" '{items: [{question: "A.8.13-q1", auditor: $who}]}')" &&
  fail "the head of IT operations must not audit the backups"
refused 409 "$(field '.unmet[0].detail')"

step "All questions are planned: clauses for the lead auditor, controls for the auditor"
change lead POST "$RECORD/items" "$(jq --arg lead "$(person lead)" --arg auditor "$(person auditor)" \
  '{items: [.items[] | .id as $item | .questions[] | {question: .id, auditor: (if ($item | startswith("A.")) then $auditor else $lead end)}]}' \
  "$work/catalogue")"
plan=$(jq -n --arg lead "$(person lead)" --arg auditor "$(person auditor)" --arg day "$today" '{sessions: [
  {auditor: $lead, topics: "Context, leadership, planning, support", starts: ($day + "T12:00:00Z"), ends: ($day + "T15:00:00Z"), zone: "Europe/Berlin", site: "Hamburg", mode: "on_site"},
  {auditor: $auditor, topics: "Controls of Annex A", starts: ($day + "T12:00:00Z"), ends: ($day + "T17:00:00Z"), zone: "Europe/Berlin", site: "Hamburg", mode: "on_site"}]}')
command lead issue_plan "$(jq --arg lead "$(person lead)" '.sessions[].auditor = $lead' <<< "$plan")" && fail "nobody is in two sessions at a time"
refused 409 "$(field '.unmet[0].detail')"
command lead issue_plan "$plan"
attendance='[{"name":"Petra Sommer","function":"Head of IT operations"},{"name":"Ines Vogt","function":"Managing director"}]'
command lead open '{"opening_on":"'"$today"'","opening_attendance":'"$attendance"'}'
command lead begin_fieldwork '{}'

step "Fieldwork: an audit cannot conclude while a planned question is open"
command lead conclude '{"conclusions":"Too early."}' && fail "the audit must not conclude yet"
refused 409 "$(field '.unmet[0].detail')"
answer_everything

step "Evidence: a file, stored by its SHA-256, a document that was only seen, and an interview"
printf 'date;system;restored\n2025-11-03;old storage;yes\n' > "$work/restore-tests.csv"
upload lead "$RECORD" "$work/restore-tests.csv" text/csv "Restore test log"
same "$(field .file.sha256)" "$(sha256sum "$work/restore-tests.csv" | cut -d' ' -f1)"
call lead POST "$RECORD/evidence" '{"kind":"reference","title":"Backup policy","description":"Restore tests are due every quarter.","document":"POL-07","document_version":"3.1","place":"Intranet, Policies"}'
call lead POST "$RECORD/evidence" '{"kind":"interview","title":"Interview on restore tests","description":"No restore since the change of the storage system.","role":"Storage administrator"}'
send lead POST "$RECORD/evidence" '{"kind":"interview","title":"Interview","description":"As above.","place":"Server room"}' && fail "an interview has a role, not a place"
refused 422 "$(field '.errors[0] | .pointer + " " + .detail')"

step "Findings: a major, a minor, an opportunity for improvement and a strength"
call auditor POST /api/v1/nonconformities "$(nonconformity "$audit" major A.8.13 'Restores are not tested' "$(person owner)" "$catalogue")"
major=$(here_is nonconformities)
command lead issue '{}'
call auditor POST /api/v1/nonconformities "$(nonconformity "$audit" minor A.6.3 'Two people missed the yearly training' "$(person owner)" "$catalogue")"
minor=$(here_is nonconformities)
command lead issue '{}'
call lead POST /api/v1/opportunities "$(jq -n --arg audit "$audit" '{audit: $audit, title: "One register for all suppliers", description: "Three lists say different things.", clause: "A.5.19"}')"
here_is opportunities > /dev/null
command auditee accept '{"action_owner":["'"$(person owner)"'"],"intention":"Merge the lists into one register."}'
call auditor POST /api/v1/observations "$(jq -n --arg audit "$audit" '{audit: $audit, kind: "strength", title: "Incidents are learnt from", description: "Every incident of the year led to a change that was checked.", clause: "A.5.27"}')"

step "The audit concludes and reports; the report comes from a plugin and is a file for good"
look audits "$audit"
command lead conclude '{"conclusions":"The ISMS conforms but for the findings.","effectiveness":"It works where it was looked at."}'
command lead hold_closing_meeting '{"closing_on":"'"$today"'","closing_attendance":'"$attendance"',"time_frame":"Response in 30 days, verification in 90 days."}'
command lead draft_report '{"effectiveness":"Conforms, with one major exception.","recommendation":"corrective_action","deviations":"None."}'
command lead issue_report '{}' && fail "there is no report yet"
refused 409 "$(field '.unmet[0].detail')"
call lead POST "$RECORD/reports" '{"plugin":"'"$(report_plugin)"'","format":"html","language":"en"}'
report=$(field .file.href)
same "$(download lead "$report" "${REPORT:-$work/report.html}" | cut -d' ' -f1)" "$(field .file.sha256)"
command lead issue_report '{}'
command lead begin_follow_up '{}'
command lead complete '{}' && fail "the audit must not be completed before every nonconformity has a response"
refused 409 "$(field '.unmet[0].detail')"

step "The major: response, corrective action, a rejected and an accepted verification, closure"
look nonconformities "$major"
command owner respond "$(response "$(person owner)")"
command lead accept_plan '{"verification_method":"desk","verifier":["'"$(person auditor)"'"]}'
call owner POST /api/v1/corrective-actions "$(jq -n --arg nc "$major" --arg owner "$(person owner)" \
  '{nonconformity: $nc, title: "Test a restore every quarter", nature: "Restores were nobody'"'"'s task.", action_owner: [$owner]}')"
here_is corrective-actions > /dev/null
command owner react '{"correction":"Restored three systems at once."}'
command owner plan '{"root_cause":"The duty was not handed over with the new storage system.","similar":"Checked three other duties: none was lost.","action":"Restore test in the calendar of operations.","due":"'"$(in_days 30)"'"}'
command owner start '{}'
upload owner "$RECORD" "$work/restore-tests.csv" text/csv "Restore test of today"
command owner report_implemented '{"implementation":"Calendar entry, runbook, first test done.","done_on":"'"$today"'","review_on":"'"$today"'"}'
command owner confirm_effective '{"effectiveness":"I did it well."}' && fail "nobody reviews their own action"
refused 403 "not the owner's to say"
command manager confirm_effective '{"effectiveness":"Two tests in a row restored everything within the agreed time."}'
look nonconformities "$major"
upload owner "$RECORD" "$work/restore-tests.csv" text/csv "Restore test of today"
command owner submit_evidence '{"implementation":"Restore tests run.","done_on":"'"$today"'"}'
command auditor reject_evidence '{"rejection":"The test covers one of three systems."}'
command owner submit_evidence '{"implementation":"All three systems restored.","done_on":"'"$today"'"}' && fail "the same evidence does not suffice twice"
refused 409 "$(field '.unmet[0].detail')"
upload owner "$RECORD" "$work/restore-tests.csv" text/csv "Restore tests of all three systems"
command owner submit_evidence '{"implementation":"All three systems restored.","done_on":"'"$today"'"}'
command auditor close '{}' && fail "a nonconformity must not close unverified"
refused 409 "not verified"
command auditor verify '{"verification":"Test records of all three systems seen.","effectiveness":"Restores work, and a date stands for the next."}'
command auditor close '{}'

step "The minor, and the end of the audit"
look nonconformities "$minor"
command owner respond "$(response "$(person owner)")"
command lead accept_plan '{"verification_method":"desk"}'
look audits "$audit"
command lead complete '{}'

step "The management review: its inputs begin with what the records say, and stay the manager's to change"
call manager POST /api/v1/management-reviews "$(jq -n --arg on "$(in_days 14)" --arg from "$today" --arg to "$(in_days 7)" \
  '{title: "Management review", planned_on: $on, period_from: $from, period_to: $to}')"
here_is management-reviews > /dev/null
refresh
call manager GET "$RECORD/commands"
jq '.commands[] | select(.command == "gather_inputs") | .input.properties | map_values(.default // empty)' "$work/answer" > "$work/inputs"
jq -r '.nonconformity_trend, .audit_results | split("\n")[] | "    " + .' "$work/inputs"
jq -e '.audit_results | contains("Strength: 1")' "$work/inputs" > /dev/null || fail "the audit's findings are not counted"
command manager gather_inputs "$(jq '.feedback += "\nCustomers ask for restore tests in writing."' "$work/inputs")"

step "The webhooks that the ticketing system got, each signature verified"
wait_for_webhook nonconformity.closed "$major"
wait_for_webhook audit.completed "$audit"
[ ! -s "$work/forged" ] || fail "a webhook had a wrong signature"
call admin GET "/api/v1/webhooks/$webhook/deliveries?limit=200"
say "$(wc -l < "$work/received") webhooks received and verified; $(field '[.items[] | select(.state == "delivered")] | length') of the newest deliveries logged"

step "The trail: every step of the major, by whom"
call lead GET "/api/v1/nonconformities/$major/events?limit=200"
jq -r '.items[] | "    \(.timestamp[0:19])  \(.type)"' "$work/answer"
printf '\nThe internal audit ran from end to end: %d requests, %d refusals as expected.\n' "$REQUESTS" "$REFUSALS"
