// Checklist items and evidence of an audit under way: who answers what, what stays in the plan, and what the log says.
#include "commands/catalogue_move.h"
#include "commands/checklist_inputs.h"
#include "commands/chosen_catalogues.h"
#include "commands/fieldwork.h"
#include "ledger/digest.h"
#include "storage/connection.h"

namespace assay::test::items_test {
namespace {

constexpr const char* own_area = "not_own_area.own_area";

TEST_CASE("whoever answers is compared with the item, to whomever it is assigned") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  REQUIRE(work.plan("A.5.1-q1", lead));
  REQUIRE(work.plan("A.8.13-q1", auditor));
  REQUIRE(work.plan("A.8.13-q2", auditor));
  work.answers_for(lead, {"item:A.8.13-q1"});
  work.into_the_field();
  CHECK(said(work.answer(lead, "A.8.13-q1")) == own_area);
  CHECK(said(work.answer(lead, "A.8.13-q2")) == "granted");
  CHECK(said(work.answer(lead, "A.5.1-q1")) == "granted");
  CHECK(said(work.answer(auditee, "A.5.1-q1")) != "granted");
  CHECK(work.item("A.8.13-q2").answered_by_uuid == work.names.at(lead));
  CHECK(work.item("A.8.13-q2").auditor_uuid == work.names.at(auditor));
  // Responsible afterwards: the answer is compared too, not only the assignment.
  REQUIRE(said(work.answer(auditor, "A.8.13-q1")) == "granted");
  work.answers_for(lead, {"item:A.8.13-q2"});
  const Principal who = work.principal(lead);
  const auto concluded = command_record(*work.context, Call{who, work.version(work.audit)},
                                        {"audit", work.audit, "conclude", {{"conclusions", "Well"}}});
  CHECK(said(concluded) == own_area);
  check_replay(*work.store);
}

TEST_CASE("the report names who answered, and to whom the item was assigned") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  REQUIRE(work.plan("A.8.13-q2", auditor));
  work.into_the_field();
  REQUIRE(said(work.answer(lead, "A.8.13-q1")) == "granted");
  const Json questions = work.report().at("catalogues").at(0).at("items").at(1).at("questions");
  const Json answered = questions.at(0).at("answers").at(0), open = questions.at(1).at("answers").at(0);
  CHECK(answered.at("auditor") == work.principal(lead).person.name);
  CHECK(answered.at("assigned_to") == work.principal(auditor).person.name);
  CHECK(open.at("auditor") == work.principal(auditor).person.name);
  CHECK(!open.contains("assigned_to"));
}

/// The small catalogue as it might be next: of its three questions one stays, one changes and one goes, and one comes.
OfferedCatalogue next_catalogue() {
  OfferedCatalogue next = small_catalogue();
  Json content = Json::parse(next.text);
  content["version"] = "2.0.0";
  content["items"][1]["questions"] = {{{"id", "A.8.13-q1"}, {"question", "Is it really so?"}},
                                      {{"id", "A.8.13-q3"}, {"question", "Since when?"}}};
  next.text = canonical(content);
  next.hash = sha256_hex(next.text);
  next.version = "2.0.0";
  next.plugin_version = "1.1.0";
  next.package_hash = std::string(64, 'b');
  return next;
}

TEST_CASE("whoever chooses a catalogue is given the numbers of the items with the attribute that the field names") {
  Fieldwork work;
  OfferedCatalogue offered = small_catalogue();
  Json content = Json::parse(offered.text);
  const auto add = [&](const char* id, const char* clause, Json attributes) {
    content["items"].push_back({{"id", id}, {"group", "a"}, {"clause", clause}, {"attributes", std::move(attributes)}});
  };
  add("b2", "B.2", {{"control_type", {"preventive"}}});
  add("b1", "B.1", {{"control_type", Json::array()}, {"kind", {"x"}}});
  add("b2-again", "B.2", {{"control_type", {"corrective"}}});
  add("b3", "B.3", {{"kind", {"x"}}});
  offered.text = canonical(content);
  const auto set = work.store->workflow_set(work.find(work.audit).workflow_set);
  const auto input = [&](const char* type, const char* command) {
    return input_of(offered, set->types.at(type), command);
  };
  const Json told = input("statement-of-applicability", "select_catalogue");
  CHECK(told.at("catalogue_controls") == Json{"B.2", "B.1"});
  CHECK(told.at("package_hash") == offered.package_hash);
  CHECK(!input("statement-of-applicability", "approve").contains("catalogue_controls"));
  CHECK(!input("audit", "select_catalogue").contains("catalogue_controls"));
  CHECK(input("audit", "select_catalogue").at("catalogue_id") == "small");
}

