// Attaching evidence to a record, and withdrawing it.
#include "commands/evidence.h"

#include <algorithm>
#include <cctype>

#include "commands/records.h"
#include "domain/date_range.h"
#include "storage/items.h"

namespace assay {
namespace {

constexpr std::size_t title_limit = 300;
constexpr std::size_t description_limit = 20'000;
constexpr std::size_t file_name_limit = 255;
constexpr std::size_t consent_limit = 500;
constexpr std::string_view attaching = "attach_evidence";

/// A name that is safe to show and to offer as a download: no path, no control characters.
bool is_file_name(std::string_view name) {
  if (name.empty() || name.size() > file_name_limit || name == "." || name == "..") return false;
  return std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c < ' ' || c == 127 || c == '/' || c == '\\'; });
}

bool is_media_type(std::string_view type) {
  const auto token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '+' || c == '_';
  };
  const auto slash = type.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < type.size() && type.size() <= 127 &&
         std::all_of(type.begin(), type.begin() + static_cast<std::ptrdiff_t>(slash), token) &&
         std::all_of(type.begin() + static_cast<std::ptrdiff_t>(slash) + 1, type.end(), token);
}

bool is_photograph(const EvidenceWish& wish) {
  std::string type = wish.media_type;
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return wish.kind == "file" && (wish.photograph || type.starts_with("image/") || type.starts_with("video/"));
}

/// What a kind of evidence asks for. Members that are days or times are, if they are not given, those of collection.
struct Detail {
  std::string_view kind, name;
  enum class Form { text, optional_text, time, day } form;
};
constexpr Detail details[] = {
    {"reference", "document", Detail::Form::text},  {"reference", "document_version", Detail::Form::optional_text},
    {"reference", "place", Detail::Form::text},     {"reference", "seen_at", Detail::Form::time},
    {"interview", "role", Detail::Form::text},      {"interview", "name", Detail::Form::optional_text},
    {"interview", "held_on", Detail::Form::day},    {"observation", "place", Detail::Form::text},
    {"observation", "seen_at", Detail::Form::time},
};

const Detail* detail_of(std::string_view kind, std::string_view name) {
  const auto* found = std::find_if(std::begin(details), std::end(details),
                                   [&](const Detail& detail) { return detail.kind == kind && detail.name == name; });
  return found == std::end(details) ? nullptr : found;
}

Date day_of(Instant at) { return Date{std::chrono::floor<std::chrono::days>(at)}; }

void check_range(const char* pointer, const std::optional<Date>& day, std::vector<InvalidField>& wrong) {
  if (day && !is_in_range(*day)) wrong.push_back({pointer, std::string(date_range_fault)});
}

/// Why `value` cannot be said, or "".
std::string fault_of(const Detail& detail, const std::string& value, Instant now, const std::string& zone) {
  if (detail.form == Detail::Form::time) {
    const auto seen = parse_instant(value);
    if (!seen) return "must be a time such as 2026-11-30T08:00:00Z";
    if (!is_in_range(day_of(*seen))) return std::string(date_range_fault);
    return *seen > now ? "must not be in the future" : "";
  }
  if (detail.form == Detail::Form::day) {
    const auto day = parse_date(value);
    if (!day) return "must be a date such as 2026-11-30";
    if (!is_in_range(*day)) return std::string(date_range_fault);
    return *day > local_date(now, zone) ? "must not be in the future" : "";
  }
  return value.empty() || value.size() > title_limit ? "must have 1 to 300 bytes" : "";
}

/// What the kind asks for is there, and nothing that belongs to another kind.
void check_details(const EvidenceWish& wish, Instant now, const std::string& zone, std::vector<InvalidField>& wrong) {
  for (const auto& [name, value] : wish.details) {
    if (const Detail* known = detail_of(wish.kind, name)) {
      if (auto fault = fault_of(*known, value, now, zone); !fault.empty())
        wrong.push_back({"/" + name, std::move(fault)});
      continue;
    }
    std::string kinds;
    for (const Detail& detail : details) {
      if (detail.name == name) kinds += (kinds.empty() ? "" : " or ") + std::string(detail.kind);
    }
    wrong.push_back({"/" + name, "belongs to evidence of kind " + kinds + ", not " + wish.kind});
  }
  for (const Detail& detail : details) {
    if (detail.kind == wish.kind && detail.form == Detail::Form::text &&
        !wish.details.contains(std::string(detail.name)))
      wrong.push_back({"/" + std::string(detail.name), "is missing: evidence of kind " + wish.kind + " says it"});
  }
}

