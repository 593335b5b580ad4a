// Records, people and the rest as JSON answers.
#include "http/representation.h"

#include <array>

#include "commands/for_clients.h"
#include "domain/guards.h"
#include "domain/time.h"
#include "http/api.h"

namespace assay {
namespace {

/// `"name":`, with which each member begins.
void name_member(std::string& to, std::string_view name) { to.append("\"").append(name).append("\":"); }

/// A member that is a text, quoted and escaped.
void member(std::string& to, std::string_view name, std::string_view value) {
  name_member(to, name);
  append_quoted(to, value);
  to += ',';
}

void raw_member(std::string& to, std::string_view name, std::string_view json) {
  name_member(to, name);
  to.append(json).append(",");
}

/// Appends all of them with one look at the room there is.
template <class... Pieces>
void append_all(std::string& to, const Pieces&... pieces) {
  const std::array<std::string_view, sizeof...(Pieces)> all{pieces...};
  std::size_t size = to.size();
  for (const auto& piece : all) size += piece.size();
  std::size_t at = to.size();
  to.resize(size);
  for (const auto& piece : all) at += piece.copy(to.data() + at, piece.size());
}

/// The body without the fields that are kept from clients.
std::string without_kept(const std::string& body, const Definition& definition) {
  Json fields = Json::parse(body);
  keep_from_clients(fields, definition);
  return canonical(fields);
}

/// All members but what hangs on the record; in one piece, as a page has many of them.
void begin_record(std::string& to, const RecordRow& row, const Definition& definition, const Reader& reader) {
  std::string number;
  append_quoted(number, row.number);
  const std::string version = std::to_string(row.version);
  const std::string due = row.due ? "\"" + to_text(*row.due) + "\"" : "null";
  std::string for_clients;
  if (reader.client && !definition.kept_from_clients.empty()) for_clients = without_kept(row.body, definition);
  const std::string& fields = for_clients.empty() ? row.body : for_clients;
  const InstantText created(row.created), updated(row.updated), state_since(row.state_since);
  append_all(to, R"({"id":")", row.uuid, R"(","type":")", row.type, R"(","number":)", number, R"(,"state":")",
             row.state, R"(","version":)", version, R"(,"created":")", created.view(), R"(","updated":")",
             updated.view(), R"(","state_since":")", state_since.view(), R"(","due":)", due, R"(,"workflow_set":")",
             row.workflow_set, R"(","href":"/api/v1/)", definition.plural, "/", row.uuid, R"(","fields":)", fields,
             ",");
}

/// `{"seat":[element,...],...}`: rows in the order of their names, with the part before the first element of a name and
/// the end written here. Sorted by name, as rows are.
template <class Rows, class Name, class Element>
void grouped(std::string& to, const Rows& rows, Name name, Element element) {
  std::string_view open;
  to += '{';
  for (const auto& row : rows) {
    if (open != name(row)) {
      if (!open.empty()) to += "],";
      open = name(row);
      append_quoted(to, open);
      to += ":[";
    } else {
      to += ',';
    }
    element(row);
  }
  to += open.empty() ? "}," : "]},";
}

Json instant_or_null(const std::optional<Instant>& at) { return at ? Json(to_text(*at)) : Json(nullptr); }
Json day_or_null(const std::optional<Date>& day) { return day ? Json(to_text(*day)) : Json(nullptr); }

std::string_view why_not(Reason reason) {
  switch (reason) {
    case Reason::wrong_state:
      return "wrong_state";
    case Reason::unmet:
      return "unmet";
    default:
      return "not_permitted";
  }
}

/// Appends the member "refusal" of an offer, which names no fields.
void append_refusal(std::string& to, const Refusal& refusal, const WorkflowSet& set, std::string_view language) {
  to += "\"refusal\":{";
  member(to, "detail", refusal.detail);
  if (!refusal.unmet.empty()) {
    to += "\"unmet\":[";
    for (const UnmetGuard& guard : refusal.unmet) {
      to += '{';
      member(to, "guard", guard.guard);
      member(to, "code", guard.code);
      member(to, "detail", language == "en" ? guard.detail : explain(set, guard, language));
      raw_member(to, "values", guard.values.dump());
      to.back() = '}';
      to += ',';
    }
    to.back() = ']';
    to += ',';
  }
  member(to, "reason", why_not(refusal.reason));
  to.back() = '}';
  to += ',';
}

}  // namespace

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string record_text(const RecordRow& row, const Definition& definition, const std::vector<SeatRow>& seats,
                        const std::vector<LinkRow>& links, const Reader& reader) {
  std::string text;
  text.reserve(row.body.size() + record_frame + 256 * (seats.size() + links.size()));
  begin_record(text, row, definition, reader);
  text += "\"people\":";
  grouped(
      text, seats, [](const SeatRow& seat) -> std::string_view { return seat.seat; },
      [&](const SeatRow& seat) { append_quoted(text, seat.person_uuid); });
  text += "\"links\":";
  grouped(
      text, links, [](const LinkRow& link) -> std::string_view { return link.name; },
      [&](const LinkRow& link) {
        text += '{';
        member(text, "id", link.uuid);
        member(text, "number", link.number);
        member(text, "type", link.type);
        text.back() = '}';
      });
  text.back() = '}';
  return text;
}

void append_record_summary(std::string& to, const RecordRow& row, const Definition& definition, const Reader& reader) {
  begin_record(to, row, definition, reader);
  to.back() = '}';
}

Json link_json(const LinkRow& link, bool back) {
  return {{"name", link.name},     {"direction", back ? "back" : "forward"},
          {"id", link.uuid},       {"type", link.type},
          {"number", link.number}, {"title", link.title},
          {"state", link.state}};
}

