// A management review's inputs begin with what the records say: figures of the period, only of what the person sees.
#include "commands/fieldwork.h"

namespace assay::test::prefill_test {
namespace {

constexpr const char* boss = "ines@elbwerk.example";
constexpr const char* stranger = "kim@elbwerk.example";
constexpr std::chrono::hours day{24};

/// An audit that is completed on 2026-05-28 with four findings, and what has happened around it.
struct Year : Fieldwork {
  explicit Year(std::string_view engine) : Fieldwork(engine) {
    join(boss, {"top_management"});
    join(stranger);
    owner = Json::array({names.at(auditee)});
    complete_audit();
    receive("customer", "minor", "Late delivery", "2026-05-29");
    discard_draft();
  }

  std::string make(const char* who, const char* type, const char* command, Json input) {
    const Principal principal = this->principal(who);
    return granted(create_record(*context, Call{principal}, {type, {}, command, std::move(input)}));
  }
  void give(const char* who, const char* type, const std::string& record, const char* command, Json input) {
    INFO(type << " " << command);
    const Principal principal = this->principal(who);
    granted(command_record(*context, Call{principal, version(record)}, {type, record, command, std::move(input)}));
  }

  void complete_audit() {
    REQUIRE(plan("A.5.1-q1", lead));
    into_the_field();
    REQUIRE(answer(lead, "A.5.1-q1", "does_not_conform"));
    const std::string finding = make(lead, "nonconformity", "raise",
                                     {{"audit", audit},
                                      {"title", "No policy"},
                                      {"grade", "major"},
                                      {"clause", "A.5.1"},
                                      {"requirement", "A policy"},
                                      {"finding", "None"},
                                      {"objective_evidence", "Intranet"},
                                      {"action_owner", owner}});
    give(lead, "nonconformity", finding, "issue", Json::object());
    make(auditor, "opportunity", "record",
         {{"audit", audit}, {"title", "Shorter texts"}, {"description", "Read them"}});
    for (const char* kind : {"strength", "observation"}) {
      make(auditor, "observation", "record",
           {{"audit", audit}, {"title", kind}, {"kind", kind}, {"description", "Seen"}});
    }
    act(lead, "conclude", {{"conclusions", "All but one"}});
    act(lead, "hold_closing_meeting",
        {{"closing_on", "2026-05-28"}, {"closing_attendance", {{{"name", "Petra"}}}}, {"time_frame", "30 days"}});
    act(lead, "draft_report", {{"effectiveness", "Yes"}, {"recommendation", "no_action"}, {"deviations", "None"}});
    const Principal who = principal(lead);
    granted(attach_report(*context, Call{who}, "audit", audit,
                          {"p",
                           "1",
                           "html",
                           "en",
                           std::string(64, 'c'),
                           std::string(64, 'a'),
                           "r.html",
                           "text/html",
                           {std::string(64, 'b'), 1}}));
    act(lead, "issue_report");
    give(auditee, "nonconformity", finding, "respond",
         {{"correction", "Written"},
          {"extent", "Here"},
          {"root_cause", "Nobody"},
          {"action", "Somebody"},
          {"action_due", "2026-06-30"},
          {"action_owner", owner}});
    act(lead, "complete");
  }

  std::string receive(const char* source, const char* grade, const char* title, const char* response_due) {
    return make(planner, "nonconformity", "receive",
                {{"source", source},
                 {"issuer", "Somebody"},
                 {"issuer_number", title},
                 {"issuer_grade", "x"},
                 {"title", title},
                 {"grade", grade},
                 {"clause", "8.1"},
                 {"requirement", "On time"},
                 {"finding", "Late"},
                 {"objective_evidence", "Letter"},
                 {"action_owner", owner},
                 {"issuer_response_due", response_due}});
  }
  /// A report that nobody follows is no nonconformity.
  void discard_draft() {
    const std::string reported =
        make(stranger, "nonconformity", "report", {{"title", "Smell"}, {"source", "incident"}, {"finding", "Smoke"}});
    give(planner, "nonconformity", reported, "decline_report", {{"reason", "Lunch"}});
  }