/// The details as they are kept: times in UTC, and what was left open taken from the collection.
Json details_of(const EvidenceWish& wish, Instant collected, const std::string& zone) {
  Json all = Json::object();
  for (const Detail& detail : details) {
    if (detail.kind != wish.kind) continue;
    const std::string name(detail.name);
    const auto given = wish.details.find(name);
    if (given != wish.details.end()) {
      all[name] = detail.form == Detail::Form::time ? to_text(*parse_instant(given->second)) : given->second;
    } else if (detail.form == Detail::Form::time) {
      all[name] = to_text(collected);
    } else if (detail.form == Detail::Form::day) {
      all[name] = to_text(local_date(collected, zone));
    }
  }
  if (is_photograph(wish)) all["photograph"] = true;
  if (wish.consent) all["consent"] = *wish.consent;
  return all;
}

Result<void> check(const EvidenceWish& wish, Instant now, const std::string& zone) {
  std::vector<InvalidField> wrong;
  const bool file = wish.kind == "file";
  if (!file && wish.kind != "reference" && wish.kind != "interview" && wish.kind != "observation") {
    return invalid_field("/kind", "must be file, reference, interview or observation");
  }
  if (wish.title.empty() || wish.title.size() > title_limit) wrong.push_back({"/title", "must have 1 to 300 bytes"});
  if (!file && wish.description.empty()) wrong.push_back({"/description", "is missing: say what was seen or heard"});
  if (wish.description.size() > description_limit) wrong.push_back({"/description", "must have at most 20000 bytes"});
  if (file != wish.file.has_value())
    wrong.push_back({"/kind", "a file comes through the upload, anything else does not"});
  if (file && !is_file_name(wish.file_name))
    wrong.push_back({"/file_name", "must be a plain name of at most 255 bytes"});
  if (file && !is_media_type(wish.media_type)) wrong.push_back({"/media_type", "is no media type"});
  if (wish.consent && (wish.consent->empty() || wish.consent->size() > consent_limit))
    wrong.push_back({"/consent", "must have 1 to 500 bytes: who consented, and how"});
  if (wish.collected_at && *wish.collected_at > now) wrong.push_back({"/collected_at", "must not be in the future"});
  check_range("/collected_at", wish.collected_at ? std::optional(day_of(*wish.collected_at)) : std::nullopt, wrong);
  check_range("/effective_from", wish.effective_from, wrong);
  check_range("/effective_to", wish.effective_to, wrong);
  if (wish.effective_from && wish.effective_to && *wish.effective_to < *wish.effective_from) {
    wrong.push_back({"/effective_to", "must not be before effective_from"});
  }
  check_details(wish, now, zone, wrong);
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

Json day_or_null(const std::optional<Date>& day) { return day ? Json(to_text(*day)) : Json(nullptr); }

EventDraft evidence_event(const Moment& moment, const Call& call, const RecordRow& record, const EvidenceRow& row,
                          std::string_view what) {
  EventDraft event{Subject::evidence, row.id, row.uuid, record.organisation};
  event.record = record.id;
  event.type = record.type + ".evidence_" + std::string(what);
  event.command = std::string(what);
  event.version = row.version;
  event.actor = call.who.person.id;
  event.at = moment.now;
  event.facts = {{"record", record.uuid},
                 {"item", row.item_uuid.empty() ? Json(nullptr) : Json(row.item_uuid)},
                 {"kind", row.kind},
                 {"title", row.title},
                 {"description", row.description},
                 {"sha256", row.sha256},
                 {"file_name", row.file_name},
                 {"media_type", row.media_type},
                 {"size", row.size},
                 {"collected_at", to_text(row.collected_at)},
                 {"collected_by", row.collected_by_uuid},
                 {"effective_from", day_or_null(row.effective_from)},
                 {"effective_to", day_or_null(row.effective_to)},
                 {"supersedes", row.supersedes},
                 {"withdrawn", row.withdrawn},
                 {"details", row.details}};
  event.ids.emplace(record.uuid, static_cast<std::int64_t>(record.id));
  if (row.item && !row.item_uuid.empty()) event.ids.emplace(row.item_uuid, *row.item);
  if (row.collected_by) event.ids.emplace(row.collected_by_uuid, static_cast<std::int64_t>(*row.collected_by));
  return event;
}

/// What guards of the command are told of the evidence, as far as the definition takes it.
Json told_of(const Moment& moment, const RecordRow& record, const EvidenceWish& wish) {
  Json kinds = Json::array({wish.kind});
  if (is_photograph(wish)) kinds.push_back("photograph");
  Json told{{"evidence_kinds", std::move(kinds)}};
  if (wish.consent) told["consent"] = *wish.consent;

  const auto set = moment.context.store.workflow_set(record.workflow_set);
  const auto& commands = set->types.at(record.type).commands;
  const auto command = commands.find(std::string(attaching));
  if (command == commands.end()) return Json::object();
  Json input = Json::object();
  for (const auto& [name, value] : told.items()) {
    const auto& may = command->second.may;
    if (std::find(may.begin(), may.end(), name) != may.end()) input[name] = value;
  }
  return input;
}

/// Whoever runs the audit or the management system withdraws evidence, and whoever collected it.
Result<void> may_withdraw(Moment& moment, const Call& call, const RecordRow& record, const EvidenceRow& row) {
  auto decision = permit(moment, call, record, "withdraw_evidence", Json::object());
  const bool others = !decision && decision.error().reason == Reason::not_permitted;
  if (others && row.collected_by == call.who.person.id)
    decision = permit(moment, call, record, attaching, Json::object());
  if (!decision) return decision.error();
  return {};
}

EvidenceRow new_row(const Moment& moment, const Call& call, const EvidenceWish& wish) {
  EvidenceRow row{};
  row.id = moment.context.store.new_id(Subject::evidence);
  row.uuid = moment.context.new_uuid();
  row.kind = wish.kind;
  row.title = wish.title;
  row.description = wish.description;
  if (wish.file) {
    row.sha256 = wish.file->sha256;
    row.size = wish.file->size;
    row.file_name = wish.file_name;
    row.media_type = wish.media_type;
  }
  row.collected_at = wish.collected_at.value_or(moment.now);
  row.collected_by = call.who.person.id;
  row.collected_by_uuid = call.who.person.uuid;
  row.effective_from = wish.effective_from;
  row.effective_to = wish.effective_to;
  row.supersedes = wish.supersedes.value_or("");
  row.version = 1;
  row.details = details_of(wish, row.collected_at, call.who.organisation.zone);
  return row;
}

}  // namespace

