// Collects the file of a case, record by record.
#include "http/case_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "commands/catalogues.h"
#include "commands/event_document.h"
#include "commands/for_clients.h"
#include "commands/sentence.h"
#include "domain/time.h"
#include "http/person_names.h"
#include "http/records_path.h"
#include "http/representation.h"
#include "http/view_table.h"
#include "storage/changes.h"
#include "storage/events.h"

namespace assay {
namespace {

constexpr int most_case_records = 2000;
constexpr std::size_t most_facts = 1u << 20;  // bytes of events that are looked at together
constexpr Sentence yes_word{"yes", "ja"};
constexpr Sentence no_word{"no", "nein"};
constexpr Sentence name_untold{"name not told", "Name nicht mitgeteilt"};

/// What the log calls what no command of a definition does by itself.
constexpr std::array<std::pair<std::string_view, Sentence>, 13> steps_besides{{
    {"item_planned", {"Checklist item planned", "Prüfpunkt geplant"}},
    {"item_dropped", {"Checklist item taken from the plan", "Prüfpunkt aus dem Plan genommen"}},
    {"item_answered", {"Checklist item answered", "Prüfpunkt beantwortet"}},
    {"item_moved", {"Checklist item moved to another catalogue", "Prüfpunkt in einen anderen Katalog übernommen"}},
    {"item_handed_over", {"Checklist item handed over", "Prüfpunkt übergeben"}},
    {"evidence_attached", {"Evidence attached", "Nachweis angehängt"}},
    {"evidence_withdrawn", {"Evidence withdrawn", "Nachweis zurückgezogen"}},
    {"report_attached", {"Report made", "Bericht erstellt"}},
    {"reminded", {"Reminder sent", "Erinnerung versandt"}},
    {"reminders_missed", {"Reminders not sent in time", "Erinnerungen nicht rechtzeitig versandt"}},
    {"deadline_passed", {"Deadline passed", "Frist abgelaufen"}},
    {"proposed", {"Proposed", "Vorgeschlagen"}},
    {"proposal_declined", {"Proposal declined", "Vorschlag abgelehnt"}},
}};

/// The fields of a type as its commands ask for them, one after the other, then the rest.
std::vector<std::string> fields_in_order(const Definition& type) {
  std::vector<std::string> order;
  const auto add = [&](const std::string& name) {
    if (type.fields.contains(name) && std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
  };
  for (const std::string& name : type.command_order) {
    const CommandDefinition& command = type.commands.at(name);
    for (const auto* names : {&command.must, &command.may}) std::for_each(names->begin(), names->end(), add);
  }
  for (const auto& [name, field] : type.fields) add(name);
  return order;
}

class CaseFile {
 public:
  CaseFile(const Api& api, Snapshot& at, std::string_view language, std::size_t most)
      : api_(api), at_(at), reader_(api.who().reader), language_(language), left_(most) {}

  Json make(const RecordRow& top) {
    auto rows = records_of_tree(at_, top.id, reader_, most_case_records + 1);
    const bool more = rows.size() > most_case_records;
    if (more) {
      reader_.forget(rows.back().id);
      rows.pop_back();
    }
    arrange(rows, top.id);
    Json records = Json::array();
    for (const auto& [row, depth] : ordered_) records.push_back(told(*row, depth));
    WorkflowSetPtr set;
    const Definition& type = definition_of(api_, top, set);
    return {{"record", top.uuid},
            {"title", title_for(top, type, reader_)},
            {"organisation", api_.who().organisation.name},
            {"made_at", to_text(api_.context().clock())},
            {"made_by", {{"id", api_.who().person.uuid}, {"name", api_.who().person.name}}},
            {"language", language_},
            {"complete", complete_ && !more},
            {"records", std::move(records)}};
  }

 private:
  /// What hangs below a record that is not seen stands below the top.
  void arrange(const std::vector<RecordRow>& rows, RecordId top) {
    std::map<RecordId, std::vector<const RecordRow*>> below;
    std::set<RecordId> seen;
    for (const RecordRow& row : rows) seen.insert(row.id);
    const RecordRow* first = nullptr;
    for (const RecordRow& row : rows) {
      if (row.id == top) {
        first = &row;
      } else {
        below[row.parent && seen.contains(*row.parent) ? *row.parent : top].push_back(&row);
      }
    }
    std::vector<std::pair<const RecordRow*, int>> open;
    if (first != nullptr) open.emplace_back(first, 0);
    while (!open.empty()) {
      const auto [row, depth] = open.back();
      open.pop_back();
      ordered_.emplace_back(row, depth);
      const auto children = below.find(row->id);
      if (children == below.end()) continue;
      for (auto child = children->second.rbegin(); child != children->second.rend(); ++child)
        open.emplace_back(*child, depth + 1);
    }
  }

  Json told(const RecordRow& row, int depth) {
    WorkflowSetPtr set;
    const Definition& type = definition_of(api_, row, set);
    const std::string path = path_of(type, row.uuid);
    Json json = {{"id", row.uuid},
                 {"type", row.type},
                 {"type_label", label_of(type, "label", language_)},
                 {"number", or_null(row.number)},
                 {"title", title_for(row, type, reader_)},
                 {"state", row.state},
                 {"state_label", label_of(type, "states." + row.state, language_)},
                 {"depth", depth},
                 {"created", to_text(row.created)},
                 {"updated", to_text(row.updated)},
                 {"due", row.due ? Json(to_text(*row.due)) : Json(nullptr)},
                 {"href", path},
                 {"told", left_ > 0}};
    if (left_ == 0) {
      complete_ = false;
      return json;
    }
    json["fields"] = fields(row, set, type);
    json["people"] = people(row, type);
    json["links"] = links(row, *set, type);
    json["answers"] = answers(row, type);
    json["evidence"] = evidence(row, path);
    json["reports"] = reports(row, path);
    json["history"] = history(row, type);
    return json;
  }

  /// One row less of what the file may hold; false when it is full.
  bool take() {
    if (left_ == 0) {
      complete_ = false;
      return false;
    }
    --left_;
    return true;
  }

  Json person(const std::string& uuid) {
    const auto& name = names_.find(uuid);
    return {{"id", uuid}, {"name", name ? Json(*name) : Json(nullptr)}};
  }
  std::string name_of_person(const std::string& uuid) { return names_.find(uuid).value_or(name_untold.in(language_)); }

  /// Several values of an enumeration, by their labels.
  std::string labels(const Definition& type, const std::string& name, const Json& values) const {
    std::string all;
    for (const Json& value : values) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      all += (all.empty() ? "" : "; ") + label_of(type, "enums." + name + "." + text, language_);
    }
    return all;
  }

  /// An instant as the clock of the organisation tells it.
  std::string local(const std::string& instant) const {
    const auto at = parse_instant(instant);
    return at ? local_minute(*at, api_.who().organisation.zone) : instant;
  }

  /// The value with all instants in it, as its schema tells them, as local() does.
  Json with_local_times(const Json& schema, Json value) const {
    if (value.is_string()) return schema.value("format", "") == "date-time" ? Json(local(value)) : value;
    if (value.is_array() && schema.contains("items"))
      for (Json& one : value) one = with_local_times(schema.at("items"), std::move(one));
    if (value.is_object() && schema.contains("properties")) {
      for (const auto& [name, member] : schema.at("properties").items())
        if (const auto here = value.find(name); here != value.end()) *here = with_local_times(member, std::move(*here));
    }
    return value;
  }

  /// The text of a value that a field of the type has, with names of people and local times.
  std::string text_of(const ViewCells& row, const std::string& name, const Json& value) {
    const FieldDefinition& field = row.definition->fields.at(name);
    if (field.keep == Keep::list && value.is_array()) return versions(row, value);
    if (field.keep == Keep::dossier && value.is_object()) return value.value("sha256", std::string());
    if (value.is_boolean()) return (value == true ? yes_word : no_word).in(language_);
    const Json elements = field.schema.value("items", Json::object());
    if (value.is_array() && elements.contains("enum")) return labels(*row.definition, name, value);
    ViewColumn column{name};
    column.field = name;
    const auto told = [this](const std::string& uuid) { return name_of_person(uuid); };
    const Json named = with_local_times(field.schema, names_.in(field.schema, value, told));
    if (!named.is_array() || !elements.contains("properties")) return cell_text(row, column, named, language_);
    std::string lines;  // an object each
    for (const Json& one : named) lines += (lines.empty() ? "" : "\n") + cell_text(row, column, one, language_);
    return lines;
  }

  /// The versions of a list, one below the other: "2026-11-23, Lea Lead" and a line for each field.
  std::string versions(const ViewCells& row, const Json& list) {
    std::string all;
    for (const Json& version : list) {
      std::string lines;
      for (const auto& [name, value] : version.items()) {
        if (name == "by" || name == "second" || name == "at" || !row.definition->fields.contains(name)) continue;
        lines += "\n" + label_of(*row.definition, "fields." + name, language_) + ": " + text_of(row, name, value);
      }
      std::string head = local(version.value("at", std::string())).substr(0, 10);
      for (const char* who : {"by", "second"}) {
        if (const std::string uuid = version.value(who, std::string()); !uuid.empty())
          head += (head.empty() ? "" : ", ") + name_of_person(uuid);
      }
      if (head.empty() && !lines.empty()) lines.erase(0, 1);
      all += (all.empty() ? "" : "\n\n") + head + lines;
    }
    return all;
  }

  Json fields(const RecordRow& row, const WorkflowSetPtr& set, const Definition& type) {
    Json body = parse_stored(row.body);
    if (reader_.client) keep_from_clients(body, type);
    const ViewCells cells{row, set, &type, {}};
    Json all = Json::array();
    for (const std::string& name : fields_in_order(type)) {
      const auto value = body.find(name);
      if (value == body.end() || value->is_null() || !take()) continue;
      all.push_back({{"name", name},
                     {"label", label_of(type, "fields." + name, language_)},
                     {"value", *value},
                     {"text", text_of(cells, name, *value)}});
    }
    if (const auto mark = body.find("adopted"); mark != body.end()) {
      const Json label = language_ == "de" ? "Übernommen, nicht hier entschieden" : "Adopted, not decided here";
      all.push_back({{"name", "adopted"}, {"label", label}, {"value", *mark}, {"text", mark->value("number", "")}});
    }
    if (const auto mark = body.find("disposed"); mark != body.end()) {
      const Json label = language_ == "de" ? "Inhalt vernichtet" : "Contents disposed of";
      all.push_back({{"name", "disposed"}, {"label", label}, {"value", *mark}, {"text", local(mark->value("at", ""))}});
    }
    return all;
  }

  Json people(const RecordRow& row, const Definition& type) {
    Json all = Json::array();
    for (const SeatRow& seat : seats_of(at_, row.id)) {
      all.push_back({{"seat", seat.seat},
                     {"label", label_of(type, "people." + seat.seat, language_)},
                     {"id", seat.person_uuid},
                     {"name", person(seat.person_uuid).at("name")}});
    }
    return all;
  }

  Json links(const RecordRow& row, const WorkflowSet& set, const Definition& type) {
    Json all = Json::array();
    for (const LinkRow& link : links_of(at_, row.id, reader_, set)) {
      const bool back = !type.links.contains(link.name);
      const Definition* other = set.find(link.type);
      if (other == nullptr) continue;
      Json json = link_json(link, back);
      const auto& kept = other->kept_from_clients;
      if (reader_.client && std::find(kept.begin(), kept.end(), other->title) != kept.end()) json["title"] = "";
      json["label"] = back ? label_of(*other, "label", language_) : label_of(type, "links." + link.name, language_);
      json["state_label"] = label_of(*other, "states." + link.state, language_);
      json["href"] = path_of(*other, link.uuid);
      all.push_back(std::move(json));
    }
    return all;
  }

  /// How a catalogue words its questions and results.
  struct Wording {
    std::map<std::string, std::string> questions = {}, results = {};
  };
  const Wording& wording(const std::string& hash) {
    const auto [known, fresh] = wordings_.try_emplace(hash);
    const CataloguePtr catalogue = fresh ? api_.service().catalogues.find(at_, hash) : nullptr;
    if (!catalogue) return known->second;
    for (const Json& item : catalogue->content.at("items")) {
      for (const Json& question : item.at("questions"))
        known->second.questions.emplace(question.at("id").get<std::string>(),
                                        question.at("question").get<std::string>());
    }
    for (const Json& result : catalogue->content.at("results"))
      known->second.results.emplace(result.at("id").get<std::string>(), result.at("title").get<std::string>());
    return known->second;
  }
  static Json worded(const std::map<std::string, std::string>& words, const std::string& id) {
    const auto text = words.find(id);
    return text == words.end() ? Json(nullptr) : Json(text->second);
  }

  Json answers(const RecordRow& row, const Definition& type) {
    Json all = Json::array();
    if (reader_.client && is_for_clients(type)) return all;
    for (const ItemRow& item : list_items(at_, row.id, 0, room())) {
      if (!take()) break;
      Json json = item_json(item);
      json.erase("etag");
      const Wording& known = wording(item.catalogue);
      json["question_text"] = worded(known.questions, item.question);
      json["result_text"] = worded(known.results, item.result);
      for (const char* who : {"auditor", "answered_by"})
        if (json.at(who).is_string()) json[who] = person(json.at(who).get<std::string>());
      all.push_back(std::move(json));
    }
    return all;
  }

  Json evidence(const RecordRow& row, const std::string& path) {
    Json all = Json::array();
    for (const EvidenceRow& one : list_evidence(at_, row.id, 0, room())) {
      if (!take()) break;
      all.push_back(evidence_json(one, path));
    }
    return all;
  }

  Json reports(const RecordRow& row, const std::string& path) {
    Json all = Json::array();
    for (const ReportRow& one : list_reports(at_, row.id, 0, room())) {
      if (!take()) break;
      all.push_back(report_json(one, path));
    }
    return all;
  }

  Json history(const RecordRow& row, const Definition& type) {
    EventQuery query;
    query.record = row.id;
    query.limit = 100;
    Json all = Json::array();
    EventTeller teller(api_.context().store, at_, reader_);
    while (true) {
      const EventPage page = event_page(at_, query, reader_, most_facts);
      for (const Event& event : page.events) {
        // Who has read is told at the grant; nothing of it is a step of the case.
        if (event.draft.subject == Subject::reading || !teller.is_told(event)) continue;
        if (!take()) return all;
        all.push_back(step(teller.tell(event), event, type));
      }
      if (!page.more || page.events.empty()) return all;
      query.after = page.events.back().position;
    }
  }

  /// What a command is called, when it is what happened: one that was proposed has not.
  std::string label_of_step(const Event& event, const std::string& event_type, const Definition& type) const {
    const std::string what = event_type.substr(event_type.rfind('.') + 1);
    const auto command = type.commands.find(event.draft.command);
    const bool known = event.draft.subject == Subject::record && command != type.commands.end();
    std::string label = known ? label_of(type, "commands." + command->first, language_) : std::string();
    if (known && command->second.event == what) return label;
    const auto* const besides =
        std::find_if(steps_besides.begin(), steps_besides.end(), [&](const auto& one) { return one.first == what; });
    if (besides == steps_besides.end()) return known ? label : event_type;
    return besides->second.in(language_) + (known ? ": " + label : std::string());
  }

  Json step(const EventDocument& document, const Event& event, const Definition& type) {
    const Json& facts = document.detail.at("facts");
    const std::string& command = event.draft.command;
    Json json = {{"at", to_text(document.at)},
                 {"position", event.position},
                 {"event", document.type},
                 {"command", command},
                 {"label", label_of_step(event, document.type, type)},
                 {"subject", name_of(event.draft.subject)},
                 {"actor", nullptr},
                 {"second", nullptr}};
    for (const char* who : {"actor", "second"})
      if (document.data.at(who).is_string()) json[who] = person(document.data.at(who).get<std::string>());
    if (const std::string state = facts.value("state", std::string()); type.states.contains(state))
      json["state_label"] = label_of(type, "states." + state, language_);
    const Json said = facts.value("said", Json::object());
    for (const auto& [name, value] : said.items()) {
      if (!value.is_string()) continue;
      const bool field = type.fields.contains(name);
      json["said"].push_back(
          {{"name", name}, {"label", field ? label_of(type, "fields." + name, language_) : name}, {"text", value}});
    }
    return json;
  }

  int room() const { return static_cast<int>(std::min<std::size_t>(left_ + 1, 100'000)); }

  const Api& api_;
  Snapshot& at_;
  const Reader& reader_;
  PersonNames names_{at_, reader_};
  const std::string language_;
  std::size_t left_;
  bool complete_ = true;
  std::vector<std::pair<const RecordRow*, int>> ordered_ = {};
  std::map<std::string, Wording> wordings_ = {};
};

}  // namespace

Json case_file(const Api& api, Snapshot& at, const RecordRow& top, std::string_view language, std::size_t most) {
  return CaseFile(api, at, language, most).make(top);
}

}  // namespace assay
