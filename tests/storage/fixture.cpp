// Databases that vanish, and the small workflow set of the storage tests.
#include "storage/fixture.h"

#include <cstdlib>

#include "domain/load.h"
#include "ledger/digest.h"
#include "ledger/random.h"

namespace assay::test {
namespace {

constexpr const char* programme = R"({
  "workflow": "small/programme", "version": 1, "label": "Programme", "label_plural": "Programmes", "plural": "programmes",
  "title": "title", "number": "P-{seq:2}", "root": true, "read": ["manager"],
  "people": {"lead": {"label": "Lead"}},
  "fields": {"title": {"title": "Title", "type": "string", "maxLength": 1000}},
  "states": {"running": {"client": true, "label": "Running"}, "closed": {"end": true, "label": "Closed"}},
  "commands": {
    "start": {"label": "Start", "event": "started", "from": [], "to": "running", "by": ["manager"], "must": ["title"],
              "may": ["lead"], "why": "1"},
    "close": {"label": "Close", "event": "closed", "from": ["running"], "to": "closed", "by": ["manager"], "why": "1"}}})";

constexpr const char* audit = R"({
  "workflow": "small/audit", "version": 1, "label": "Audit", "label_plural": "Audits", "plural": "audits",
  "title": "title", "number": "A-{year}-{seq:3}", "root": true, "read": ["manager"], "holds": ["answers", "evidence", "reports"],
  "links": {"programme": {"to": "programme", "parent": true, "back": "audits", "label": "Programme"}},
  "people": {"lead": {"label": "Lead"}, "observer": {"label": "Observer"}},
  "fields": {"title": {"title": "Title", "type": "string", "maxLength": 1000},
             "notes": {"title": "Notes", "type": "string", "maxLength": 1000}},
  "states": {"planned": {"label": "Planned"}, "running": {"label": "Running"}, "completed": {"end": true, "label": "Completed"}},
  "commands": {
    "plan": {"label": "Plan", "event": "planned", "from": [], "to": "planned", "by": ["manager"], "must": ["title"],
             "may": ["programme", "lead", "observer", "notes"], "why": "1"},
    "start": {"label": "Start", "event": "started", "from": ["planned"], "to": "running", "by": ["manager"], "why": "1"},
    "complete": {"label": "Complete", "event": "completed", "from": ["running"], "to": "completed", "by": ["manager"], "why": "1"}}})";

constexpr const char* finding = R"({
  "workflow": "small/finding", "version": 1, "label": "Finding", "label_plural": "Findings", "plural": "findings",
  "title": "title", "number": "F-{year}-{seq:4}", "read": ["manager"], "holds": ["evidence"],
  "links": {"audit": {"to": "audit", "parent": true, "back": "findings", "label": "Audit"},
            "checked_in": {"to": "audit", "back": "checks", "label": "Checked in"},
            "follows": {"to": "finding", "many": true, "back": "followed_by", "label": "Follows"}},
  "people": {"owner": {"label": "Owner"}},
  "fields": {"title": {"title": "Title", "type": "string", "maxLength": 1000},
             "grade": {"title": "Grade", "type": "string", "maxLength": 100, "x-filter": true},
             "score": {"title": "Score", "type": "integer", "x-filter": true},
             "overdue": {"title": "Overdue", "type": "boolean", "x-filter": true},
             "response_due": {"title": "Response due", "type": "string", "format": "date"},
             "cause": {"title": "Cause", "type": "string", "maxLength": 1000},
             "note": {"title": "Note", "type": "string", "maxLength": 1000, "audience": "body"},
             "plans": {"title": "Plans", "list": ["cause"]}},
  "states": {"issued": {"next": ["answer"], "label": "Issued"}, "answered": {"client": true, "next": ["close"], "label": "Answered"}, "closed": {"next": [{"command": "reopen", "when": {"overdue": [true]}}], "label": "Closed"}},
  "commands": {
    "issue": {"label": "Issue", "event": "issued", "from": [], "to": "issued", "by": ["manager"], "must": ["title"],
              "may": ["audit", "checked_in", "follows", "owner", "grade", "score", "overdue", "response_due", "cause", "note"], "why": "1"},
    "answer": {"label": "Answer", "event": "answered", "from": ["issued"], "to": "answered", "by": ["owner"], "must": ["cause"],
               "effects": [{"do": "append", "list": "plans"}], "why": "1"},
    "close": {"label": "Close", "event": "closed", "from": ["answered"], "to": "closed", "by": ["manager"], "why": "1"},
    "doubt": {"label": "Doubt", "event": "doubted", "from": ["closed"], "by": ["manager"], "may": ["overdue"], "why": "1"},
    "reopen": {"label": "Reopen", "event": "reopened", "from": ["closed"], "to": "issued", "by": ["manager", "owner"], "why": "1"}}})";

