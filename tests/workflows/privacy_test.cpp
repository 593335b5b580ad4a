// What a privacy request and a legal hold accept and refuse: who judges whom, grounds, periods, and whom nobody erases.
#include "workflows/company.h"

namespace assay::test::privacy_test {
namespace {

using C = Company;

/// The data protection officer is `planner`, another one `lead`, the administrator `verifier`.
void appoint(Company& company) {
  company.facts.give_role(company.planner, "data_protection_officer");
  company.facts.give_role(company.lead, "data_protection_officer");
  company.facts.give_role(company.verifier, "administrator");
}

RecordId request_in(Company& company, const std::string& state) {
  appoint(company);
  return company.facts.add("privacy-request", state,
                           {{"subject", "Everything"},
                            {"kind", "erasure"},
                            {"received_on", "2026-02-20"},
                            {"concerns", company.name(company.owner)},
                            {"identity", "By letter"},
                            {"identity_checked_on", "2026-02-21"},
                            {"extended", false},
                            {"overdue", false}},
                           {}, {{"data_subject", {company.owner}}});
}
RecordId hold_in(Company& company, const std::string& state) {
  appoint(company);
  return company.facts.add("legal-hold", state,
                           {{"matter", "A v. B"},
                            {"concerns", "organisation"},
                            {"custodians", {company.name(company.owner)}},
                            {"review_on", "2027-01-01"}});
}
auto says(const char* field, const Json& value) {
  return [=](Company& company, RecordId id) { company.facts.at(id).body.edit()[field] = value; };
}
void gone(Company& company, RecordId) { company.facts.leave(company.owner); }
auto gone_and(const std::function<void(Company&, RecordId)>& more) {
  return [=](Company& company, RecordId id) {
    gone(company, id);
    more(company, id);
  };
}
void own(Company& company, RecordId id) { company.facts.take_seats(id, "data_subject", {company.planner}); }
void confirmed_by_the_subject(Company& company, RecordId id) {
  company.facts.leave(company.owner);
  company.facts.take_seats(id, "data_subject", {company.owner, company.verifier});
}
void awaited(Company& company, RecordId id) {
  gone(company, id);
  company.nonconformity_in("issued");
}
void on_hold(Company& company, RecordId id) {
  gone(company, id);
  hold_in(company, "in_force");
}
void released(Company& company, RecordId id) {
  gone(company, id);
  hold_in(company, "released");
}
/// The person who has left has another request in that state.
auto asked_as_well(const char* state) {
  return [=](Company& company, RecordId id) {
    gone(company, id);
    request_in(company, state);
  };
}
/// Another one's request is in nobody's way.
void asked_by_another(Company& company, RecordId id) {
  gone(company, id);
  company.facts.at(request_in(company, "restricted")).body.edit()["concerns"] = company.name(company.colleague);
}
Json received(Company& company) {
  appoint(company);
  return {{"subject", "A copy"},
          {"kind", "access"},
          {"received_on", "2026-03-01"},
          {"concerns", company.name(company.owner)}};
}
Json from_outside(Company& company) {
  Json input = received(company);
  input.erase("concerns");
  input["requester"] = "A former visitor";
  return input;
}
Json asked(Company& company) {
  appoint(company);
  return {{"subject", "A copy"}, {"kind", "access"}};
}
Json placed(Company& company) {
  appoint(company);
  return {{"matter", "A v. B"},
          {"ordered_by", "Court"},
          {"grounds", "Witness"},
          {"since", "2026-03-01"},
          {"covers", "Audits of 2025"},
          {"review_on", "2027-03-01"},
          {"custodians", {company.name(company.owner)}}};
}
const Json done{{"measures", "As logged"}, {"answer", "It is done"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may record a privacy request, and make one") {
  try_new("privacy-request", {
      {"anybody for themselves", &C::colleague, "ask", asked, "-> received"},
      {"not under another day", &C::colleague, "ask", received, "invalid /concerns /received_on"},
      {"the officer", &C::planner, "receive", received, "-> received"},
      {"of somebody who has left", &C::planner, "receive", [](Company& c) { Json input = received(c); c.facts.leave(c.owner); return input; }, "-> received"},
      {"of nobody who is known", &C::planner, "receive", [](Company& c) { Json input = received(c); input["concerns"] = c.name(c.stranger); return input; }, "invalid /concerns"},
      {"a colleague for somebody else", &C::colleague, "receive", received, "not_permitted"},
      {"received tomorrow", &C::planner, "receive", [](Company& c) { Json input = received(c); input["received_on"] = "2026-03-03"; return input; }, "unmet not_after.after"},
      {"from outside", &C::planner, "receive_outside", from_outside, "-> received"},
      {"from outside without a name", &C::planner, "receive_outside", [](Company& c) { Json input = from_outside(c); input.erase("requester"); return input; }, "invalid /requester"},
  });
}

TEST_CASE("a privacy request is judged by an officer whose own it is not, in time and with grounds") {
  try_rows({
      {"identity", "received", &C::planner, "check_identity", {{"identity", "Called back"}}, "-> received"},
      {"own identity", "received", &C::planner, "check_identity", {{"identity", "I am I"}}, "unmet actor_not.holds_seat", own},
      {"assessed", "received", &C::planner, "assess", {{"assessment", "Well founded"}}, "-> assessed"},
      {"assessed by a manager", "received", &C::isms, "assess", {{"assessment", "x"}}, "not_permitted"},
      {"assessed unidentified", "received", &C::planner, "assess", {{"assessment", "x"}}, "unmet filled.empty", says("identity_checked_on", nullptr)},
      {"own request", "received", &C::planner, "assess", {{"assessment", "x"}}, "unmet actor_not.holds_seat", own},
      {"refused unidentified", "received", &C::planner, "refuse_unidentified", {{"answer", "Who are you?"}}, "-> refused"},
      {"extended", "received", &C::planner, "extend", {{"extension_reason", "Many systems"}}, "-> received"},
      {"extended without a reason", "received", &C::planner, "extend", {}, "invalid /extension_reason"},
      {"extended twice", "assessed", &C::planner, "extend", {{"extension_reason", "More"}}, "unmet is_not.excluded_value", says("extended", true)},
      {"extended too late", "assessed", &C::planner, "extend", {{"extension_reason", "Late"}}, "unmet not_after.too_late", says("received_on", "2026-01-31")},
      {"refused with a ground", "assessed", &C::planner, "refuse", {{"ground", "legal_claims"}, {"answer", "Court case"}}, "-> refused"},
      {"refused without", "assessed", &C::planner, "refuse", {{"answer", "No"}}, "invalid /ground"},
      {"refused with another ground", "assessed", &C::planner, "refuse", {{"ground", "too_busy"}, {"answer", "No"}}, "invalid /ground"},
      {"fulfilled", "assessed", &C::planner, "fulfil", done, "-> fulfilled", says("kind", "access")},
      {"an erasure fulfilled by words", "assessed", &C::planner, "fulfil", done, "unmet is.other_value"},
      {"restricted", "assessed", &C::planner, "restrict", done, "-> restricted"},
      {"restricted twice", "assessed", &C::planner, "restrict", done, "unmet none_registered.present", asked_as_well("restricted")},
      {"restricted while another is assessed", "assessed", &C::planner, "restrict", done, "-> restricted", asked_as_well("assessed")},
      {"restricted beside another person", "assessed", &C::planner, "restrict", done, "-> restricted", asked_by_another},
      {"access restricted", "assessed", &C::planner, "restrict", done, "unmet is.other_value", says("kind", "access")},
      {"lifted", "restricted", &C::planner, "lift", {{"reason", "Corrected"}, {"informed_on", "2026-03-02"}}, "-> fulfilled"},
      {"lifted before they are told", "restricted", &C::planner, "lift", {{"reason", "Corrected"}, {"informed_on", "2026-03-03"}}, "unmet not_after.after"},
      {"withdrawn", "assessed", &C::owner, "withdraw", {{"reason", "Changed my mind"}}, "-> withdrawn"},
      {"withdrawn by others", "assessed", &C::colleague, "withdraw", {{"reason", "x"}}, "not_permitted"},
      {"judged again", "refused", &C::planner, "fulfil", done, "wrong_state"},
  }, request_in);
}

TEST_CASE("an erasure takes two, and nobody who is here, awaited or on hold") {
  try_rows({
      {"proposed", "assessed", &C::planner, "erase", done, "second", gone},
      {"confirmed", "assessed", &C::planner, "erase", done, "-> erased", gone, &C::verifier},
      {"after a restriction", "restricted", &C::planner, "erase", done, "-> erased", gone, &C::verifier},
      {"confirmed by another officer", "assessed", &C::planner, "erase", done, "not_permitted", gone, &C::lead},
      {"still here", "assessed", &C::planner, "erase", done, "unmet have_left.here", {}, &C::verifier},
      {"still awaited", "assessed", &C::planner, "erase", done, "unmet nothing_awaits.awaited", awaited, &C::verifier},
      {"on hold", "assessed", &C::planner, "erase", done, "unmet none_registered.present", on_hold, &C::verifier},
      {"no longer on hold", "assessed", &C::planner, "erase", done, "-> erased", released, &C::verifier},
      {"over another request", "assessed", &C::planner, "erase", done, "unmet none_registered.present", asked_as_well("received"), &C::verifier},
      {"over one that is assessed", "assessed", &C::planner, "erase", done, "unmet none_registered.present", asked_as_well("assessed"), &C::verifier},
      {"over a restriction", "assessed", &C::planner, "erase", done, "unmet none_registered.present", asked_as_well("restricted"), &C::verifier},
      {"after another was fulfilled", "assessed", &C::planner, "erase", done, "-> erased", asked_as_well("fulfilled"), &C::verifier},
      {"beside another person", "assessed", &C::planner, "erase", done, "-> erased", asked_by_another, &C::verifier},
      {"asked for something else", "assessed", &C::planner, "erase", done, "unmet is.other_value", gone_and(says("kind", "access")), &C::verifier},
      {"confirmed by who is erased", "assessed", &C::planner, "erase", done, "unmet actor_not.second_holds_seat have_left.here", confirmed_by_the_subject, &C::verifier},
      {"by the administrator alone", "assessed", &C::verifier, "erase", done, "not_permitted", gone},
      {"without a word", "assessed", &C::planner, "erase", {}, "invalid /answer /measures", gone},
  }, request_in);
}

TEST_CASE("a legal hold is placed by one and narrowed or released by two") {
  try_new("legal-hold", {
      {"the officer", &C::planner, "place", placed, "-> in_force"},
      {"top management", &C::boss, "place", placed, "-> in_force"},
      {"the administrator", &C::verifier, "place", placed, "not_permitted"},
      {"for who has left", &C::planner, "place", [](Company& c) { Json input = placed(c); c.facts.leave(c.owner); return input; }, "-> in_force"},
      {"from tomorrow on", &C::planner, "place", [](Company& c) { Json input = placed(c); input["since"] = "2026-03-03"; return input; }, "unmet not_after.after"},
      {"never to be reviewed", &C::planner, "place", [](Company& c) { Json input = placed(c); input["review_on"] = "2026-03-02"; return input; }, "unmet after.not_after"},
  });
  const Json review{{"reason", "Settled in part"}, {"review_on", "2027-01-01"}, {"custodians", Json::array()}};
  try_rows({
      {"narrowed by one", "in_force", &C::planner, "review", review, "second"},
      {"narrowed by two", "in_force", &C::planner, "review", review, "-> in_force", {}, &C::boss},
      {"released by one", "in_force", &C::boss, "release", {{"release_reason", "Settled"}}, "second"},
      {"released by two", "in_force", &C::boss, "release", {{"release_reason", "Settled"}}, "-> released", {}, &C::verifier},
      {"released by one alone", "in_force", &C::planner, "release", {{"release_reason", "Settled"}}, "not_permitted", {}, &C::planner},
      {"released by a colleague", "in_force", &C::colleague, "release", {{"release_reason", "x"}}, "not_permitted"},
      {"released without a reason", "in_force", &C::boss, "release", {}, "invalid /release_reason"},
      {"placed no more", "released", &C::boss, "release", {{"release_reason", "x"}}, "wrong_state"},
  }, hold_in);
}

TEST_CASE("a request is due a month after it came, or three when that was told, on days that a month has") {
  struct Case { const char* received; bool extended; const char* due; };
  for (const Case& one : {Case{"2026-01-31", false, "2026-02-28"}, Case{"2026-02-20", false, "2026-03-20"}, Case{"2026-02-28", true, "2026-05-28"}}) {
    INFO(one.received);
    Company company;
    appoint(company);
    REQUIRE(company.make(company.planner, "privacy-request", "receive", {{"subject", "A copy"}, {"kind", "access"}, {"received_on", one.received}, {"concerns", company.name(company.owner)}}).has_value());
    const RecordId id = company.last;
    if (one.extended) take(company, id, {company.planner, "extend", {{"extension_reason", "Many systems"}}, "received"});
    CHECK(to_text(company.facts.timers(id).at("answer").day) == one.due);
    take(company, id, {company.planner, "check_identity", {{"identity", "Called back"}}, "received"});
    take(company, id, {company.planner, "assess", {{"assessment", "Fine"}}, "assessed"});
    take(company, id, {company.planner, "fulfil", done, "fulfilled"});
    CHECK(company.facts.timers(id).empty());
  }
}

}  // namespace
}  // namespace assay::test::privacy_test