  std::string schedule(const char* from, const char* to, const std::string& previous = {}) {
    Json input = {{"title", "Review"}, {"planned_on", "2026-07-01"}, {"period_from", from}, {"period_to", to}};
    if (!previous.empty()) input["previous"] = previous;
    return make(planner, "management-review", "schedule", std::move(input));
  }
  /// A review that was held, with an open and a cancelled action.
  std::string held_review() {
    const std::string review = schedule("2025-01-01", "2025-12-31");
    Json inputs = Json::object();
    for (const char* input :
         {"prior_actions", "context_changes", "interested_parties", "nonconformity_trend", "measurement_results",
          "audit_results", "objectives_status", "feedback", "risk_status", "improvement_options"}) {
      inputs[input] = "as told";
    }
    give(planner, "management-review", review, "confirm_inputs", inputs);
    give(planner, "management-review", review, "hold",
         {{"held_on", "2026-05-28"},
          {"chair", {person(boss).uuid}},
          {"participant", {person(planner).uuid}},
          {"minutes", "Short"},
          {"improvement_decisions", "One"},
          {"system_changes", "None"}});
    for (const char* title : {"Hire a writer", "Buy paper"}) {
      make(planner, "corrective-action", "open",
           {{"title", title}, {"nature", "Decided"}, {"action_owner", owner}, {"review", review}});
    }
    return review;
  }

  /// Everything that timers have to do by now.
  void let_time_pass(std::chrono::hours time) {
    clock.advance(time);
    for (;;) {
      std::vector<DueTimer> due;
      {
        Snapshot at = store->read();
        due = due_timers(at, clock.now(), 100);
      }
      if (due.empty()) return;
      for (const DueTimer& timer : due) REQUIRE(fire_timer(*context, timer));
    }
  }

  Json offered(const char* email, const std::string& review, const std::string& command,
               const std::string& language = "en") {
    Principal who = principal(email);
    who.organisation.language = language;
    const RecordRow row = find(review);
    Snapshot at = store->read();
    auto offers = offers_for(*context, at, who, row, "en");
    REQUIRE(offers);
    for (const Offer& offer : *offers) {
      if (offer.command->name == command) return Json::parse(offer.input()).at("properties");
    }
    throw std::runtime_error(command + " is not told of");
  }