Result<void> may_attach_evidence(Context& context, const Principal& who, std::string_view type, std::string_view uuid,
                                 const EvidenceWish& wish) {
  if (auto scope = require(who, Scope::write); !scope) return scope;
  Snapshot at = context.store.read();
  StoredFacts facts(context.store, at);
  Moment moment{context, at, facts, context.clock()};
  auto record = visible_record(moment, who, type, uuid);
  if (!record) return record.error();
  const auto decision = permit(moment, Call{who}, *record, attaching, told_of(moment, *record, wish));
  if (!decision && !awaits_plugins(decision.error())) return decision.error();
  return {};
}

Result<Performed> attach_evidence(Context& context, const Call& call, std::string_view type, std::string_view uuid,
                                  const EvidenceWish& wish) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    if (auto fine = check(wish, moment.now, call.who.organisation.zone); !fine) return fine.error();
    auto record = visible_record(moment, call.who, type, uuid);
    if (!record) return record.error();
    auto decision = permit(moment, call, *record, attaching, told_of(moment, *record, wish));
    if (!decision) return decision.error();
    EvidenceRow row = new_row(moment, call, wish);
    if (wish.item) {
      (void)moment.facts.items(record->id);  // the item may not leave the plan meanwhile
      const auto item = find_item(moment.at, record->id, *wish.item);
      if (!item) return invalid_field("/item", "is no checklist item of this record");
      row.item = item->id;
      row.item_uuid = item->uuid;
    }
    if (wish.supersedes && !find_evidence(moment.at, record->id, *wish.supersedes)) {
      return invalid_field("/supersedes", "is no evidence of this record");
    }
    Planned planned;
    planned.uuid = row.uuid;
    planned.status = 201;
    planned.events = {evidence_event(moment, call, *record, row, "attached")};
    return planned;
  });
}

Result<Performed> withdraw_evidence(Context& context, const Call& call, std::string_view type, std::string_view uuid,
                                    std::string_view evidence, std::string_view reason) {
  if (reason.empty() || reason.size() > description_limit)
    return invalid_field("/reason", "must have 1 to 20000 bytes");
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, type, uuid);
    if (!record) return record.error();
    auto row = find_evidence(moment.at, record->id, evidence);
    if (!row) return refuse(Reason::not_found, "there is no such evidence");
    if (auto version = require_version(call, row->version); !version) return version.error();
    if (row->withdrawn) return refuse(Reason::wrong_state, "this evidence has been withdrawn before");
    if (auto may = may_withdraw(moment, call, *record, *row); !may) return may.error();
    row->withdrawn = true;
    ++row->version;
    Planned planned;
    planned.uuid = row->uuid;
    planned.events = {evidence_event(moment, call, *record, *row, "withdrawn")};
    planned.events.front().facts["reason"] = std::string(reason);
    return planned;
  });
}

}  // namespace assay