TEST_CASE("a move to a newer catalogue keeps every answer, has those of changed questions reviewed, and is replayed") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  for (const char* question : {"A.5.1-q1", "A.8.13-q1", "A.8.13-q2"}) REQUIRE(work.plan(question, auditor));
  work.into_the_field();
  for (const char* question : {"A.5.1-q1", "A.8.13-q1", "A.8.13-q2"})
    REQUIRE(said(work.answer(auditor, question)) == "granted");
  const auto pins = [&](char package) {
    Snapshot at = work.store->read();
    return count_pins(at, std::string(64, package));
  };
  const auto answered_by = work.item("A.8.13-q1").answered_by_uuid;
  const OfferedCatalogue next = next_catalogue();
  const auto move = [&](const OfferedCatalogue& to, const std::string& accepted) {
    const Principal who = work.principal(lead);
    return move_catalogue(*work.context, work.catalogues, Call{who, work.version(work.audit)}, work.audit, to,
                          accepted);
  };
  CHECK(pins('a') == 1);
  CHECK(said(move(next, small_catalogue().hash)) != "granted");
  CHECK(said(move(small_catalogue(), small_catalogue().hash)) != "granted");
  OfferedCatalogue german = small_catalogue("de");
  CHECK(said(move(german, german.hash)) != "granted");
  REQUIRE(said(move(next, next.hash)) == "granted");
  CHECK(pins('a') == 0);
  CHECK(pins('b') == 1);

  const ItemRow kept = work.item("A.5.1-q1"), changed = work.item("A.8.13-q1"), gone = work.item("A.8.13-q2");
  CHECK(kept.status == "answered");
  CHECK(kept.catalogue == next.hash);
  CHECK(changed.status == "review");
  CHECK(changed.catalogue == next.hash);
  CHECK(gone.status == "answered");
  CHECK(gone.catalogue == small_catalogue().hash);
  for (const ItemRow* row : {&kept, &changed, &gone}) {
    CHECK(row->result == "conforms");
    CHECK(row->answered_by_uuid == answered_by);
  }
  {
    Snapshot at = work.store->read();
    const auto waiting = open_items_of(at, work.find(work.audit).id, *changed.auditor);
    REQUIRE(waiting.size() == 1);
    CHECK(waiting.front().question == "A.8.13-q1");
  }
  const auto conclude = [&] {
    const Principal who = work.principal(lead);
    return command_record(*work.context, Call{who, work.version(work.audit)},
                          {"audit", work.audit, "conclude", {{"conclusions", "Well"}, {"effectiveness", "Works"}}});
  };
  CHECK(said(conclude()).starts_with("items_answered"));
  // Back again: what went is there again and as it was answered.
  REQUIRE(said(work.answer(auditor, "A.8.13-q1")) == "granted");
  REQUIRE(said(move(small_catalogue(), small_catalogue().hash)) == "granted");
  CHECK(work.item("A.8.13-q2").status == "answered");
  CHECK(work.item("A.8.13-q1").status == "review");
  check_replay(*work.store);
}

TEST_CASE("a planned item needs an auditor before the plan is issued") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1"));
  const Principal who = work.principal(lead);
  const auto issued = command_record(*work.context, Call{who, work.version(work.audit)},
                                     {"audit",
                                      work.audit,
                                      "issue_plan",
                                      {{"sessions", Json::array({{{"auditor", work.names.at(lead)},
                                                                  {"topics", "All"},
                                                                  {"starts", "2026-05-28T08:00:00Z"},
                                                                  {"ends", "2026-05-28T09:00:00Z"},
                                                                  {"zone", "Europe/Berlin"},
                                                                  {"mode", "on_site"}}})}}});
  CHECK(said(issued) == "items_assigned.unassigned");
}

