// The demo organisation.
#include "commands/demo.h"

#include <map>

#include "commands/items.h"
#include "commands/people.h"
#include "commands/records.h"

namespace assay {
namespace {

constexpr DemoAccount accounts[] = {
    {"jonas.brandt@elbwerk.example", "Jonas Brandt", "administrator"},
    {"maria.keller@elbwerk.example", "Maria Keller", "ISMS manager, runs the audit programme"},
    {"anna.lindqvist@elbwerk.example", "Anna Lindqvist", "lead auditor"},
    {"david.okafor@elbwerk.example", "David Okafor", "auditor"},
    {"petra.sommer@elbwerk.example", "Petra Sommer", "head of IT operations, auditee and process owner"},
    {"leon.fischer@elbwerk.example", "Leon Fischer", "system administrator, action owner"},
    {"ines.vogt@elbwerk.example", "Ines Vogt", "managing director, top management"},
};
enum Who : std::size_t { administrator, planner, lead_auditor, auditor, auditee, action_owner, top_management };

struct Seat {
  Who who;
  std::vector<std::string> roles;
  std::vector<std::string> responsibilities;
};

std::vector<Seat> seats() {
  return {{planner, {"isms_manager", "risk_owner"}, {}},
          {lead_auditor, {"internal_auditor"}, {}},
          {auditor, {"internal_auditor"}, {}},
          {auditee, {}, {"process:IT operations", "item:A.8.13", "item:A.8.15"}},
          {action_owner, {}, {"process:backup"}},
          {top_management, {"top_management"}, {}}};
}

struct Question {
  const char* id;
  Who by;
  const char* result;  // empty: not answered yet
  const char* notes;
};

constexpr Question questions[] = {
    {"4.1-q1", lead_auditor, "conforms", "Context paper of this year, reviewed by the management in spring."},
    {"5.2-q1", lead_auditor, "conforms",
     "Policy signed by the managing director, on the intranet and in the induction folder."},
    {"6.1.2-q1", lead_auditor, "conforms",
     "Criteria for impact and likelihood are written down; two assessors came to the same level."},
    {"6.1.3-q1", lead_auditor, "conforms", "Treatment plan with owners and dates; sampled five risks."},
    {"6.2-q1", lead_auditor, "", ""},
    {"7.2-q1", lead_auditor, "conforms", "Training records of four people in operations seen."},
    {"7.5.3-q1", lead_auditor, "", ""},
    {"8.1-q1", lead_auditor, "", ""},
    {"9.1-q1", lead_auditor, "", ""},
    {"9.2.2-q1", lead_auditor, "", ""},
    {"9.3.1-q1", lead_auditor, "", ""},
    {"10.2-q1", lead_auditor, "", ""},
    {"A.5.1-q1", auditor, "conforms", "Topic-specific policies are listed with owner and review date."},
    {"A.5.15-q1", auditor, "conforms", "Rules follow need to know; the role matrix is current."},
    {"A.5.18-q1", auditor, "conforms", "Joiners and leavers of the last quarter sampled: ten of ten in order."},
    {"A.5.19-q1", auditor, "", ""},
    {"A.5.24-q1", auditor, "", ""},
    {"A.6.3-q1", auditor, "conforms", "Yearly training, 96 % took part; the rest has a date."},
    {"A.7.2-q1", auditor, "conforms", "Visitor log and badge system seen at the Hamburg site."},
    {"A.8.8-q1", auditor, "", ""},
    {"A.8.13-q1", auditor, "does_not_conform",
     "Backups run every night, but nobody has restored one since the change of the storage system."},
    {"A.8.15-q1", auditor, "", ""},
    {"A.8.24-q1", auditor, "", ""},
    {"A.8.32-q1", auditor, "", ""},
};

template <class T>
T need(Result<T> result, std::string_view step) {
  if (result) return std::move(*result);
  std::string text = "the demo could not be founded: " + std::string(step) + ": " + result.error().detail;
  for (const auto& unmet : result.error().unmet) text += "; " + unmet.detail;
  for (const auto& field : result.error().invalid) text += "; " + field.pointer + " " + field.detail;
  throw std::runtime_error(text);
}

/// Tells the story: somebody does something, one step after the other.
class Story {
 public:
  Story(Context& context, Catalogues& catalogues) : context_(context), catalogues_(catalogues) {}

  void people();
  void programme();
  void audit(const OfferedCatalogue& checklist);
  void fieldwork();
  void nonconformity();
  void management_review();

