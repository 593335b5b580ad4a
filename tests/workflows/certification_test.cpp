// The status and cycle of a certification: what only a decision changes, what time does, and what the client may do.
#include "domain/timers.h"
#include "workflows/certifier.h"

namespace assay::test::certification_test {
namespace {

using B = Certifier;

RecordId certification(Certifier& body, const std::string& state) { return body.certification_in(state); }
auto expired_on(const char* day) {
  return [day](Certifier& body, RecordId id) { body.facts.at(id).body.edit()["expired_on"] = day; };
}
void give_evidence(Certifier& body, RecordId id) { body.facts.add_evidence(id, body.now.at); }
auto consulted(PersonId B::* who) {
  return [who](Certifier& body, RecordId id) {
    give_evidence(body, id);
    body.interest(body.*who, "consultancy", "2024-06-30");
  };
}
RecordId stranger(Certifier& body) { return body.facts.add("client", "contracted", {{"name", "Other"}}); }
const Json because{{"reason", "We give it up"}};

/// The due day of a running timer.
std::string due(Certifier& body, RecordId id, const char* timer) {
  return to_text(body.facts.timers(id).at(timer).day);
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("nobody changes the status of a certification but a decision, the client and time") {
  try_cases({
      {"granted by hand", "pending", &B::manager, "grant", {}, "not_permitted"},
      {"granted by a decision maker", "pending", &B::decider, "grant", {}, "not_permitted"},
      {"suspended by hand", "active", &B::decider, "suspend", {}, "not_permitted"},
      {"withdrawn by hand", "active", &B::decider, "withdraw", {}, "not_permitted"},
      {"restored by hand", "expired", &B::decider, "restore_expired", {}, "not_permitted"},
      {"resumed by hand", "restored", &B::registrar, "resume", {}, "not_permitted"},
      {"expired by hand", "active", &B::manager, "expire", {}, "not_permitted"},
      {"surrendered by the client", "active", &B::customer, "surrender", because, "-> surrendered"},
      {"surrendered while suspended", "suspended", &B::customer, "surrender", because, "-> surrendered"},
      {"surrendered after expiry", "expired", &B::customer, "surrender", because, "wrong_state"},
      {"surrendered by the body", "active", &B::manager, "surrender", because, "not_permitted"},
      {"the client's letter", "active", &B::manager, "record_surrender", because, "-> surrendered", give_evidence},
      {"the client's word only", "active", &B::manager, "record_surrender", because, "unmet has_evidence.no_evidence"},
      {"transferred out", "active", &B::manager, "transfer_out", {{"transferred_to", "Other body"}, {"transferred_on", "2026-03-01"}}, "-> transferred_out", give_evidence},
      {"transferred out tomorrow", "active", &B::manager, "transfer_out", {{"transferred_to", "Other body"}, {"transferred_on", "2026-03-03"}}, "unmet not_after.after", give_evidence},
      {"transferred out while suspended", "suspended", &B::manager, "transfer_out", {{"transferred_to", "Other body"}, {"transferred_on", "2026-03-01"}}, "wrong_state", give_evidence},
      {"transferred out by who consulted for the client", "active", &B::manager, "transfer_out", {{"transferred_to", "Other body"}, {"transferred_on", "2026-03-01"}}, "unmet none_registered.actor_present", consulted(&B::manager)},
      {"a longer suspension, by who consulted for the client", "suspended", &B::manager, "extend_suspension", {{"suspended_until", "2026-04-30"}, {"reason", "x"}}, "unmet none_registered.actor_present", consulted(&B::manager), &B::decider},
      {"a longer suspension, confirmed by who consulted for the client", "suspended", &B::manager, "extend_suspension", {{"suspended_until", "2026-04-30"}, {"reason", "x"}}, "unmet none_registered.second_present", consulted(&B::decider), &B::decider},
      {"a longer suspension, by one", "suspended", &B::manager, "extend_suspension", {{"suspended_until", "2026-04-30"}, {"reason", "x"}}, "second"},
      {"a longer suspension", "suspended", &B::manager, "extend_suspension", {{"suspended_until", "2026-04-30"}, {"reason", "x"}}, "-> suspended", {}, &B::decider},
      {"a suspension beyond the expiry", "suspended", &B::manager, "extend_suspension", {{"suspended_until", "2026-05-02"}, {"reason", "x"}}, "unmet not_after.after", {}, &B::decider},
      {"lapsed on the last day of six months", "expired", &B::manager, "lapse", {}, "unmet after.too_early", expired_on("2025-09-02")},
      {"lapsed a day later", "expired", &B::manager, "lapse", {}, "-> lapsed", expired_on("2025-09-01")},
  }, certification);
}

TEST_CASE("a certification is registered below an approved programme and within it") {
  const auto input = [](Certifier& body) {
    return Json{{"client", body.name(body.client)}, {"programme", body.name(body.programme)}, {"title", "Nordwerk 27001"}, {"scheme", "iso_27001"},
                {"standard", "ISO/IEC 27001:2022"}, {"scope", "Software"}, {"sites", body.sites}, {"areas", body.areas}};
  };
  try_new_cases("certification", {
      {"by the certification manager", &B::manager, "register", input, "-> pending"},
      {"by the client", &B::customer, "register", input, "not_permitted"},
      {"while the programme is a draft", &B::manager, "register", [&](Certifier& body) { body.facts.at(body.programme).state = "draft"; return input(body); }, "unmet linked_all.open"},
      {"below the programme of another client", &B::manager, "register",
       [&](Certifier& body) {
         Json more = input(body);
         more["programme"] = body.name(body.facts.add("certification-programme", "running", {{"title", "Other"}, {"scheme", "iso_27001"}, {"sites", body.sites}, {"areas", body.areas}}, {{"client", stranger(body)}}));
         return more;
       }, "unmet linked_among.elsewhere"},
      {"after the one of another client", &B::manager, "register",
       [&](Certifier& body) {
         Json more = input(body);
         more["previous"] = body.name(body.facts.add("certification", "lapsed", {{"title", "Other"}}, {{"client", stranger(body)}}));
         return more;
       }, "unmet linked_among.elsewhere"},
      {"after the one before", &B::manager, "register", [&](Certifier& body) { Json more = input(body); more["previous"] = body.name(body.certification_in("lapsed")); return more; }, "-> pending"},
      {"with a site outside of the programme", &B::manager, "register", [&](Certifier& body) { Json more = input(body); more["sites"] = {"Bremen"}; return more; }, "unmet within.beyond"},
  });
}

TEST_CASE("time alone ends the validity, flags the rest and opens a case") {
  Certifier body;
  const RecordId id = body.certification_in("active");
  steps(body, body.by_timer(), id, "expire", {}, "expired");
  CHECK(body.facts.at(id).body->at("expired_on") == "2026-05-01");
  CHECK(due(body, id, "restore_limit") == "2026-11-01");
  CHECK(!body.facts.timers(id).contains("expiry"));
  steps(body, body.by_timer(), id, "note_restore_over", {}, "expired");
  CHECK(body.facts.at(id).body->at("restore_limit_over") == true);

  Certifier other;
  const RecordId suspended = other.certification_in("suspended");
  steps(other, other.by_timer(), suspended, "note_suspension_over", {}, "suspended");
  CHECK(other.facts.at(suspended).body->at("suspension_overdue") == true);
  const auto cases = other.facts.linked(suspended, "decisions");
  REQUIRE(cases.size() == 1);
  CHECK(other.state(cases.front()) == "awaiting_package");
  CHECK(other.facts.at(cases.front()).body->at("kind") == "withdrawal_case");
  CHECK(other.facts.linked(cases.front(), "programme") == std::vector{other.programme});
}

TEST_CASE("a major of a certified client that goes late opens one case, which somebody decides or drops") {
  Certifier body;
  const RecordId id = body.certification_in("active");
  const auto late = [&] {
    const RecordId major = body.nonconformity("major", "plan_accepted");
    steps(body, body.by_timer(), major, "note_suspension_case", {}, "plan_accepted");
  };
  late();
  late();
  const auto cases = body.facts.linked(id, "decisions");
  REQUIRE(cases.size() == 1);
  CHECK(body.state(id) == "active");
  CHECK(body.state(cases.front()) == "awaiting_package");
  CHECK(body.facts.at(cases.front()).body->at("kind") == "suspension_case");
  steps(body, {body.manager, body.decider}, cases.front(), "cancel", {{"reason", "Verified meanwhile"}}, "cancelled");
  CHECK(body.facts.at(id).body->at("suspension_case") == false);
  late();
  CHECK(body.facts.linked(id, "decisions").size() == 2);
}

TEST_CASE("every state that may be valid runs towards its expiry") {
  for (const char* state : {"active", "suspended", "scope_reduced", "restored"}) {
    INFO(state);
    Certifier body;
    const RecordId id = body.certification_in(state);
    CHECK(runs(body.facts.at(id).definition->timers.at("expiry"), state, *body.facts.at(id).body));
    CHECK(answer(body.ask(body.by_timer(), id, "expire")) == "-> expired");
  }
}

TEST_CASE("a suspension is decided, lifted, and leaves no deadline behind") {
  Certifier body;
  const Json why{{"decision_reason", "A major is late"}};
  const RecordId decision = body.decision_in("ready", "suspension_case", "active");
  const RecordId id = body.certification;
  steps(body, {body.decider}, decision, "suspend", why, "decided");
  REQUIRE(body.state(id) == "suspended");
  CHECK(body.facts.at(id).body->at("suspension_reason") == "A major is late");
  CHECK(due(body, id, "suspension_limit") == "2026-09-02");
  body.facts.at(decision).state = "ready";
  body.facts.at(decision).body.edit().erase("outcome");
  steps(body, {body.decider}, decision, "restore", why, "decided");
  CHECK(body.state(id) == "active");
  CHECK(!body.facts.timers(id).contains("suspension_limit"));
  CHECK(!body.facts.at(id).body->contains("suspended_on"));
}

TEST_CASE("a deadline in working days passes over the holidays of the organisation") {
  using Days = std::vector<const char*>;
  const auto [holidays, expected] = GENERATE(table<Days, std::string>({
      {Days{}, "2026-03-09"},
      {Days{"2026-03-04"}, "2026-03-10"},
      {Days{"2026-03-04", "2026-03-07", "2026-03-09"}, "2026-03-11"},  // the second is a Saturday
      {Days{"2026-03-02", "2026-03-10"}, "2026-03-09"},
  }));
  Certifier body;
  std::vector<Date> days;
  for (const char* day : holidays) days.push_back(parse_date(day).value());
  body.now.calendar = Calendar(days);
  const RecordId decision = body.decision_in("ready", "suspension_case", "active");
  steps(body, {body.decider}, decision, "suspend", {{"decision_reason", "A major is late"}}, "decided");
  CHECK(due(body, decision, "notification_due") == expected);
}

}  // namespace
}  // namespace assay::test::certification_test
