// Facts of programmes, audits and nonconformities, committed in large pieces.
#include "bench/fixture_records.h"

#include <fmt/format.h>

#include <stdexcept>

#include "domain/decide.h"
#include "storage/store.h"

namespace bench {

using assay::Json;

namespace {

constexpr std::size_t events_of_a_commit = 2000;

/// Plain prose of this many bytes, different for every record.
std::string prose(std::size_t bytes, std::size_t number) {
  static constexpr std::string_view sentence =
      " Restoring was tried with a sample of last month; the record names who did it, when, and what was missing. ";
  std::string text = fmt::format("Case {}.", number);
  while (text.size() < bytes) text += sentence;
  text.resize(bytes);
  text.back() = '.';
  return text;
}

std::string day(assay::Instant now, int days) {
  return assay::to_text(assay::local_date(now + std::chrono::days{days}, "UTC"));
}

Json due(assay::Instant now, int days) {
  const auto date = assay::local_date(now + std::chrono::days{days}, "UTC");
  return {{"day", assay::to_text(date)}, {"at", assay::to_text(assay::end_of(date, "UTC"))}};
}

Json no_delays() {
  return {
      {"response_overdue", false}, {"action_overdue", false}, {"verification_overdue", false}, {"escalated", false}};
}

}  // namespace

struct RecordWriter::Record {
  std::string type;
  std::int64_t id;
  std::string uuid;
  std::int64_t version = 0;
  Json body = Json::object();
  std::unordered_map<std::string, std::int64_t> ids = {};  // of the facts of the next event
};

RecordWriter::RecordWriter(assay::Context& context, const assay::OrganisationRow& organisation,
                           std::vector<Member> managers, std::vector<Member> auditors)
    : context_(context),
      organisation_(organisation),
      managers_(std::move(managers)),
      auditors_(std::move(auditors)),
      now_(context.clock()) {}

RecordWriter::Record RecordWriter::begin(const char* type) {
  ++count_;
  return {type, context_.store.new_id(assay::Subject::record), context_.new_uuid()};
}

void RecordWriter::add(Record& record, const char* event, const char* command, const char* state, const Member& actor,
                       Json facts) {
  facts["type"] = record.type;
  facts["state"] = state;
  if (record.version == 0) facts["created"] = true;
  const Json none = Json::object();
  const Json& set = facts.contains("set") ? facts.at("set") : none;
  const Json& append = facts.contains("append") ? facts.at("append") : none;
  record.body = assay::body_after(record.body, set, append, {});
  assay::EventDraft draft{assay::Subject::record, record.id, record.uuid, organisation_.id};
  draft.record = assay::RecordId{record.id};
  draft.type = record.type + "." + event;
  draft.command = command;
  draft.version = ++record.version;
  draft.actor = actor.id;
  draft.at = now_;
  draft.workflow_set = context_.workflows->hash;
  draft.facts = std::move(facts);
  draft.ids = std::exchange(record.ids, {});
  draft.body = assay::canonical(record.body);
  events_.push_back(std::move(draft));
}

void RecordWriter::flush() {
  if (events_.empty()) return;
  assay::Commit commit;
  commit.events = std::exchange(events_, {});
  const auto done = context_.store.commit(commit);
  if (!done) throw std::runtime_error("the fixture cannot be written: " + done.error().detail);
}

void RecordWriter::programme(Record& record) {
  const Member& manager = managers_[count_ % managers_.size()];
  const Member& other = managers_[(count_ + 1) % managers_.size()];
  const Json fields = {{"title", fmt::format("Internal audit programme {}", count_)},
                       {"objectives", prose(600, count_)},
                       {"scope", prose(600, count_)},
                       {"methods", prose(400, count_)},
                       {"responsibilities", prose(300, count_)}};
  add(record, "drafted", "draft", "draft", manager, {{"set", fields}});
  add(record, "revised", "revise", "draft", manager, {{"set", {{"frequency", "Once a year."}}}});
  add(record, "approved", "approve", "approved", other, {{"set", {{"next_review_on", day(now_, 300)}}}});
  add(record, "started", "start", "running", manager, Json::object());
  add(record, "revised", "revise", "running", manager, {{"set", {{"frequency", "Twice a year."}}}});
}

void RecordWriter::seat(Json& facts, const char* name, const Member& member) {
  facts["seated"][name].push_back(member.uuid);
}

void RecordWriter::audit(Record& record, const Record& programme, std::size_t number) {
  const Member& manager = managers_[number % managers_.size()];
  const Member& lead = auditors_[number % auditors_.size()];
  const Member& auditee = auditors_[(number + 1) % auditors_.size()];
  Json facts = {{"links", {{"programme", Json::array({programme.uuid})}}},
                {"parent", programme.uuid},
                {"set",
                 {{"title", fmt::format("Audit {}", number)},
                  {"objectives", prose(700, number)},
                  {"scope", prose(700, number)},
                  {"conclusions", prose(400, number)},
                  {"planned_from", day(now_, -10)},
                  {"planned_to", day(now_, 10)}}}};
  record.ids.emplace(programme.uuid, programme.id);
  add(record, "planned", "plan", "planned", manager, std::move(facts));
  facts = Json::object();
  seat(facts, "lead_auditor", lead);
  seat(facts, "auditee", auditee);
  record.ids = {{lead.uuid, static_cast<std::int64_t>(lead.id)}, {auditee.uuid, static_cast<std::int64_t>(auditee.id)}};
  add(record, "team_proposed", "propose_team", "team_proposed", manager, std::move(facts));
  add(record, "team_accepted", "accept_team", "team_confirmed", auditee, Json::object());
  add(record, "plan_issued", "issue_plan", "plan_issued", lead, Json::object());
  add(record, "opened", "open", "opened", lead, {{"set", {{"opening_on", day(now_, -5)}}}});
}

void RecordWriter::nonconformity(Record& record, const Record& audit, std::size_t number, std::int64_t fillers) {
  const Member& raiser = auditors_[number % auditors_.size()];
  const Member& owner = auditors_[(number + 7) % auditors_.size()];
  const Member& verifier = auditors_[(number + 13) % auditors_.size()];
  const std::string grade = number % 3 == 0 ? "major" : "minor";
  Json set = no_delays();
  set.update(Json{{"title", fmt::format("Finding {}", number)},
                  {"grade", grade},
                  {"source", "internal_audit"},
                  {"clause", fmt::format("A.{}.{}", 5 + number % 4, 1 + number % 30)},
                  {"requirement", prose(300, number)},
                  {"finding", prose(300, number)},
                  {"objective_evidence", prose(200, number)}});
  Json facts = {{"links", {{"audit", Json::array({audit.uuid})}}}, {"parent", audit.uuid}, {"set", std::move(set)}};
  seat(facts, "action_owner", owner);
  record.ids = {{audit.uuid, audit.id}, {owner.uuid, static_cast<std::int64_t>(owner.id)}};
  add(record, "raised", "raise", "draft", raiser, std::move(facts));
  facts = {{"set", {{"issued_on", day(now_, -1)}, {"deadlines_from", day(now_, -1)}}},
           {"append", {{"gradings", {{"grade", grade}}}}}};
  facts["timers"] = {{"response_due", due(now_, 300)}, {grade + "_verification_due", due(now_, 330)}};
  add(record, "issued", "issue", "issued", raiser, std::move(facts));
  add(record, "acknowledged", "acknowledge", "acknowledged", owner, Json::object());
  for (std::int64_t i = -1; i < fillers; ++i) {
    facts = Json::object();
    if (i < 0) {
      seat(facts, "verifier", verifier);
      record.ids = {{verifier.uuid, static_cast<std::int64_t>(verifier.id)}};
    }
    add(record, "verifier_appointed", "appoint_verifier", "acknowledged", raiser, std::move(facts));
  }
  const Json answer = {{"correction", prose(120, number)},
                       {"extent", prose(80, number)},
                       {"root_cause", prose(120, number)},
                       {"action", prose(120, number)},
                       {"action_due", day(now_, 200)}};
  facts = {{"set", answer}, {"append", {{"responses", answer}}}, {"timers", {{"response_due", nullptr}}}};
  add(record, "response_submitted", "respond", "response_submitted", owner, std::move(facts));
}

void RecordWriter::write(const Tree& tree) {
  Record programme = begin("audit-programme");
  this->programme(programme);
  std::int64_t left = tree.nonconformities, fillers = tree.fillers;
  for (std::int64_t i = 0; i < tree.audits; ++i) {
    Record audit = begin("audit");
    this->audit(audit, programme, count_);
    const std::int64_t here = left / (tree.audits - i);
    for (std::int64_t j = 0; j < here; ++j, --left) {
      const std::int64_t more = fillers / left;
      fillers -= more;
      Record record = begin("nonconformity");
      nonconformity(record, audit, count_, more);
    }
    if (events_.size() >= events_of_a_commit) flush();
  }
  flush();
}

}  // namespace bench