 private:
  std::string uuid(Who who) const { return people_.at(who); }
  Json seat(Who who) const { return Json::array({uuid(who)}); }
  std::string day(int from_today) const;
  std::string hour(int from_today, const char* time) const { return day(from_today) + "T" + time + ":00Z"; }
  Principal principal(Who who);
  void join(Who who, const std::string& token);
  std::string make(Who who, const std::string& type, const std::string& command, Json input);
  void act(Who who, const std::string& type, const std::string& record, const std::string& command, Json input);
  std::int64_t version(const std::string& record, const Principal& who);

  Context& context_;
  Catalogues& catalogues_;
  std::map<Who, std::string> people_ = {};
  std::string programme_ = {}, audit_ = {};
};

std::string Story::day(int from_today) const {
  const std::chrono::sys_days today{local_date(context_.clock(), "Europe/Berlin")};
  return to_text(Date{today + std::chrono::days{from_today}});
}

Principal Story::principal(Who who) {
  Snapshot at = context_.store.read();
  const auto person = find_person_by_email(at, accounts[who].email);
  auto principal =
      person ? principal_of(context_, at, *person, {Scope::read, Scope::write, Scope::admin}) : std::nullopt;
  if (!principal) throw std::runtime_error("the demo lacks " + std::string(accounts[who].name));
  return *principal;
}

void Story::join(Who who, const std::string& token) {
  people_[who] = need(accept_invitation(context_, token, demo_password()), accounts[who].name).person.uuid;
}

std::int64_t Story::version(const std::string& record, const Principal& who) {
  Snapshot at = context_.store.read();
  const auto row = find_record(at, record, who.reader);
  if (!row) throw std::runtime_error("in the demo " + who.person.name + " cannot see record " + record);
  return row->version;
}

std::string Story::make(Who who, const std::string& type, const std::string& command, Json input) {
  const Principal principal = this->principal(who);
  return need(create_record(context_, Call{principal}, {type, {}, command, std::move(input)}), command).uuid;
}

void Story::act(Who who, const std::string& type, const std::string& record, const std::string& command, Json input) {
  const Principal principal = this->principal(who);
  const Call call{principal, version(record, principal)};
  need(command_record(context_, call, {type, record, command, std::move(input)}), command);
}

void Story::people() {
  const Founding founding{"Elbwerk Instruments GmbH", "Europe/Berlin", "en", std::string(accounts[administrator].name),
                          std::string(accounts[administrator].email)};
  join(administrator, need(found_organisation(context_, founding), "founding").invitation);
  for (const Seat& seat : seats()) {
    const Principal asks = principal(administrator);
    const DemoAccount& one = accounts[seat.who];
    const Invitation invitation{std::string(one.name), std::string(one.email), "en", seat.roles, seat.responsibilities};
    join(seat.who, need(invite_person(context_, Call{asks}, invitation), one.name).token);
  }
  const Principal self = principal(administrator);
  PersonChange change;
  change.roles = {{"administrator"}};
  need(change_person(context_, Call{self, self.person.version}, self.person.uuid, change), "roles");
}

void Story::programme() {
  const std::string year = day(0).substr(0, 4);
  programme_ = make(
      planner, "audit-programme", "draft",
      {{"title", "Internal audit programme " + year},
       {"objectives",
        "Show whether the management system conforms to ISO/IEC 27001 and to our own rules, and whether it works."},
       {"scope", "Development, production and IT operations at the Hamburg and Stade sites."},
       {"criteria", {"ISO/IEC 27001:2022", "Information security manual of Elbwerk Instruments"}},
       {"risks_and_opportunities",
        "Few auditors know the new storage platform; a joint audit with quality management saves time."},
       {"frequency", "Every clause once a year; IT operations twice, after the change of the storage system."},
       {"methods", "Interviews, review of records, observation on site, sampling."},
       {"responsibilities", "The ISMS manager runs the programme, the managing director approves it."},
       {"cycle_from", year + "-01-01"},
       {"cycle_to", year + "-12-31"},
       {"edition", "ISO 19011:2026"},
       {"programme_manager", seat(planner)}});
  act(top_management, "audit-programme", programme_, "approve", {{"next_review_on", day(120)}});
  act(planner, "audit-programme", programme_, "start", Json::object());
}

void Story::audit(const OfferedCatalogue& checklist) {
  audit_ = make(planner, "audit", "plan",
                {{"programme", programme_},
                 {"title", "IT operations, Hamburg"},
                 {"purposes", {"internal"}},
                 {"objectives",
                  "Find out whether IT operations follow the management system, above all since the storage system was "
                  "replaced."},
                 {"scope", "IT operations in Hamburg: access, backup, logging, changes, suppliers."},
                 {"criteria", {"ISO/IEC 27001:2022"}},
                 {"methods", {"on_site", "interviews", "sampling"}},
                 {"sites", {"Hamburg"}},
                 {"language", "en"},
                 {"planned_from", day(-1)},
                 {"planned_to", day(2)}});
  act(planner, "audit", audit_, "propose_team",
      {{"lead_auditor", seat(lead_auditor)}, {"auditor", seat(auditor)}, {"auditee", seat(auditee)}});
  const Principal lead = principal(lead_auditor);
  need(select_catalogue(context_, Call{lead, version(audit_, lead)}, audit_, checklist), "select_catalogue");
  std::vector<ItemPlan> plans;
  for (const Question& question : questions) plans.push_back({question.id, "whole", uuid(question.by)});
  need(plan_items(context_, catalogues_, Call{lead, version(audit_, lead)}, audit_, plans), "plan_items");
}

void Story::fieldwork() {
  act(auditee, "audit", audit_, "accept_team", Json::object());
  const Json sessions = Json::array({{{"auditor", uuid(lead_auditor)},
                                      {"topics", "Context, leadership, planning"},
                                      {"starts", hour(-1, "08:00")},
                                      {"ends", hour(-1, "10:00")},
                                      {"zone", "Europe/Berlin"},
                                      {"site", "Hamburg"},
                                      {"mode", "on_site"}},
                                     {{"auditor", uuid(auditor)},
                                      {"topics", "Backup, logging, changes"},
                                      {"starts", hour(0, "08:00")},
                                      {"ends", hour(0, "11:00")},
                                      {"zone", "Europe/Berlin"},
                                      {"site", "Hamburg"},
                                      {"mode", "on_site"}}});
  act(lead_auditor, "audit", audit_, "issue_plan", {{"sessions", sessions}});
  const Json attendance = Json::array({{{"name", accounts[auditee].name}, {"function", "Head of IT operations"}},
                                       {{"name", accounts[action_owner].name}, {"function", "System administrator"}}});
  act(lead_auditor, "audit", audit_, "open", {{"opening_on", day(-1)}, {"opening_attendance", attendance}});
  act(lead_auditor, "audit", audit_, "begin_fieldwork", Json::object());
  for (const Question& question : questions) {
    if (*question.result == '\0') continue;
    const Principal who = principal(question.by);
    std::optional<ItemRow> item;
    {
      Snapshot at = context_.store.read();
      const auto row = find_record(at, audit_, who.reader);
      item = row ? find_item(at, row->id, "iso27001-2022", question.id, "whole") : std::nullopt;
    }
    if (!item) throw std::runtime_error(std::string("the demo's checklist lacks ") + question.id);
    const ItemAnswer answer{"answered", question.result, {}, {}, question.notes};
    need(answer_item(context_, catalogues_, Call{who, item->version}, audit_, item->uuid, answer), question.id);
  }
}

void Story::nonconformity() {
  const std::string record =
      make(auditor, "nonconformity", "raise",
           {{"audit", audit_},
            {"title", "Backups are not tested by restoring them"},
            {"grade", "major"},
            {"clause", "A.8.13"},
            {"requirement",
             "Backup copies have to be maintained and tested regularly, as the own backup rule says: every quarter."},
            {"finding",
             "Since the storage system was replaced eight months ago, no restore has been tried. Whether data can be "
             "recovered is not known."},
            {"objective_evidence",
             "Backup job reports of the last 90 days; test record of the old system, last entry before the change; "
             "interview with the system administrator."},
            {"items", Json::array({{{"catalogue", "iso27001-2022"}, {"question", "A.8.13-q1"}, {"subject", "whole"}}})},
            {"action_owner", seat(action_owner)}});
  act(lead_auditor, "nonconformity", record, "issue", Json::object());
  act(auditee, "nonconformity", record, "acknowledge", Json::object());
}

void Story::management_review() {
  make(planner, "management-review", "schedule",
       {{"title", "Management review " + day(30).substr(0, 7)},
        {"planned_on", day(30)},
        {"period_from", day(-335)},
        {"period_to", day(29)},
        {"chair", seat(top_management)},
        {"participant", Json::array({uuid(planner), uuid(auditee)})}});
}

}  // namespace

std::string_view demo_password() { return "hallmark-of-the-elbe"; }

std::span<const DemoAccount> demo_accounts() { return accounts; }

void found_demo(Context& context, Catalogues& catalogues, const OfferedCatalogue& checklist) {
  Story story(context, catalogues);
  story.people();
  story.programme();
  story.audit(checklist);
  story.fieldwork();
  story.nonconformity();
  story.management_review();
}

}  // namespace assay