constexpr const char* action = R"({
  "workflow": "small/action", "version": 1, "label": "Action", "label_plural": "Actions", "plural": "actions",
  "register": true, "title": "title", "number": "C-{seq:3}", "read": ["manager"],
  "links": {"finding": {"to": "finding", "parent": true, "back": "actions", "label": "Finding"}},
  "people": {"owner": {"label": "Owner"}},
  "fields": {"title": {"title": "Title", "type": "string", "maxLength": 1000},
             "kind": {"title": "Kind", "type": "string", "maxLength": 100, "x-filter": true}},
  "states": {"open": {"next": ["finish"], "label": "Open"}, "done": {"end": true, "label": "Done"}},
  "commands": {
    "open": {"label": "Open", "event": "opened", "from": [], "to": "open", "by": ["manager"], "must": ["title"],
             "may": ["finding", "owner", "kind"], "why": "1"},
    "finish": {"label": "Finish", "event": "finished", "from": ["open"], "to": "done", "by": ["owner"], "why": "1"}}})";

constexpr const char* pass = R"({
  "workflow": "small/pass", "version": 1, "label": "Pass", "label_plural": "Passes", "plural": "passes",
  "title": "title", "number": "X-{seq:3}", "read": ["manager"],
  "grants": {"to": "guest", "over": ["programmes", "audits", "findings"], "while": ["given"]},
  "links": {"programmes": {"to": "programme", "many": true, "back": "passes", "label": "Programmes"},
            "audits": {"to": "audit", "many": true, "back": "passes", "label": "Audits"},
            "findings": {"to": "finding", "many": true, "back": "passes", "label": "Findings"}},
  "people": {"guest": {"label": "Guest"}},
  "fields": {"title": {"title": "Title", "type": "string", "maxLength": 1000}},
  "states": {"asked": {"label": "Asked"}, "given": {"label": "Given"}, "over": {"end": true, "label": "Over"}},
  "commands": {
    "ask": {"label": "Ask", "event": "asked", "from": [], "to": "asked", "by": ["manager"], "must": ["title", "guest"],
            "may": ["programmes", "audits", "findings"], "why": "1"},
    "give": {"label": "Give", "event": "given", "from": ["asked"], "to": "given", "by": ["manager"], "why": "1"},
    "stop": {"label": "Stop", "event": "stopped", "from": ["given"], "to": "asked", "by": ["manager"], "why": "1"},
    "end": {"label": "End", "event": "ended", "from": ["given"], "to": "over", "by": ["manager"], "why": "1"}}})";

constexpr const char* roles = R"({"roles": {"manager": {"side": "organisation", "label": "Manager"},
                                             "customer": {"side": "client", "label": "Customer"}}})";

Json uuids(const std::vector<Person>& people, EventDraft& event) {
  Json list = Json::array();
  for (const auto& person : people) {
    list.push_back(person.uuid);
    event.ids[person.uuid] = static_cast<std::int64_t>(person.id);
  }
  return list;
}

