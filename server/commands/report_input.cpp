// What a report of an audit is made of: the audit, its team, plan, checklist and evidence.
#include "commands/report_input.h"

#include <algorithm>
#include <set>

#include "commands/checklist_inputs.h"
#include "commands/chosen_catalogues.h"

namespace assay {
namespace {

constexpr int page = 500;

Json body_of(const RecordRow& row) { return Json::parse(row.body); }

Json audit_json(ReportSource& source, const Json& body) {
  const RecordRow& audit = source.record();
  Json json = {{"number", audit.number}, {"title", body.value("title", audit.number)}, {"state", source.state(audit)}};
  for (const char* text : {"objectives", "scope", "criteria", "sites", "opening_attendance", "closing_attendance",
                           "remote_work", "deviations", "unresolved", "time_frame", "distribution"}) {
    copy_filled(json, text, body, text);
  }
  for (const char* list : {"purposes", "methods"}) {
    for (const Json& value : body.value(list, Json::array())) {
      json[list].push_back(source.label(audit, list, value.get<std::string>()));
    }
  }
  if (!json.contains("purposes")) {
    if (const std::string purpose = text_in(body, "purpose"); !purpose.empty())
      json["purposes"].push_back(source.label(audit, "purpose", purpose));
    for (const Json& further : body.value("further_purposes", Json::array()))
      if (further.is_string())
        json["purposes"].push_back(source.label(audit, "further_purposes", further.get<std::string>()));
  }
  Json dates = Json::object();
  for (const char* day :
       {"planned_from", "planned_to", "opening_on", "closing_on", "report_issued_on", "completed_on"}) {
    copy_filled(dates, day, body, day);
  }
  json["dates"] = std::move(dates);
  return json;
}

Json conclusion_json(ReportSource& source, const Json& body) {
  Json json = Json::object();
  copy_filled(json, "conclusions", body, "conclusions");
  copy_filled(json, "effectiveness", body, "effectiveness");
  for (const char* field : {"recommendation", "stage1_outcome"}) {  // a stage 1 recommends nothing
    const std::string value = text_in(body, field);
    if (value.empty()) continue;
    json["recommendation"] = source.label(source.record(), field, value);
    break;
  }
  return json;
}

/// Who is audited, when that is a client: what the nearest record that hangs below its `client` hangs below. Null for
/// an audit of the organisation itself. Whoever reports on an audit knows whom it is of, also where the client's record
/// is not theirs to read.
Json client_json(ReportSource& source) {
  for (std::optional<RecordRow> row = source.record(); row;) {
    const LinkDefinition* const parent = source.definition(*row).parent();
    row = source.above(*row);
    if (!row || parent == nullptr || parent->name != "client") continue;
    const Json body = body_of(*row);
    Json json = {{"name", text_in(body, "name", row->number)}};
    if (const std::string address = text_in(body, "address"); !address.empty()) json["address"] = address;
    return json;
  }
  return nullptr;
}

/// The functions that people gave at the meetings, by name; the closing meeting's hold.
std::map<std::string, std::string> stated_functions(const Json& body) {
  std::map<std::string, std::string> functions;
  for (const char* meeting : {"opening_attendance", "closing_attendance"}) {
    for (const Json& present : body.value(meeting, Json::array())) {
      if (const std::string function = present.value("function", ""); !function.empty())
        functions[present.value("name", "")] = function;
    }
  }
  return functions;
}

/// Who holds these seats, in the order of the seats: each with the function that was stated at a meeting, or else the
/// roles in the organisation.
Json seated_json(ReportSource& source, const Json& body, std::initializer_list<const char*> wanted) {
  const std::vector<SeatRow> seats = seats_of(source.at(), source.record().id);
  const Definition& definition = source.definition(source.record());
  const auto stated = stated_functions(body);
  Json people = Json::array();
  for (const char* seat : wanted) {
    for (const SeatRow& row : seats) {
      if (row.seat != seat) continue;
      Json person = {{"name", row.name}, {"role", label_of(definition, "people." + row.seat, source.language())}};
      const auto function = stated.find(row.name);
      if (auto text = function != stated.end() ? function->second : source.roles(row.person); !text.empty())
        person["function"] = std::move(text);
      people.push_back(std::move(person));
    }
  }
  return people;
}

/// "2026-11-23T09:30" in `zone`.
std::string local_minute(const std::string& instant, const std::string& zone) {
  const auto at = parse_instant(instant);
  if (!at) return instant;
  const Date day = local_date(*at, zone);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*at - start_of(day, zone));
  const std::chrono::hh_mm_ss clock{minutes};
  const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return to_text(day) + "T" + two(clock.hours().count()) + ":" + two(clock.minutes().count());
}

Json sessions_json(ReportSource& source, const Json& body) {
  Json sessions = body.value("sessions", Json::array());
  std::stable_sort(sessions.begin(), sessions.end(), [](const Json& a, const Json& b) {
    return parse_instant(a.at("starts").get<std::string>()) < parse_instant(b.at("starts").get<std::string>());
  });
  for (Json& session : sessions) {
    const std::string named = session.value("zone", source.zone());
    const std::string zone = is_time_zone(named) ? named : source.zone();
    session["auditor"] = source.name(session.at("auditor").get<std::string>());
    session["starts"] = local_minute(session.at("starts"), zone);
    session["ends"] = local_minute(session.at("ends"), zone);
  }
  return sessions;
}

Json exceptions_json(ReportSource& source, const Json& body) {
  Json all = Json::array();
  for (const Json& one : body.value("exceptions", Json::array())) {
    Json json = {{"auditor", source.name(one.value("exempt_auditor", ""))},
                 {"reason", one.value("exemption_reason", "")},
                 {"compensating_measure", one.value("compensating_measure", "")},
                 {"granted_by", source.name(one.value("second", ""))}};
    copy_filled(json, "items", one, "exempt_items");
    copy_filled(json, "subject", one, "exempt_subject");
    if (one.contains("by")) json["proposed_by"] = source.name(one.at("by").get<std::string>());
    if (const auto at = parse_instant(one.value("at", "")))
      json["granted_on"] = to_text(local_date(*at, source.zone()));
    all.push_back(std::move(json));
  }
  return all;
}

Json answer_json(ReportSource& source, const ItemRow& item, const ReportFindings& findings) {
  Json json = {{"subject", item.subject == "whole" ? "" : item.subject}};
  if (item.answered_by) {
    json["auditor"] = source.name(*item.answered_by);
    if (item.auditor && item.auditor != item.answered_by) json["assigned_to"] = source.name(*item.auditor);
  } else if (item.auditor) {
    json["auditor"] = source.name(*item.auditor);
  }
  if (!item.result.empty()) json["result"] = item.result;
  if (!item.reason.empty()) json["reason"] = item.reason;
  if (item.maturity) json["maturity"] = *item.maturity;
  if (!item.notes.empty()) json["notes"] = item.notes;
  if (item.answered_at) json["answered_at"] = to_text(*item.answered_at);
  for (const auto& [record, evidence] : source.evidence()) {
    if (evidence.item_uuid == item.uuid) json["evidence"].push_back(source.evidence_name(evidence.uuid));
  }
  const auto found = findings.by_question.find(item.catalogue_id + " " + item.question + " " + item.subject);
  if (found != findings.by_question.end()) json["findings"] = found->second;
  return json;
}

/// The catalogue's items with the answers that belong to it, and the figures over them.
Json catalogue_json(ReportSource& source, const PinnedCatalogue& catalogue, const std::string& plugin,
                    const std::vector<ItemRow>& items, const ReportFindings& findings) {
  std::map<std::string, Json> answers;
  std::map<std::string, std::int64_t> counts;
  std::int64_t planned = 0, answered = 0;
  for (const ItemRow& item : items) {
    if (item.catalogue != catalogue.hash) continue;
    answers[item.question].push_back(answer_json(source, item, findings));
    ++planned;
    if (item.result.empty() || item.status == "review") continue;
    ++answered;
    ++counts[item.result];
  }
  const Json& content = catalogue.content;
  Json json = {{"id", catalogue.id},       {"version", catalogue.version},
               {"title", catalogue.title}, {"standard", catalogue.standard},
               {"hash", catalogue.hash},   {"results", content.at("results")},
               {"groups", Json::array()},  {"items", Json::array()}};
  if (!plugin.empty()) json["plugin"] = plugin;
  for (const Json& group : content.at("groups"))
    json["groups"].push_back({{"id", group.at("id")}, {"title", group.at("title")}});
  for (const Json& item : content.at("items")) {
    Json questions = Json::array();
    for (const Json& question : item.at("questions")) {
      const auto given = answers.find(question.at("id").get<std::string>());
      questions.push_back({{"id", question.at("id")},
                           {"question", question.at("question")},
                           {"answers", given == answers.end() ? Json::array() : given->second}});
    }
    json["items"].push_back({{"id", item.at("id")},
                             {"group", item.at("group")},
                             {"clause", item.at("clause")},
                             {"title", item.at("title")},
                             {"questions", std::move(questions)}});
  }
  Json results = Json::array();
  for (const auto& [result, count] : counts) results.push_back({{"id", result}, {"count", count}});
  json["coverage"] = {{"planned", planned}, {"answered", answered}, {"results", std::move(results)}};
  return json;
}

}  // namespace

