// The route table.
#include "http/routes.h"

#include <array>

#include "http/handlers/handlers.h"

namespace assay {
namespace {

using namespace handlers;
using enum Method;
using enum Run;
using enum BodyKind;
using enum Access;

/// Rows of items side by side.
template <std::size_t... Sizes>
constexpr auto joined(const std::array<QueryItem, Sizes>&... parts) {
  std::array<QueryItem, (Sizes + ...)> all{};
  std::size_t count = 0;
  const auto append = [&](const auto& part) {
    for (const QueryItem& item : part) all[count++] = item;
  };
  (append(parts), ...);
  return all;
}

constexpr std::array spoken{QueryItem{"lang", "en or de: for labels and reasons, before Accept-Language"}};
constexpr std::array pinned{
    QueryItem{"lang",
              "en or de: the catalogue in this language, as the package that was pinned gives it; "
              "if not given, or without that package, in the language that was pinned"}};
constexpr std::array paging{QueryItem{"limit", "Rows of a page: 1 to 200, default 50"},
                            QueryItem{"cursor", "Where the page begins: from `next` of the page before, or its Link"}};
constexpr auto pages = joined(paging, spoken);
constexpr auto feed =
    joined(pages, std::array{QueryItem{"type", "Only events of this type, or as nonconformity.*", true},
                             QueryItem{"after", "Position: the events behind it"},
                             QueryItem{"full", "true: with the facts of each event"}});
constexpr auto deliveries = joined(pages, std::array{QueryItem{"state", "Only those in this state"}});
constexpr auto record_list = joined(
    pages,
    std::array{QueryItem{
        "sort", "number, due, created, updated or a filter field that has one value; - before it turns the order"}});
constexpr auto view_rows = joined(pages, std::array{QueryItem{"type", "Only records of this type"}});
constexpr auto changed = joined(
    pages,
    std::array{QueryItem{
        "since",
        "A day, as 2026-05-31; the end of the last audit below if not given; needed where no audit can be below"}});
constexpr auto covered = joined(
    pages,
    std::array{QueryItem{"state", "Only clauses that are open, planned, examined, with a finding or excluded", true},
               QueryItem{"by", "Of a table: columns by audit or by year of the cycle; audit if not given"}});
constexpr auto creation =
    joined(spoken, std::array{QueryItem{"command", "The creating command; the first for people if not given"}});
constexpr auto searched =
    joined(pages, std::array{QueryItem{"q", "Words that must all be there, or \"a phrase\"; at most 1000 bytes"},
                             QueryItem{"type", "Only records of this type"}});
constexpr auto table_of =
    joined(spoken, std::array{QueryItem{"type", "Short name of a record type, or person"},
                              QueryItem{"command", "The creating command; the first for people if not given"}});
constexpr auto importing =
    joined(table_of, std::array{QueryItem{"dry_run", "true: says what is wrong with the table and stores nothing"}});
constexpr auto offered = joined(spoken, std::array{QueryItem{"command", "Only this one"}});
constexpr auto dropping =
    joined(spoken, std::array{QueryItem{"reason", "Why it leaves the plan; needed once that is issued"}});
constexpr auto moving =
    joined(spoken, std::array{QueryItem{"catalogue", "Which of the audit's catalogues, by id; its own if not given"}});
constexpr auto leaving =
    joined(spoken, std::array{QueryItem{"left_open", "true: although records await the person, which stay with them"}});
constexpr auto upload_about = joined(
    spoken,
    std::array{QueryItem{"name", "Name of the file"}, QueryItem{"title", "What it shows; the file's name if not given"},
               QueryItem{"description", "More about it"}, QueryItem{"item", "Checklist item that it belongs to"},
               QueryItem{"collected_at", "RFC 3339: when it was collected; now if not given"},
               QueryItem{"effective_from", "First day that it speaks for"},
               QueryItem{"effective_to", "Last day that it speaks for"},
               QueryItem{"supersedes", "Evidence that it replaces"},
               QueryItem{"photograph", "true: it is a photograph or recording, as images and videos always are"},
               QueryItem{"consent", "Who consented to its being taken, and how; some audits ask for it"}});

// What {plural} stands for is a record type's plural, e.g. audits; literal paths come before it.
constexpr Route table[] = {
    {get, "/", home, pool, none, open, "Start page: what runs here, its version and health", {}, media::html},
    {get, "/tour", tour, pool, none, open, "The tour: an internal audit step by step", {}, media::html},
    {get, "/invitation", invitation, inline_, none, open, "The page behind a one-time link: set a password", spoken,
     media::html},
    {get,
     "/assets/{name}",
     asset,
     inline_,
     none,
     open,
     "Styles and scripts of the pages",
     {},
     "text/css, text/javascript"},
    {get,
     "/.well-known/security.txt",
     security_txt,
     inline_,
     none,
     open,
     "Where to report a vulnerability (RFC 9116)",
     {},
     media::text},
    {get, "/healthz", alive, inline_, none, open, "The process lives"},
    {get, "/readyz", ready, pool, none, open, "The server can serve: database, workers, plugins loaded"},
    {get, "/metrics", metrics, pool, none, open, "Figures for Prometheus", {}, media::text},
    {get, "/api/v1/openapi.json", openapi, pool, none, open, "This description (OpenAPI 3.1)"},

    {post, "/api/v1/session", sign_in, pool, json, open, "Sign in with e-mail and password; sets the session cookie",
     spoken},
    {delete_, "/api/v1/session", sign_out, pool, none, signed_in, "Sign out", spoken, no_media},
    {post, "/api/v1/invitations/accept", accept_invitation, pool, json, open,
     "Use a one-time link: set a password and sign in", spoken},
    {get, "/api/v1/me", me, pool, none, signed_in, "Who I am and what I may do", spoken},
    {get, "/api/v1/me/tasks", list_tasks, pool, none, signed_in, "What awaits me, first what is due first", pages},
    {put, "/api/v1/me/password", change_password, pool, json, signed_in, "Change my password", spoken, no_media},
    {get, "/api/v1/me/tokens", list_tokens, pool, none, signed_in, "My access tokens", pages},
    {post, "/api/v1/me/tokens", make_token, pool, json, signed_in, "Make an access token; it is shown once", spoken},
    {delete_, "/api/v1/me/tokens/{id}", revoke_token, pool, none, signed_in, "Revoke an access token", spoken,
     no_media},

    {get, "/api/v1/clock", get_clock, pool, none, signed_in, "The time by which the server goes", spoken},
    {put, "/api/v1/clock", set_clock, pool, json, signed_in,
     "Set the clock ahead, where it may be: every deadline up to then is met on its day", spoken},
    {get, "/api/v1/organisation", get_organisation, pool, none, signed_in, "My organisation", spoken},
    {put, "/api/v1/organisation/holidays", set_holidays, pool, json, signed_in,
     "Set the days that are not worked, which deadlines in working days pass over", spoken},

    {get, "/api/v1/people", list_people, pool, none, signed_in, "People of the organisation", pages},
    {post, "/api/v1/people", invite_person, pool, json, signed_in, "Invite a person", spoken},
    {get, "/api/v1/people/{id}", get_person, pool, none, signed_in, "A person", spoken},
    {patch, "/api/v1/people/{id}", change_person, pool, json, signed_in,
     "Change name, language, roles or responsibilities", spoken},
    {delete_, "/api/v1/people/{id}", remove_person, pool, none, signed_in, "Let a person leave; the history stays",
     leaving},
    {get, "/api/v1/people/{id}/matters", list_matters, pool, none, signed_in,
     "What awaits a person: seats, checklist items and proposals in open records", pages},
    {post, "/api/v1/people/{id}/hand-over", hand_over, pool, json, signed_in,
     "Hand what awaits a person to successors, in one act", spoken},
    {post, "/api/v1/people/{id}/invitation", renew_invitation, pool, none, signed_in,
     "A new one-time link for a person", spoken},

    {get, "/api/v1/webhooks", list_webhooks, pool, none, signed_in, "Webhook endpoints", pages},
    {post, "/api/v1/webhooks", make_webhook, pool, json, signed_in, "Make a webhook endpoint; its secret is shown once",
     spoken},
    {get, "/api/v1/webhooks/{id}", get_webhook, pool, none, signed_in, "A webhook endpoint", spoken},
    {patch, "/api/v1/webhooks/{id}", change_webhook, pool, json, signed_in,
     "Change a webhook endpoint, or switch it on or off", spoken},
    {delete_, "/api/v1/webhooks/{id}", remove_webhook, pool, none, signed_in, "Remove a webhook endpoint", spoken,
     no_media},
    {post, "/api/v1/webhooks/{id}/secret", rotate_webhook_secret, pool, none, signed_in,
     "A new secret; the old one signs too for 24 hours", spoken},
    {post, "/api/v1/webhooks/{id}/test", test_webhook, pool, none, signed_in, "Send a test event", spoken},
    {post, "/api/v1/webhooks/{id}/replay", replay_webhook, pool, json, signed_in,
     "Send all events again from a position", spoken},
    {get, "/api/v1/webhooks/{id}/deliveries", list_deliveries, pool, none, signed_in, "Deliveries, newest first",
     deliveries},
    {get, "/api/v1/webhooks/{id}/deliveries/{delivery}", get_delivery, pool, none, signed_in,
     "A delivery with the log of its attempts", spoken},
    {post, "/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver", redeliver, pool, none, signed_in, "Deliver again",
     spoken},

    {get, "/api/v1/events", events, pool, none, signed_in,
     "The event feed: a page, or a stream with Accept: text/event-stream", feed, "application/json, text/event-stream"},
    {get, "/api/v1/plugins", list_plugins, pool, none, signed_in, "Plugins", pages},
    {get, "/api/v1/catalogues", list_catalogues, pool, none, signed_in, "Checklist catalogues that plugins offer",
     pages},
    {get, "/api/v1/plugins/{plugin}/catalogues/{catalogue}", get_catalogue, pool, none, signed_in,
     "A catalogue with its questions", spoken},
    {get, "/api/v1/plugins/{plugin}/settings", get_plugin_settings, pool, none, signed_in,
     "What is set for a plugin, and what can be", spoken},
    {put, "/api/v1/plugins/{plugin}/settings", put_plugin_settings, pool, json, signed_in,
     "Set all that is not secret anew, and secrets that are named", spoken},
    {get, "/api/v1/views", list_views, pool, none, signed_in, "Registers, logs and calendars over record types", pages},
    {get, "/api/v1/views/{view}", get_view, pool, none, signed_in,
     "The rows of a view that you may see: a page, or all of them as a file", view_rows,
     "application/json, text/csv, text/calendar", true},
    {get, "/api/v1/types", list_types, pool, none, signed_in, "Record types", pages},
    {get, "/api/v1/types/{type}", get_type, pool, none, signed_in, "A record type: states, fields, commands", spoken},
    {get, "/api/v1/policies", list_policies, pool, none, signed_in,
     "Policies as published: values, bounds and presets with their source, and what may set them", pages},
    {get, "/api/v1/policies/{policy}", get_policy, pool, none, signed_in, "A policy as published", spoken},

    {post, "/api/v1/imports", import_table, pool, json, signed_in,
     "Make people or records from a table in CSV, all of them or none", importing, media::json, false, "text/csv"},
    {get, "/api/v1/imports/template", import_template, pool, none, signed_in,
     "The header of a table for an import, with all columns", table_of, media::csv},
    {get, "/api/v1/search", search, pool, none, signed_in, "Records and answers that hold these words, newest first",
     searched},

    {get, "/api/v1/calculations", list_calculations, pool, none, signed_in,
     "What can be calculated, and the input of each as a form", pages},
    {post, "/api/v1/calculations/audit-time", calculate_audit_time, pool, json, signed_in,
     "Audit time, with its derivation", spoken},
    {post, "/api/v1/calculations/site-sampling", calculate_site_sampling, pool, json, signed_in,
     "Which sites an audit visits, with its derivation", spoken},
    {post, "/api/v1/calculations/integrated-time", calculate_integrated_time, pool, json, signed_in,
     "The time of an integrated audit, with its derivation", spoken},
    {post, "/api/v1/calculations/certificate-dates", calculate_certificate_dates, pool, json, signed_in,
     "The dates of a certification, with their derivation", spoken},
    {post, "/api/v1/calculations/due-day", calculate_due_day, pool, json, signed_in,
     "The day that a policy leads to, with its derivation", spoken},
    {post, "/api/v1/calculations/security-levels", calculate_security_levels, pool, json, signed_in,
     "Security levels: what applies, what is achieved, and the gaps, with the derivation", spoken},

    {get, "/api/v1/{plural}", list_records, pool, none, signed_in, "Records of a type, filtered, sorted and in pages",
     record_list, media::json, true},
    {post, "/api/v1/{plural}", create_record, pool, json, signed_in, "Make a record", creation},
    {get, "/api/v1/{plural}/{id}", get_record, quick, none, signed_in, "A record", spoken},
    {put, "/api/v1/{plural}/{id}", put_record, pool, json, signed_in, "Make a record under an id of your own",
     creation},
    {get, "/api/v1/{plural}/{id}/commands", list_commands, quick, none, signed_in,
     "What you may do with it now, and what stands in the way of the rest", offered},
    {post, "/api/v1/{plural}/{id}/commands/{command}", command_record, pool, json, signed_in, "Perform a command",
     spoken},
    {get, "/api/v1/{plural}/{id}/proposals", list_proposals, pool, none, signed_in,
     "Commands that wait for a second person", pages},
    {post, "/api/v1/{plural}/{id}/proposals/{proposal}/confirm", confirm_proposal, pool, none, signed_in,
     "Confirm a command as the second person", spoken},
    {post, "/api/v1/{plural}/{id}/proposals/{proposal}/decline", decline_proposal, pool, json, signed_in,
     "Decline or withdraw it", spoken},
    {get, "/api/v1/{plural}/{id}/links", list_links, pool, none, signed_in,
     "Records that it points at, and that point at it", pages},
    {get, "/api/v1/{plural}/{id}/events", record_events, pool, none, signed_in, "What happened to it", feed},

    {put, "/api/v1/{plural}/{id}/catalogue", select_catalogue, pool, json, signed_in,
     "Choose the record's checklist catalogue", spoken},
    {get, "/api/v1/{plural}/{id}/catalogue", get_pinned_catalogue, pool, none, signed_in,
     "The catalogue that the record is pinned to, whether or not its plugin is still there", pinned},
    {get, "/api/v1/{plural}/{id}/catalogues", list_pinned_catalogues, pool, none, signed_in,
     "The catalogues that the record is pinned to: its own, then further ones", spoken},
    {post, "/api/v1/{plural}/{id}/catalogues", add_catalogue, pool, json, signed_in,
     "Add a further catalogue, for an audit of more than one standard", spoken},
    {delete_, "/api/v1/{plural}/{id}/catalogues/{hash}", remove_catalogue, pool, none, signed_in,
     "Take a further catalogue away again, of which no item is planned", spoken, no_media},
    {get, "/api/v1/{plural}/{id}/catalogues/{hash}", get_catalogue_by_hash, pool, none, signed_in,
     "A catalogue that the record or an item of it is pinned to, by its SHA-256", spoken},
    {get, "/api/v1/{plural}/{id}/catalogue/move", get_catalogue_move, pool, none, signed_in,
     "What a move to the catalogue that its plugin offers now would do", moving},
    {post, "/api/v1/{plural}/{id}/catalogue/move", move_catalogue, pool, json, signed_in,
     "Move a running audit to that catalogue; answers stay, those of changed questions are reviewed", spoken},
    {get, "/api/v1/{plural}/{id}/items", list_items, pool, none, signed_in, "Checklist items of an audit", pages},
    {post, "/api/v1/{plural}/{id}/items", plan_items, pool, json, signed_in, "Plan checklist items and assign them",
     spoken},
    {get, "/api/v1/{plural}/{id}/items/{item}", get_item, pool, none, signed_in, "A checklist item", spoken},
    {put, "/api/v1/{plural}/{id}/items/{item}", answer_item, pool, json, signed_in, "Answer a checklist item", spoken},
    {delete_, "/api/v1/{plural}/{id}/items/{item}", drop_item, pool, none, signed_in,
     "Take an item without an answer out of the plan", dropping, no_media},

    {get, "/api/v1/{plural}/{id}/coverage", get_coverage, pool, none, signed_in,
     "Which clauses and controls the audits of a programme cover: a page, or all as a table", covered,
     "application/json, text/csv"},
    {get, "/api/v1/{plural}/{id}/case-file", get_case_file, pool, none, signed_in,
     "Everything about it and what hangs below it in one document, to read or to print", spoken,
     "application/json, text/html"},
    {get, "/api/v1/{plural}/{id}/changes", list_changes, pool, none, signed_in,
     "What changed of it and below it since the last audit, or since a day: steps, evidence and reports", changed},
    {get, "/api/v1/{plural}/{id}/scores", get_scores, pool, none, signed_in,
     "Scores of the answers, by plugins that score its catalogues", spoken},
    {post, "/api/v1/{plural}/{id}/applicability", find_applicable, pool, json, signed_in,
     "Which items of the catalogue apply, by a plugin and stated facts; stores nothing", spoken},
    {post, "/api/v1/{plural}/{id}/sample", draw_sample, pool, json, signed_in,
     "A sample by a plugin, from the audit's own seed; stores nothing", spoken},
    {post, "/api/v1/{plural}/{id}/mapping", map_catalogue, pool, json, signed_in,
     "Where the questions of the audit's catalogue go in another one, by a plugin; stores nothing", spoken},

    {get, "/api/v1/{plural}/{id}/evidence", list_evidence, pool, none, signed_in, "Evidence of a record", pages},
    {post, "/api/v1/{plural}/{id}/evidence", attach_evidence, pool, json, signed_in,
     "Attach a reference, an interview or an observation", spoken},
    {post, "/api/v1/{plural}/{id}/evidence/files", attach_evidence_file, pool, upload, signed_in,
     "Attach a file: the body is the file", upload_about},
    {get, "/api/v1/{plural}/{id}/evidence/{evidence}", get_evidence, pool, none, signed_in, "A piece of evidence",
     spoken},
    {get, "/api/v1/{plural}/{id}/evidence/{evidence}/file", get_evidence_file, pool, none, signed_in,
     "Download its file", spoken, any_media},
    {post, "/api/v1/{plural}/{id}/evidence/{evidence}/withdrawal", withdraw_evidence, pool, json, signed_in,
     "Mark evidence as not valid any more", spoken},

    {get, "/api/v1/{plural}/{id}/notes", list_notes, pool, none, signed_in,
     "My own working notes at an audit, which nobody else reads", pages},
    {post, "/api/v1/{plural}/{id}/notes", write_note, pool, json, signed_in,
     "Write a working note, for yourself; needs a seat on the audit or above it", spoken},
    {get, "/api/v1/{plural}/{id}/notes/{note}", get_note, pool, none, signed_in, "A note of mine", spoken},
    {patch, "/api/v1/{plural}/{id}/notes/{note}", change_note, pool, json, signed_in, "Change a note of mine", spoken},
    {delete_, "/api/v1/{plural}/{id}/notes/{note}", drop_note, pool, none, signed_in, "Delete a note of mine", spoken,
     no_media},

    {get, "/api/v1/{plural}/{id}/reports", list_reports, pool, none, signed_in, "Reports of a record", pages},
    {post, "/api/v1/{plural}/{id}/reports", make_report, pool, json, signed_in,
     "Make a report by a plugin and attach it", spoken},
    {get, "/api/v1/{plural}/{id}/reports/{report}", get_report, pool, none, signed_in, "A report", spoken},
    {get, "/api/v1/{plural}/{id}/reports/{report}/file", get_report_file, pool, none, signed_in, "Download a report",
     spoken, any_media},
};

constexpr bool all_patterns_hold() {
  for (const Route& route : table) {
    if (!is_pattern(route.pattern)) return false;
  }
  return true;
}
static_assert(all_patterns_hold());

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace assay