TEST_CASE("an answer stays with who gave it when the item is planned anew") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  REQUIRE(said(work.answer(auditor, "A.8.13-q1")) == "granted");
  const ItemRow before = work.item("A.8.13-q1");
  work.clock.advance(std::chrono::minutes(5));
  REQUIRE(work.plan("A.8.13-q1", lead));
  const ItemRow after = work.item("A.8.13-q1");
  CHECK(after.auditor_uuid == work.names.at(lead));
  CHECK(after.answered_by_uuid == work.names.at(auditor));
  CHECK(after.answered_at == before.answered_at);
  CHECK(after.result == "conforms");
  check_replay(*work.store);
}

TEST_CASE("an item to which evidence refers stays in the plan, also when the evidence is withdrawn") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  REQUIRE(work.plan("A.8.13-q1", auditor));
  REQUIRE(work.plan("A.8.13-q2", auditor));
  const auto evidence = work.attach(auditor, work.item("A.8.13-q1").uuid);
  REQUIRE(evidence);
  CHECK(said(work.drop(lead, "A.8.13-q1")) == "evidence refers to the item, which stays in the plan");
  REQUIRE(said(work.withdraw(auditor, evidence->uuid)) == "granted");
  CHECK(said(work.drop(lead, "A.8.13-q1")) == "evidence refers to the item, which stays in the plan");
  CHECK(said(work.drop(lead, "A.8.13-q2")) == "granted");
  check_replay(*work.store);
}

TEST_CASE("attaching evidence to an item and dropping the item exclude each other") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  REQUIRE(work.plan("A.8.13-q1", auditor));
  const auto evidence_version = [&] {
    Snapshot at = work.store->read();
    return at.connection().value<std::int64_t>("SELECT items FROM record_version WHERE record = :id",
                                               with("id", work.find(work.audit).id));
  };
  Snapshot at = work.store->read();
  StoredFacts facts(*work.store, at);
  (void)facts.items(work.find(work.audit).id);
  const auto read = facts.dependencies();
  REQUIRE(read.size() == 1);
  CHECK(read.front().version == evidence_version());
  REQUIRE(work.drop(lead, "A.8.13-q1"));
  CHECK(read.front().version != evidence_version());
}

TEST_CASE("items leave a draft freely, an issued plan by the lead auditor with a reason only") {
  Fieldwork work;
  for (const char* question : {"A.5.1-q1", "A.8.13-q1", "A.8.13-q2"}) REQUIRE(work.plan(question, auditor));
  CHECK(said(work.drop(auditor, "A.5.1-q1")) == "granted");
  work.into_the_field();
  CHECK(work.drop(auditor, "A.8.13-q1", "too long").error().reason == Reason::not_permitted);
  CHECK(work.drop(lead, "A.8.13-q1").error().reason == Reason::invalid);
  CHECK(said(work.drop(lead, "A.8.13-q1", "moved to the next audit")) == "granted");
  const Json facts = work.last_event("audit.item_dropped");
  CHECK(facts.at("said") == Json{{"reason", "moved to the next audit"}});
  CHECK(facts.at("question") == "A.8.13-q1");
  check_replay(*work.store);
}

TEST_CASE("a catalogue is chosen while no item is planned") {
  Fieldwork work;
  CHECK(said(work.select(small_catalogue("de"))) == "granted");
  REQUIRE(work.plan("A.8.13-q1", auditor));
  CHECK(said(work.select(small_catalogue())) == "no_item_planned.planned");
  REQUIRE(work.drop(lead, "A.8.13-q1"));
  CHECK(said(work.select(small_catalogue())) == "granted");
}

TEST_CASE("what is scored has its catalogues in the order in which a report has them") {
  Fieldwork work;
  const std::pair<const char*, OfferedCatalogue> planned[] = {{"A.8.13-q1", small_catalogue("de")},
                                                              {"A.5.1-q1", small_catalogue("fr")}};
  for (const auto& [question, other] : planned) {
    REQUIRE(work.plan(question, auditor));
    REQUIRE(work.store->write([&, &asked = question, &offered = other](Connection& to) {
      put_catalogue(to, offered.hash, offered.text);
      to.run("UPDATE item SET catalogue = :hash WHERE question = :question", with("hash", offered.hash),
             with("question", std::string_view(asked)));
    }));
  }
  const Json report = work.report();
  std::vector<std::string> shown, scored;
  for (const Json& catalogue : report.at("catalogues")) shown.push_back(catalogue.at("hash"));
  const RecordRow row = work.find(work.audit);
  Snapshot at = work.store->read();
  for (const Json& input : scoring_inputs(work.catalogues, at, row, "en"))
    scored.push_back(input.at("catalogue").at("hash"));
  CHECK(scored == std::vector{small_catalogue().hash, planned[0].second.hash, planned[1].second.hash});
  CHECK(scored == shown);
}