Json report_evidence(ReportSource& source) {
  Json all = Json::array();
  for (const auto& [record, row] : source.evidence()) {
    Json json = {{"id", source.evidence_name(row.uuid)},
                 {"kind", row.kind},
                 {"title", row.title},
                 {"collected_at", to_text(row.collected_at)}};
    if (!row.description.empty()) json["description"] = row.description;
    json.update(row.details);
    if (row.kind == "file") {
      json["file_name"] = row.file_name;
      json["size"] = row.size;
      json["sha256"] = row.sha256;
    }
    if (row.collected_by) json["collected_by"] = source.name(*row.collected_by);
    if (row.withdrawn) json["withdrawn"] = true;
    all.push_back(std::move(json));
  }
  return all;
}

std::string text_in(const Json& body, const char* field, const std::string& otherwise) {
  const auto found = body.find(field);
  return found != body.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

void copy_filled(Json& to, const char* name, const Json& from, const char* field) {
  const auto found = from.find(field);
  if (found == from.end() || found->is_null()) return;
  const bool empty =
      (found->is_string() && found->get_ref<const std::string&>().empty()) || (found->is_array() && found->empty());
  if (!empty) to[name] = *found;
}

ReportSource::ReportSource(Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                           std::string language)
    : context_(context), at_(at), who_(who), record_(record), language_(std::move(language)) {}

const Definition& ReportSource::definition(const RecordRow& row) {
  auto& set = sets_[row.workflow_set];
  if (!set) set = context_.store.workflow_set(row.workflow_set);
  return set->types.at(row.type);
}

std::string ReportSource::name(const std::string& person_uuid) {
  if (person_uuid.empty()) return "";
  const auto [known, fresh] = names_.try_emplace(person_uuid, person_uuid);
  if (fresh) {
    if (const auto person = find_person(at_, person_uuid, who_.reader)) known->second = person->name;
  }
  return known->second;
}

std::string ReportSource::name(PersonId person) {
  const auto found = find_person(at_, person);
  return found ? found->name : "";
}

std::string ReportSource::roles(PersonId person) {
  const WorkflowSet& set = *context_.workflows;
  const auto labels = set.role_labels.find(language_);
  const auto found = find_person(at_, person);
  std::string text;
  for (const std::string& role : found ? found->roles : std::vector<std::string>{}) {
    const auto known = set.roles.find(role);
    if (known == set.roles.end() || role == "administrator") continue;  // who runs the server has no part in it
    std::string label = known->second.label;
    if (labels != set.role_labels.end() && labels->second.contains(role)) label = labels->second.at(role);
    text += (text.empty() ? "" : ", ") + label;
  }
  return text;
}

std::string ReportSource::state(const RecordRow& row) {
  return label_of(definition(row), "states." + row.state, language_);
}

std::string ReportSource::label(const RecordRow& row, const std::string& field, const std::string& value) {
  return label_of(definition(row), "enums." + field + "." + value, language_);
}

std::vector<RecordRow> ReportSource::linked(const RecordRow& row, const std::string& link) {
  std::vector<RecordRow> rows;
  definition(row);
  for (const LinkRow& one : links_of(at_, row.id, who_.reader, *sets_.at(row.workflow_set))) {
    if (one.name != link) continue;
    if (auto found = find_record(at_, one.uuid, who_.reader)) rows.push_back(std::move(*found));
  }
  std::sort(rows.begin(), rows.end(), [](const RecordRow& a, const RecordRow& b) { return a.id < b.id; });
  return rows;
}

std::optional<RecordRow> ReportSource::above(const RecordRow& row) {
  return row.parent ? find_record(at_, *row.parent) : std::nullopt;
}

std::string ReportSource::evidence_name(const std::string& uuid) {
  return evidence_names_.try_emplace(uuid, "E-" + std::to_string(evidence_names_.size() + 1)).first->second;
}

void ReportSource::collect_evidence(const RecordRow& row) {
  std::int64_t after = 0;
  for (;;) {
    auto rows = list_evidence(at_, row.id, after, page);
    for (EvidenceRow& one : rows) {
      evidence_name(one.uuid);
      after = one.id;
      evidence_.emplace_back(row, std::move(one));
    }
    if (rows.size() < page) return;
  }
}

Json report_input(Context& context, Catalogues& catalogues, Snapshot& at, const Principal& who, const RecordRow& audit,
                  const std::string& language) {
  ReportSource source(context, at, who, audit, language);
  const Json body = body_of(audit);
  source.collect_evidence(audit);
  ReportFindings findings = report_findings(source);
  Json input = {
      {"report_input", 1},
      {"language", language},
      {"generated_at", to_text(context.clock())},
      {"organisation", {{"name", who.organisation.name}}},
      {"audit", audit_json(source, body)},
      {"conclusion", conclusion_json(source, body)},
      {"team",
       seated_json(source, body, {"lead_auditor", "auditor", "technical_expert", "auditor_in_training", "observer"})},
      {"auditees", seated_json(source, body, {"auditee"})},
      {"sessions", sessions_json(source, body)},
      {"findings", std::move(findings.findings)},
      {"corrective_actions", std::move(findings.corrective_actions)},
      {"exceptions", exceptions_json(source, body)},
      {"catalogues", Json::array()},
      {"hashes", Json::array({{{"name", "Workflow set"}, {"sha256", audit.workflow_set}}})}};
  if (Json client = client_json(source); !client.is_null()) input["client"] = std::move(client);
  for (const RecordRow& programme : source.linked(audit, "programme")) {
    input["programme"] = {{"number", programme.number}, {"title", body_of(programme).value("title", programme.number)}};
  }
  const std::vector<ItemRow> items = all_items(at, audit.id);
  const auto chosen = chosen_catalogues(body);
  std::set<std::string> packages;  // named once, though a plugin may have given several catalogues
  for (const std::string& hash : catalogues_of(audit, items)) {
    const CataloguePtr catalogue = catalogues.find(at, hash);
    if (!catalogue) throw std::runtime_error("catalogue " + hash + " is missing");
    const auto from =
        std::find_if(chosen.begin(), chosen.end(), [&](const ChosenCatalogue& one) { return one.hash == hash; });
    const std::string plugin = from == chosen.end() ? "" : from->plugin + " " + from->plugin_version;
    input["catalogues"].push_back(catalogue_json(source, *catalogue, plugin, items, findings));
    if (from != chosen.end() && !from->package_hash.empty() && packages.insert(from->package_hash).second)
      input["hashes"].push_back({{"name", "Package of " + plugin}, {"sha256", from->package_hash}});
  }
  input["evidence"] = report_evidence(source);
  return input;
}

}  // namespace assay