void append_offer(std::string& to, const Offer& offer, const WorkflowSet& set, const Definition& definition,
                  std::string_view language) {
  const CommandDefinition& command = *offer.command;
  to += '{';
  member(to, "command", command.name);
  member(to, "label", language == "en" ? command.label : label_of(definition, "commands." + command.name, language));
  raw_member(to, "allowed", offer.allowed ? "true" : "false");
  if (command.to) {
    member(to, "to", *command.to);
  } else {
    raw_member(to, "to", "null");
  }
  raw_member(to, "needs_second", command.second.empty() ? "false" : "true");
  if (!command.endpoint.empty()) member(to, "endpoint", command.endpoint);
  if (!command.why.empty()) member(to, "why", command.why);
  if (offer.refusal) append_refusal(to, *offer.refusal, set, language);
  if (!offer.asks.empty()) {
    Json asks = Json::array();
    for (const GuardUse* use : offer.asks)
      asks.push_back({{"plugin", use->parameters.at("plugin")}, {"rule", use->parameters.at("rule")}});
    raw_member(to, "asks", asks.dump());
  }
  raw_member(to, "input", offer.input());
  to.back() = '}';
}

Json proposal_json(const ProposalRow& proposal, const std::string& proposer) {
  return {{"id", proposal.uuid},
          {"command", proposal.command},
          {"input", proposal.input},
          {"proposer", proposer},
          {"at", to_text(proposal.at)}};
}

Json item_json(const ItemRow& item) {
  return {{"id", item.uuid},
          {"catalogue", item.catalogue_id},
          {"catalogue_hash", item.catalogue},
          {"question", item.question},
          {"item", item.item},
          {"subject", item.subject},
          {"auditor", or_null(item.auditor_uuid)},
          {"status", item.status},
          {"result", or_null(item.result)},
          {"reason", or_null(item.reason)},
          {"maturity", item.maturity ? Json(*item.maturity) : Json(nullptr)},
          {"notes", or_null(item.notes)},
          {"answered_by", or_null(item.answered_by_uuid)},
          {"answered_at", instant_or_null(item.answered_at)},
          {"version", item.version},
          {"etag", "\"v" + std::to_string(item.version) + "\""}};
}

Json evidence_json(const EvidenceRow& evidence, std::string_view record_path) {
  Json json = {{"id", evidence.uuid},
               {"kind", evidence.kind},
               {"title", evidence.title},
               {"description", or_null(evidence.description)},
               {"item", or_null(evidence.item_uuid)},
               {"collected_at", to_text(evidence.collected_at)},
               {"collected_by", or_null(evidence.collected_by_uuid)},
               {"effective_from", day_or_null(evidence.effective_from)},
               {"effective_to", day_or_null(evidence.effective_to)},
               {"supersedes", or_null(evidence.supersedes)},
               {"withdrawn", evidence.withdrawn},
               {"version", evidence.version}};
  json.update(evidence.details);
  if (evidence.kind == "file") {
    json["file"] = {{"name", evidence.file_name},
                    {"media_type", evidence.media_type},
                    {"size", evidence.size},
                    {"sha256", evidence.sha256},
                    {"href", std::string(record_path) + "/evidence/" + evidence.uuid + "/file"}};
  }
  return json;
}

Json report_json(const ReportRow& report, std::string_view record_path) {
  return {{"id", report.uuid},
          {"plugin", report.plugin},
          {"plugin_version", report.plugin_version},
          {"package_hash", or_null(report.package_hash)},
          {"format", report.format},
          {"language", report.language},
          {"input_sha256", report.input_hash},
          {"created", to_text(report.created)},
          {"created_by", or_null(report.created_by_uuid)},
          {"file",
           {{"name", report.file_name},
            {"media_type", report.media_type},
            {"size", report.size},
            {"sha256", report.sha256},
            {"href", std::string(record_path) + "/reports/" + report.uuid + "/file"}}}};
}

Json person_json(const PersonRow& person) {
  return {{"id", person.uuid},
          {"name", person.name},
          {"email", person.email},
          {"language", person.language},
          {"state", person.state},
          {"roles", person.roles},
          {"responsibilities", person.responsibilities},
          {"version", person.version}};
}

Json token_json(const TokenRow& token) {
  return {{"id", token.uuid},
          {"name", token.name},
          {"scopes", token.scopes},
          {"created", to_text(token.created)},
          {"expires", to_text(token.expires)},
          {"last_used", instant_or_null(token.used)},
          {"revoked", token.revoked},
          {"version", token.version}};
}

Json webhook_json(const WebhookRow& webhook) {
  return {{"id", webhook.uuid},
          {"url", webhook.url},
          {"types", webhook.types},
          {"payload", webhook.payload},
          {"style", webhook.style},
          {"state", webhook.state},
          {"reason", or_null(webhook.reason)},
          {"description", or_null(webhook.description)},
          {"old_secret_until", instant_or_null(webhook.old_until)},
          {"created", to_text(webhook.created)},
          {"version", webhook.version}};
}

Json delivery_json(const DeliveryRow& delivery) {
  return {{"id", delivery.message},
          {"event", delivery.position},
          {"state", delivery.state},
          {"attempts", delivery.attempts},
          {"created", to_text(delivery.created)},
          {"next", instant_or_null(delivery.next)}};
}

Json attempt_json(const AttemptRow& attempt) {
  return {{"number", attempt.number},
          {"at", to_text(attempt.at)},
          {"status", attempt.status == 0 ? Json(nullptr) : Json(attempt.status)},
          {"outcome", attempt.outcome},
          {"duration_ms", attempt.duration_ms},
          {"request", {{"headers", attempt.request_headers}, {"body", attempt.request_body}}},
          {"response", {{"headers", attempt.response_headers}, {"body", attempt.response_body}}}};
}

}  // namespace assay
