// Sites that a programme has sampled: they are planned and audited before a certificate, and stand for the others.
#include <catch2/catch_all.hpp>

#include "workflows/certifier.h"

namespace assay::test::sampling_test {
namespace {

/// A client with a central function, two groups of shops and a depot that bears too much risk to be sampled.
struct Sampled : Certifier {
  Sampled() {
    sites = {"Kiel", "Depot"};
    Json rows = {{{"site", "Depot"}, {"group", "Shops"}, {"eligible", false}}};
    for (int i = 1; i <= 23; ++i) {
      const std::string site = fmt::format("Shop {:02}", i);
      sites.push_back(site);
      rows.push_back({{"site", site}, {"group", "Shops"}});
    }
    facts.at(programme).body.edit()["sites"] = sites;
    draw = {{"sampled_audit", "initial"},
            {"system_effective", false},
            {"central_function", "Kiel"},
            {"grouped_sites", std::move(rows)},
            {"justification", "Stage 2"}};
  }

  void sample(const char* kind) {
    Json input = draw;
    input["sampled_audit"] = kind;
    steps(*this, Actor{planner, manager}, programme, "resample_sites", input, facts.at(programme).state);
  }
  /// The central function and the shops that were drawn last.
  Json drawn() const { return facts.record(programme)->body->at("sampled_sites"); }
  /// What the audit has to visit: what was drawn, and the depot.
  Json to_visit() const {
    Json visited = drawn();
    visited.push_back("Depot");
    return visited;
  }
  /// What a decision that rests on an audit of these sites is told, with its values.
  std::string decided(const char* command, const Json& visited) {
    facts.at(audit).body.edit()["sites"] = visited;
    freeze();
    const auto made = ask(decider, decision, command, {{"decision_reason", "Sound"}, {"effective_on", "2026-03-02"}});
    if (made) return "";
    std::string told;
    for (const UnmetGuard& one : made.error().unmet) told += one.guard + "." + one.code + ": " + one.detail + "\n";
    return told.empty() ? text_of(made.error()) : told;
  }
  Json planned(const Json& visited) const {
    return {{"programme", name(programme)},
            {"title", "Audit"},
            {"objectives", "Conformity"},
            {"scope", "Shops"},
            {"areas", areas},
            {"sites", visited},
            {"criteria", {"ISO 27001"}},
            {"planned_from", "2026-03-02"},
            {"planned_to", "2026-03-04"},
            {"planned_days", 9}};
  }