void describe(EventDraft& event, const Content& change) {
  if (!change.set.empty()) event.facts["set"] = change.set;
  for (const auto& [name, targets] : change.links) {
    for (const auto& target : targets) {
      event.facts["links"][name].push_back(target.uuid);
      event.ids[target.uuid] = static_cast<std::int64_t>(target.id);
    }
  }
  for (const auto& [seat, people] : change.seated) event.facts["seated"][seat] = uuids(people, event);
  for (const auto& [seat, people] : change.unseated) event.facts["unseated"][seat] = uuids(people, event);
  event.facts.update(change.more);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  path_ = std::filesystem::temp_directory_path() / ("assay-test-" + to_hex(random_bytes(8)));
  std::filesystem::create_directory(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string postgresql_url() {
  const char* url = std::getenv("ASSAY_TEST_POSTGRES");
  return url == nullptr ? std::string() : std::string(url);
}

Database::Database(std::string_view engine) {
  settings.data = (folder_.path() / "data").string();
  if (engine == "sqlite") return;
  schema = "test_" + to_hex(random_bytes(8));
  const std::string url = postgresql_url();
  Connection::postgresql(url)->script("CREATE SCHEMA " + schema);
  settings.database = url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema +
                      "&application_name=" + schema;
}

Database::~Database() {
  if (!schema.empty()) Connection::postgresql(postgresql_url())->script("DROP SCHEMA " + schema + " CASCADE");
}

WorkflowSetPtr small_set() {
  static const WorkflowSetPtr set = [] {
    auto loaded = load_workflows({{"small/programme.json", programme},
                                  {"small/audit.json", audit},
                                  {"small/finding.json", finding},
                                  {"small/action.json", action},
                                  {"small/pass.json", pass},
                                  {"roles.json", roles}});
    if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) {
      std::string all;
      for (const auto& flaw : *flaws) all += flaw.file + flaw.pointer + ": " + flaw.reason + "\n";
      throw std::runtime_error(all);
    }
    auto made = std::make_shared<WorkflowSet>(std::get<WorkflowSet>(std::move(loaded)));
    made->hash = sha256_hex(made->text);
    return made;
  }();
  return set;
}

std::string House::uuid() const { return uuid_v7(now.time_since_epoch().count(), random_bytes(10)); }

Organisation House::found(const std::string& name, const std::string& zone) {
  const Organisation made{OrganisationId{store->new_id(Subject::organisation)}, uuid()};
  EventDraft event{Subject::organisation, static_cast<std::int64_t>(made.id), made.uuid, made.id};
  event.type = "organisation.founded";
  event.command = "found";
  event.version = 1;
  event.at = tick();
  event.facts = {{"name", name}, {"zone", zone}, {"language", "en"}};
  commit_or_fail({event});
  return made;
}

Person House::invite(const Organisation& to, std::vector<std::string> roles_held) {
  const Person made{PersonId{store->new_id(Subject::person)}, uuid(), to.id};
  EventDraft event{Subject::person, static_cast<std::int64_t>(made.id), made.uuid, made.organisation};
  event.type = "person.invited";
  event.command = "invite";
  event.version = 1;
  event.at = tick();
  event.facts = {{"name", "Person " + std::to_string(event.id)},
                 {"email", made.uuid + "@Example.org"},
                 {"language", "en"},
                 {"state", "active"},
                 {"roles", roles_held},
                 {"responsibilities", Json::array({"process:backup"})}};
  commit_or_fail({event});
  return made;
}

EventDraft House::step(const Made& record, const std::string& state, const Content& change) {
  EventDraft event{Subject::record, static_cast<std::int64_t>(record.id), record.uuid, record.organisation};
  event.record = record.id;
  event.type = record.type + "." + state;
  event.command = state;
  event.version = record.version + 1;
  event.at = tick();
  event.workflow_set = small_set()->hash;
  event.facts = {{"type", record.type}, {"state", state}};
  describe(event, change);
  return event;
}

EventDraft House::creation(const Made& record, const std::string& state, const std::optional<Made>& parent,
                           const Content& change) {
  EventDraft event = step(record, state, change);
  event.facts["created"] = true;
  if (parent) {
    const auto* link = small_set()->find(record.type)->parent();
    event.facts["parent"] = parent->uuid;
    event.facts["links"][link->name] = Json::array({parent->uuid});
    event.ids[parent->uuid] = static_cast<std::int64_t>(parent->id);
  }
  return event;
}

Made House::draft(const std::string& type, const Organisation& in) {
  return {RecordId{store->new_id(Subject::record)}, uuid(), type, in.id, 0, {}};
}

Made House::create(const std::string& type, const Organisation& in, const std::optional<Made>& parent,
                   const Content& change) {
  static const std::map<std::string, std::string> first = {
      {"programme", "running"}, {"audit", "running"}, {"finding", "issued"}, {"action", "open"}};
  Made made = draft(type, in);
  Content titled = change;
  if (!titled.set.contains("title"))
    titled.set["title"] = type + " " + std::to_string(static_cast<std::int64_t>(made.id));
  const auto committed = commit_or_fail({creation(made, first.at(type), parent, titled)});
  made.version = 1;
  made.number = committed.events.front().number;
  return made;
}

void House::change(Made& record, const std::string& state, const Content& change) {
  commit_or_fail({step(record, state, change)});
  ++record.version;
}

Committed House::commit_or_fail(std::vector<EventDraft> events) {
  auto committed = commit(std::move(events));
  if (!committed) FAIL(text_of(committed.error()));
  return *committed;
}

std::string text_of(const Refusal& refusal) {
  return "refused with reason " + std::to_string(static_cast<int>(refusal.reason)) + ": " + refusal.detail;
}

void check_replay(Store& store) {
  const auto report = verify_log(store);
  CHECK(report.events > 0);
  CHECK(report.differences == std::vector<std::string>());
}

}  // namespace assay::test