TEST_CASE("a report shows every catalogue that items name") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  const OfferedCatalogue other = small_catalogue("de");
  REQUIRE(work.store->write([&](Connection& to) {
    put_catalogue(to, other.hash, other.text);
    to.run("UPDATE item SET catalogue = :hash", with("hash", other.hash));
  }));
  const Json catalogues = work.report().at("catalogues");
  REQUIRE(catalogues.size() == 2);
  CHECK(catalogues.at(0).at("coverage").at("planned") == 0);
  CHECK(catalogues.at(1).at("hash") == other.hash);
  CHECK(catalogues.at(1).at("coverage").at("planned") == 1);
  CHECK(!catalogues.at(1).contains("plugin"));
}

TEST_CASE("a zone that the record should not have does not keep a report from being made") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", lead));
  work.into_the_field();
  REQUIRE(work.store->write([&](Connection& to) {
    to.run("UPDATE record SET body = replace(body, 'Europe/Berlin', 'Mars/Phobos') WHERE id = :id",
           with("id", work.find(work.audit).id));
  }));
  CHECK(work.report().at("sessions").at(0).at("starts") == "2026-05-28T08:00");
}

TEST_CASE("evidence is withdrawn by who collected it or who runs the audit, by no other who may attach it") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", lead));
  const std::pair<const char*, bool> rows[] = {{auditee, true}, {lead, true}, {planner, true}, {auditor, false}};
  for (const auto& [who, may] : rows) {
    INFO(who);
    const auto evidence = work.attach(auditee);
    REQUIRE(evidence);
    const auto withdrawn = work.withdraw(who, evidence->uuid);
    CHECK(withdrawn.has_value() == may);
    if (!may) CHECK(withdrawn.error().reason == Reason::not_permitted);
  }
  check_replay(*work.store);
}

TEST_CASE("findings that were never issued or were withdrawn are not in the report") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  std::vector<std::string> findings;
  for (const char* title : {"draft", "discarded", "withdrawn", "issued"}) {
    findings.push_back(Fieldwork::granted(create_record(*work.context, Call{work.principal(lead)},
                                                        {"nonconformity",
                                                         {},
                                                         "raise",
                                                         {{"audit", work.audit},
                                                          {"title", title},
                                                          {"grade", "minor"},
                                                          {"clause", "A.8.13"},
                                                          {"requirement", "Tried out"},
                                                          {"finding", "Not tried out"},
                                                          {"objective_evidence", "Log"}}})));
  }
  const auto act = [&](const char* who, std::size_t index, const char* command, Json input) {
    const Principal principal = work.principal(who);
    return command_record(*work.context, Call{principal, work.version(findings[index])},
                          {"nonconformity", findings[index], command, std::move(input)});
  };
  REQUIRE(act(lead, 1, "discard", {{"reason", "part of another"}}));
  REQUIRE(act(lead, 2, "issue", Json::object()));
  REQUIRE(act(lead, 3, "issue", Json::object()));
  const auto proposed = act(lead, 2, "withdraw", {{"reason", "the log was found"}});
  REQUIRE(proposed);
  std::string proposal;
  {
    Snapshot at = work.store->read();
    proposal = open_proposals(at, work.find(findings[2]).id).at(0).uuid;
  }
  const Principal second = work.principal(planner);
  REQUIRE(
      confirm_proposal(*work.context, Call{second, work.version(findings[2])}, "nonconformity", findings[2], proposal));
  const Json listed = work.report().at("findings");
  REQUIRE(listed.size() == 1);
  CHECK(listed.at(0).at("title") == "issued");
}

}  // namespace
}  // namespace assay::test::items_test
