// Every handler of the route table, by noun. Each answers one route; what it does stands in the route's summary.
#pragma once

#include "http/api.h"

namespace assay::handlers {

// home.cpp
Result<Response> home(Api& api, const Request& request);
Result<Response> tour(Api& api, const Request& request);
Result<Response> invitation(Api& api, const Request& request);
Result<Response> asset(Api& api, const Request& request);
Result<Response> security_txt(Api& api, const Request& request);
// checklist_plugins.cpp
Result<Response> get_scores(Api& api, const Request& request);
Result<Response> find_applicable(Api& api, const Request& request);
Result<Response> draw_sample(Api& api, const Request& request);
Result<Response> map_catalogue(Api& api, const Request& request);
// plugin_settings.cpp
Result<Response> get_plugin_settings(Api& api, const Request& request);
Result<Response> put_plugin_settings(Api& api, const Request& request);
// health.cpp
Result<Response> alive(Api& api, const Request& request);
Result<Response> ready(Api& api, const Request& request);
Result<Response> metrics(Api& api, const Request& request);
// openapi.cpp
Result<Response> openapi(Api& api, const Request& request);
// sessions.cpp
Result<Response> sign_in(Api& api, const Request& request);
Result<Response> sign_out(Api& api, const Request& request);
Result<Response> accept_invitation(Api& api, const Request& request);
Result<Response> me(Api& api, const Request& request);
Result<Response> change_password(Api& api, const Request& request);
// tokens.cpp
Result<Response> list_tokens(Api& api, const Request& request);
Result<Response> make_token(Api& api, const Request& request);
Result<Response> revoke_token(Api& api, const Request& request);
// clock.cpp
Result<Response> get_clock(Api& api, const Request& request);
Result<Response> set_clock(Api& api, const Request& request);
// organisation.cpp
Result<Response> get_organisation(Api& api, const Request& request);
Result<Response> set_holidays(Api& api, const Request& request);
// people.cpp
Result<Response> list_people(Api& api, const Request& request);
Result<Response> get_person(Api& api, const Request& request);
Result<Response> invite_person(Api& api, const Request& request);
Result<Response> change_person(Api& api, const Request& request);
Result<Response> remove_person(Api& api, const Request& request);
Result<Response> renew_invitation(Api& api, const Request& request);
Result<Response> list_matters(Api& api, const Request& request);
Result<Response> hand_over(Api& api, const Request& request);
// webhooks.cpp
Result<Response> list_webhooks(Api& api, const Request& request);
Result<Response> get_webhook(Api& api, const Request& request);
Result<Response> make_webhook(Api& api, const Request& request);
Result<Response> change_webhook(Api& api, const Request& request);
Result<Response> remove_webhook(Api& api, const Request& request);
Result<Response> rotate_webhook_secret(Api& api, const Request& request);
Result<Response> test_webhook(Api& api, const Request& request);
Result<Response> replay_webhook(Api& api, const Request& request);
Result<Response> list_deliveries(Api& api, const Request& request);
Result<Response> get_delivery(Api& api, const Request& request);
Result<Response> redeliver(Api& api, const Request& request);
// events.cpp
Result<Response> events(Api& api, const Request& request);
Result<Response> record_events(Api& api, const Request& request);
// plugins.cpp
Result<Response> list_plugins(Api& api, const Request& request);
Result<Response> list_catalogues(Api& api, const Request& request);
Result<Response> get_catalogue(Api& api, const Request& request);
// calculations.cpp
Result<Response> list_calculations(Api& api, const Request& request);
Result<Response> calculate_audit_time(Api& api, const Request& request);
Result<Response> calculate_site_sampling(Api& api, const Request& request);
Result<Response> calculate_integrated_time(Api& api, const Request& request);
Result<Response> calculate_certificate_dates(Api& api, const Request& request);
Result<Response> calculate_due_day(Api& api, const Request& request);
Result<Response> calculate_security_levels(Api& api, const Request& request);
// imports.cpp
Result<Response> import_table(Api& api, const Request& request);
Result<Response> import_template(Api& api, const Request& request);
// search.cpp
Result<Response> search(Api& api, const Request& request);
// workflows.cpp
Result<Response> list_types(Api& api, const Request& request);
Result<Response> get_type(Api& api, const Request& request);
// policies.cpp
Result<Response> list_policies(Api& api, const Request& request);
Result<Response> get_policy(Api& api, const Request& request);
// records.cpp
Result<Response> list_records(Api& api, const Request& request);
Result<Response> get_record(Api& api, const Request& request);
Result<Response> create_record(Api& api, const Request& request);
Result<Response> put_record(Api& api, const Request& request);
// views.cpp
Result<Response> list_views(Api& api, const Request& request);
Result<Response> get_view(Api& api, const Request& request);
Result<Response> list_tasks(Api& api, const Request& request);
// record_commands.cpp
Result<Response> list_commands(Api& api, const Request& request);
Result<Response> command_record(Api& api, const Request& request);
Result<Response> list_proposals(Api& api, const Request& request);
Result<Response> confirm_proposal(Api& api, const Request& request);
Result<Response> decline_proposal(Api& api, const Request& request);
Result<Response> list_links(Api& api, const Request& request);
// chosen_catalogues.cpp
Result<Response> select_catalogue(Api& api, const Request& request);
Result<Response> add_catalogue(Api& api, const Request& request);
Result<Response> remove_catalogue(Api& api, const Request& request);
Result<Response> get_catalogue_move(Api& api, const Request& request);
Result<Response> move_catalogue(Api& api, const Request& request);
// items.cpp
Result<Response> list_items(Api& api, const Request& request);
Result<Response> plan_items(Api& api, const Request& request);
Result<Response> get_item(Api& api, const Request& request);
Result<Response> answer_item(Api& api, const Request& request);
Result<Response> drop_item(Api& api, const Request& request);
// pinned_catalogues.cpp
Result<Response> get_pinned_catalogue(Api& api, const Request& request);
Result<Response> list_pinned_catalogues(Api& api, const Request& request);
Result<Response> get_catalogue_by_hash(Api& api, const Request& request);
// changes.cpp
Result<Response> get_case_file(Api& api, const Request& request);
Result<Response> list_changes(Api& api, const Request& request);
// coverage.cpp
Result<Response> get_coverage(Api& api, const Request& request);
// evidence.cpp
Result<Response> list_evidence(Api& api, const Request& request);
Result<Response> attach_evidence(Api& api, const Request& request);
Result<Response> attach_evidence_file(Api& api, const Request& request);
Result<Response> get_evidence(Api& api, const Request& request);
Result<Response> get_evidence_file(Api& api, const Request& request);
Result<Response> withdraw_evidence(Api& api, const Request& request);
// notes.cpp
Result<Response> list_notes(Api& api, const Request& request);
Result<Response> write_note(Api& api, const Request& request);
Result<Response> get_note(Api& api, const Request& request);
Result<Response> change_note(Api& api, const Request& request);
Result<Response> drop_note(Api& api, const Request& request);
// reports.cpp
Result<Response> list_reports(Api& api, const Request& request);
Result<Response> make_report(Api& api, const Request& request);
Result<Response> get_report(Api& api, const Request& request);
Result<Response> get_report_file(Api& api, const Request& request);

}  // namespace assay::handlers