  Json owner;
};

std::string text_of(const Json& properties, const char* field) { return properties.at(field).value("default", ""); }

void holds(const std::string& text, const std::vector<std::string>& lines) {
  INFO(text);
  for (const std::string& line : lines) {
    INFO(line);
    CHECK(("\n" + text + "\n").find("\n" + line + "\n") != std::string::npos);
  }
}

TEST_CASE("the inputs of a management review begin with the figures of its period") {
  ASSAY_EACH_ENGINE(engine);
  Year year(engine);
  const std::string previous = year.held_review();
  const std::string review = year.schedule("2026-05-01", "2026-05-31", previous);
  year.let_time_pass(10 * day);
  year.receive("external_body", "minor", "After the period", "2026-07-01");
  const Json english = year.offered(planner, review, "gather_inputs");
  const std::string trend = text_of(english, "nonconformity_trend");
  CHECK(trend.starts_with("As of 2026-06-07\n"));
  holds(trend, {"Nonconformities issued in the period: 2 (Major: 1, Minor: 1)",
                "Of these by source: 2 (Internal audit: 1, Customer: 1)", "Nonconformities closed in the period: 0",
                "Major nonconformities open now: 1", "Minor nonconformities open now: 2 (Issued: 2)",
                "Open nonconformities whose response is overdue: 1 (Minor: 1)",
                "Corrective actions open now: 2 (Opened: react: 2)", "Overdue corrective actions: 0"});
  CHECK(trend.find("– NC-2026-0001 No policy (Response submitted") != std::string::npos);
  CHECK(trend.find("Smell") == std::string::npos);
  holds(text_of(english, "audit_results"),
        {"Audits completed in the period: 1",
         "– A-2026-001 Operations (Complete): nonconformities 1 (Major: 1); opportunities 1; other findings 2 "
         "(Observation: 1, Strength: 1)",
         "Audits under way: 0"});
  holds(text_of(english, "prior_actions"),
        {"Open actions of the previous review: 2", "– CA-2026-0001 Hire a writer (Opened: react)",
         "Settled actions of the previous review: 0"});
  holds(text_of(english, "feedback"),
        {"Nonconformities from customers, suppliers and external bodies issued in the period: 1 (Customer: 1)"});
  holds(text_of(english, "improvement_options"),
        {"Opportunities recorded in the period: 1 (Recorded: 1)", "– OI-2026-0001 Shorter texts (Recorded)"});
  CHECK_FALSE(english.at("context_changes").contains("default"));

  const Json german = year.offered(planner, review, "confirm_inputs", "de");
  CHECK(text_of(german, "nonconformity_trend").starts_with("Stand 2026-06-07\n"));
  holds(text_of(german, "nonconformity_trend"),
        {"Im Zeitraum ausgesprochene Nichtkonformitäten: 2 (Wesentlich: 1, Untergeordnet: 1)"});
}

TEST_CASE("what the period, the links or the eyes of the person leave out is not counted") {
  Year year("sqlite");
  const std::string later = year.schedule("2026-07-01", "2026-07-31");
  const Json properties = year.offered(planner, later, "gather_inputs");
  holds(text_of(properties, "nonconformity_trend"),
        {"Nonconformities issued in the period: 0", "Major nonconformities open now: 1"});
  holds(text_of(properties, "audit_results"), {"Audits completed in the period: 0"});
  CHECK_FALSE(properties.at("prior_actions").contains("x-prefill"));  // it follows no review

  Principal blind = year.principal(planner);
  blind.reader.whole = {"management-review"};
  const RecordRow row = year.find(later);
  Snapshot at = year.store->read();
  auto offers = offers_for(*year.context, at, blind, row, "en");
  REQUIRE(offers);
  for (const Offer& offer : *offers) {
    if (offer.command->name != "gather_inputs") continue;
    const Json seen = Json::parse(offer.input()).at("properties");
    holds(text_of(seen, "nonconformity_trend"),
          {"Major nonconformities open now: 0", "Minor nonconformities open now: 0"});
  }
}

TEST_CASE("what people have written stays, and what they may not do begins with nothing") {
  Year year("sqlite");
  const std::string review = year.schedule("2026-05-01", "2026-05-31");
  year.give(planner, "management-review", review, "gather_inputs", {{"feedback", "All are content."}});
  const Json confirm = year.offered(planner, review, "confirm_inputs");
  CHECK_FALSE(confirm.at("feedback").contains("default"));
  CHECK(confirm.at("feedback").at("x-prefill").get<std::string>().starts_with("As of 2026-05-28\n"));
  CHECK(confirm.at("nonconformity_trend").contains("default"));
  CHECK_FALSE(year.offered(boss, review, "gather_inputs").at("nonconformity_trend").contains("x-prefill"));
  CHECK_FALSE(year.offered(planner, review, "revise_minutes").contains("nonconformity_trend"));
  // The text that is offered is one that the command takes.
  year.give(planner, "management-review", review, "gather_inputs",
            {{"nonconformity_trend", confirm.at("nonconformity_trend").at("default")}});
  const Json body = Json::parse(year.find(review).body);
  CHECK(body.at("nonconformity_trend") == confirm.at("nonconformity_trend").at("default"));
}

TEST_CASE("long lists are cut, and no text is longer than its field") {
  Year year("sqlite");
  for (int i = 0; i < 60; ++i)
    year.make(stranger, "opportunity", "suggest",
              {{"title", std::string(190, static_cast<char>('a' + i % 26))}, {"description", "x"}});
  const std::string review = year.schedule("2026-05-01", "2026-05-31");
  const std::string text = text_of(year.offered(planner, review, "gather_inputs"), "improvement_options");
  CHECK(text.find("Opportunities open now: 61\n") != std::string::npos);
  CHECK(text.find("\n– and 11 more\n") != std::string::npos);
  CHECK(text.size() <= 20'000);
}

}  // namespace
}  // namespace assay::test::prefill_test