  Json draw;
};

Json without(Json list, const Json& value) {
  list.erase(std::find(list.begin(), list.end(), value));
  return list;
}

TEST_CASE("a sampled client is granted when the sample was visited, and no site escapes", "[certification][sampling]") {
  Sampled body;
  body.sample("initial");
  REQUIRE(body.drawn().size() == 1 + 5);  // the root of 23, rounded up
  const RecordId stage1 = body.audit_of("stage1");
  const auto plan = [&](const Json& visited, Json more = Json::object()) {
    Json input = body.planned(visited);
    input.update({{"stage1", body.name(stage1)}});
    input.update(more);
    return answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan_stage2", input));
  };
  const Json all = body.to_visit(), missed = body.drawn().back();
  CHECK(plan(all) == "-> planned");
  CHECK(plan(body.drawn()) == "-> planned");  // the depot may be visited in an audit of its own
  CHECK(plan(without(all, missed)) == "unmet sample_planned.left_out");
  CHECK(plan(without(all, missed), {{"sampling_reason", "Visited in a second audit"}}) == "-> planned");

  body.decision_in("ready");
  CHECK(body.decided("grant", all) == "");
  const std::string shop = missed.get<std::string>();
  CHECK(body.decided("grant", without(all, missed)) ==
        "sites_audited.sample_missed: " + shop + " was sampled and has not been audited.\n");
  CHECK(body.decided("grant", without(all, "Kiel")) ==
        "sites_audited.sample_missed: Kiel was sampled and has not been audited.\n");
  CHECK(body.decided("grant", body.drawn()) ==
        "sites_audited.not_audited: Sites: Depot has not been audited, and no sample stands for it.\n");

  // A sampled site that the decision leaves out has to be audited all the same.
  body.facts.at(body.decision).body.edit()["sites"] = without(body.sites, missed);
  CHECK(body.decided("grant", without(all, missed)) ==
        "sites_audited.sample_missed: " + shop + " was sampled and has not been audited.\n");
  // A major at any site holds up all of them.
  const RecordId major = body.nonconformity("major", "issued");
  CHECK(body.decided("grant", all).starts_with("linked_all.open: "));
  body.facts.at(major).state = "closed";
  CHECK(body.decided("grant", all) == "");

  // A site that came after the draw is in no group.
  body.facts.at(body.decision).body.edit()["sites"].push_back("Oslo");
  CHECK(body.decided("grant", all) ==
        "sites_audited.not_audited: Sites: Oslo has not been audited, and no sample stands for it.\n");
}

TEST_CASE("where sites are sampled, each audit of the cycle has a sample of its own", "[certification][sampling]") {
  Sampled body;
  const auto plan = [&](Json more = Json::object()) {
    Json input = body.planned({"Kiel"});
    input["purpose"] = "surveillance";
    input.update(more);
    return answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan", input));
  };
  CHECK(plan() == "-> planned");  // nobody samples here
  body.sample("initial");
  CHECK(plan() == "unmet sample_planned.not_drawn");
  CHECK(plan({{"sampling_reason", "All sites are visited"}}) == "-> planned");
  CHECK(plan({{"purpose", "follow_up"}}) == "-> planned");
  body.sample("surveillance");
  CHECK(body.drawn().at(0) == "Kiel");  // the central function, each year
  CHECK(plan() == "unmet sample_planned.left_out");
  CHECK(plan({{"sites", body.drawn()}}) == "-> planned");
  // The next year's draws its own.
  body.facts.at(body.programme).body.edit()["last_surveillance_on"] = "2026-03-03";
  CHECK(plan({{"sites", body.drawn()}}) == "unmet sample_planned.not_drawn");
}

TEST_CASE("a sample counts for its kind of audit and its cycle", "[certification][sampling]") {
  const auto first_unvisited = [](Sampled& body) {
    const std::string told = body.decided("renew", body.to_visit());
    return told.substr(0, told.find(':'));
  };
  const auto renewing = [](Sampled& body) {
    body.audit = body.audit_of("recertification");
    body.decision_in("ready", "recertification", "active");
  };
  Sampled other_kind;
  other_kind.sample("initial");
  renewing(other_kind);
  CHECK(first_unvisited(other_kind) == "sites_audited.not_audited");

  const auto cycles_from = [](Sampled& body, const std::vector<const char*>& days) {
    Json& programme = body.facts.at(body.programme).body.edit();
    for (const char* day : days) {
      programme["cycles"].push_back({{"cycle_from", day}});
      programme["cycle_from"] = day;
    }
  };
  Sampled same;
  cycles_from(same, {"2023-03-02"});
  same.sample("recertification");
  renewing(same);
  CHECK(same.decided("renew", same.to_visit()) == "");

  Sampled before;
  before.sample("recertification");
  cycles_from(before, {"2023-03-02", "2026-03-03"});
  renewing(before);
  before.facts.at(before.audit).body.edit()["last_audit_day"] = "2026-03-04";
  CHECK(first_unvisited(before) == "sites_audited.not_audited");

  // Two certifications of one programme are renewed on one audit: the first renewal has begun the next cycle.
  Sampled joint;
  joint.sample("recertification");
  cycles_from(joint, {"2023-03-02", "2026-03-03"});
  renewing(joint);
  CHECK(joint.decided("renew", joint.to_visit()) == "");

  // The last draw counts, not the kindest.
  Sampled again;
  again.sample("recertification");
  const Json first = again.to_visit();
  again.draw["system_effective"] = true;
  again.sample("recertification");
  renewing(again);
  CHECK(again.decided("renew", again.to_visit()) == "");
  const auto in_both = [&](const Json& site) { return std::find(first.begin(), first.end(), site) != first.end(); };
  const Json last = again.drawn();
  CHECK((again.decided("renew", first) == "") == std::all_of(last.begin(), last.end(), in_both));

  // Where sampling is not allowed, every site is drawn for a recertification.
  Sampled barred;
  barred.draw["no_sampling"] = {"Shops"};
  barred.sample("recertification");
  renewing(barred);
  CHECK(barred.drawn().size() == 1 + 23);
  CHECK(barred.decided("renew", barred.sites) == "");
  CHECK(barred.decided("renew", without(barred.sites, "Shop 07")) ==
        "sites_audited.sample_missed: Shop 07 was sampled and has not been audited.\n");
}

TEST_CASE("a plan has what was sampled for each of its purposes, or says why not", "[certification][sampling]") {
  struct Row {
    const char* what;
    Json more;
    const char* expected;
  };
  for (const Row& row :
       {Row{"a surveillance", {{"purpose", "surveillance"}}, "unmet sample_planned.left_out"},
        Row{"as a further purpose",
            {{"purpose", "transition"}, {"further_purposes", {"surveillance"}}},
            "unmet sample_planned.left_out"},
        Row{"another purpose", {{"purpose", "transition"}}, "-> planned"},
        Row{"with a reason", {{"purpose", "surveillance"}, {"sampling_reason", "Closed for works"}}, "-> planned"}}) {
    Sampled body;
    body.facts.at(body.programme).state = "running";
    body.sample("surveillance");
    Json input = body.planned({"Kiel"});
    input.update(row.more);
    INFO(row.what);
    CHECK(answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan", input)) == row.expected);
    input["sites"] = body.drawn();
    CHECK(answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan", input)) == "-> planned");
  }

  // Neither the plan nor its revision leaves out what the planning had.
  Sampled body;
  body.facts.at(body.programme).state = "running";
  body.sample("surveillance");
  const RecordId audit = body.audit_of("surveillance", "fieldwork");
  body.facts.at(audit).body.edit().update(
      {{"sites", body.drawn()}, {"planned_from", "2026-03-02"}, {"planned_to", "2026-03-04"}});
  const Json fewer = without(body.drawn(), body.drawn().back());
  CHECK(answer(body.ask(body.lead, audit, "revise_plan", {{"sites", fewer}, {"reason", "Flood"}})) ==
        "unmet sample_planned.left_out");
  CHECK(answer(body.ask(body.lead, audit, "revise_plan",
                        {{"sites", fewer}, {"reason", "Flood"}, {"sampling_reason", "Under water"}})) ==
        "-> fieldwork");
}

}  // namespace
}  // namespace assay::test::sampling_test
