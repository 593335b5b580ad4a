// Audits of more than one catalogue: what is added and taken away, whose question an item is, and what a report shows.
#include "commands/chosen_catalogues.h"

#include "commands/catalogue_move.h"
#include "commands/checklist_inputs.h"
#include "commands/fieldwork.h"
#include "ledger/digest.h"

namespace assay::test::chosen_catalogues_test {
namespace {

/// A catalogue of another standard, of another plugin; one of its questions has an id that the small one has too.
OfferedCatalogue plant_catalogue(const std::string& version = "1.0.0") {
  const Json content = {
      {"id", "plant"},
      {"version", version},
      {"title", "Two questions"},
      {"standard", "Plant"},
      {"language", "en"},
      {"results", {{{"id", "met"}, {"title", "Met"}}, {{"id", "missing"}, {"title", "Missing"}}}},
      {"groups", {{{"id", "p"}, {"title", "P"}}}},
      {"items",
       {{{"id", "SR 1.1"},
         {"group", "p"},
         {"clause", "SR 1.1"},
         {"title", "People"},
         {"questions",
          {{{"id", "SR1.1-q1"}, {"question", "Who is it?"}}, {{"id", "A.5.1-q1"}, {"question", version}}}}}}}};
  const std::string text = canonical(content);
  return {"plant", "2.0.0", std::string(64, 'c'), "plant", version, "Two questions", sha256_hex(text), text};
}

struct Combined : Fieldwork {
  explicit Combined(std::string_view engine = "sqlite") : Fieldwork(engine) {}

  Result<Performed> add(const OfferedCatalogue& offered, const char* by = lead) {
    const Principal who = principal(by);
    return add_catalogue(*context, Call{who, version(audit)}, audit, offered);
  }
  Result<Performed> remove(const std::string& hash) {
    const Principal who = principal(lead);
    return remove_catalogue(*context, Call{who, version(audit)}, audit, hash);
  }
  Result<Performed> plan_of(const std::string& catalogue, const char* question) {
    const Principal who = principal(lead);
    ItemPlan one{question};
    one.auditor = names.at(auditor);
    one.catalogue = catalogue;
    return plan_items(*context, this->catalogues, Call{who, version(audit)}, audit, {one});
  }
  std::vector<ItemRow> items() {
    Snapshot at = store->read();
    return all_items(at, find(audit).id);
  }
  std::vector<std::string> chosen() {
    std::vector<std::string> hashes;
    for (const ChosenCatalogue& one : chosen_catalogues(Json::parse(find(audit).body))) hashes.push_back(one.hash);
    return hashes;
  }
};

/// Where a refusal points and what it says of that.
std::string wrong(const Result<Performed>& performed) {
  if (performed) return "granted";
  const auto& invalid = performed.error().invalid;
  return invalid.empty() ? performed.error().detail : invalid.front().pointer + " " + invalid.front().detail;
}

TEST_CASE("an audit of two standards has an own catalogue and a further one, and each item says whose question it is") {
  ASSAY_EACH_ENGINE(engine);
  Combined work(engine);
  CHECK(wrong(work.plan_of("", "SR1.1-q1")) == "/items/0/question is in no catalogue of the audit");
  CHECK(said(work.add(plant_catalogue(), auditee)) != "granted");
  REQUIRE(said(work.add(plant_catalogue())) == "granted");
  CHECK(work.chosen() == std::vector{small_catalogue().hash, plant_catalogue().hash});

  CHECK(said(work.plan_of("", "SR1.1-q1")) == "granted");
  CHECK(said(work.plan_of("", "A.8.13-q1")) == "granted");
  CHECK(wrong(work.plan_of("", "A.5.1-q1")) ==
        "/items/0/catalogue is needed: several catalogues of the audit have this question");
  CHECK(said(work.plan_of("small", "A.5.1-q1")) == "granted");
  CHECK(said(work.plan_of("plant", "A.5.1-q1")) == "granted");
  CHECK(wrong(work.plan_of("plant", "A.8.13-q1")) == "/items/0/question is not in this catalogue");
  CHECK(wrong(work.plan_of("other", "A.8.13-q1")) == "/items/0/catalogue is not a catalogue of the audit");

  std::vector<std::string> planned;
  for (const ItemRow& item : work.items()) planned.push_back(item.catalogue_id + " " + item.question);
  CHECK(planned == std::vector<std::string>{"plant SR1.1-q1", "small A.8.13-q1", "small A.5.1-q1", "plant A.5.1-q1"});
  check_replay(*work.store);
}

TEST_CASE("an item is answered on the scale of its own catalogue, and a report shows both with their plugins") {
  Combined work;
  REQUIRE(said(work.add(plant_catalogue())) == "granted");
  REQUIRE(said(work.plan_of("plant", "SR1.1-q1")) == "granted");
  REQUIRE(said(work.plan_of("small", "A.8.13-q1")) == "granted");
  work.into_the_field();
  const Principal who = work.principal(auditor);
  const auto answer = [&](const ItemRow& item, const char* result) {
    ItemAnswer given;
    given.result = result;
    return said(answer_item(*work.context, work.catalogues, Call{who, item.version}, work.audit, item.uuid, given));
  };
  const ItemRow plant = work.items().at(0), small = work.items().at(1);
  CHECK(answer(plant, "conforms") != "granted");
  CHECK(answer(plant, "met") == "granted");
  CHECK(answer(small, "conforms") == "granted");

  const Json report = work.report();
  const Json& catalogues = report.at("catalogues");
  REQUIRE(catalogues.size() == 2);
  CHECK(catalogues.at(0).at("plugin") == "small 1.0.0");
  CHECK(catalogues.at(1).at("plugin") == "plant 2.0.0");
  for (const Json& one : catalogues) CHECK(one.at("coverage").at("answered") == 1);
  const Json hashes = report.at("hashes");
  CHECK(std::count(hashes.begin(), hashes.end(),
                   Json{{"name", "Package of plant 2.0.0"}, {"sha256", std::string(64, 'c')}}) == 1);
}

TEST_CASE("a further catalogue is there once, and goes while no item of it is planned") {
  Combined work;
  CHECK(wrong(work.add(small_catalogue("de"))) == "/catalogue is one of the record's catalogues already");
  REQUIRE(said(work.add(plant_catalogue())) == "granted");
  CHECK(wrong(work.add(plant_catalogue("1.1.0"))) == "/catalogue is one of the record's catalogues already");
  CHECK(wrong(work.select(plant_catalogue())) == "/catalogue is one of the record's further catalogues");
  REQUIRE(said(work.plan_of("small", "A.8.13-q1")) == "granted");
  CHECK(wrong(work.remove(small_catalogue().hash)) == "this record has no further catalogue of this hash");
  REQUIRE(said(work.plan_of("plant", "SR1.1-q1")) == "granted");
  CHECK(wrong(work.remove(plant_catalogue().hash)) ==
        "items of the catalogue are planned: take them out of the plan first");
  const ItemRow item = work.items().at(1);
  const Principal who = work.principal(lead);
  REQUIRE(drop_item(*work.context, Call{who, item.version}, work.audit, item.uuid, ""));
  CHECK(said(work.remove(plant_catalogue().hash)) == "granted");
  CHECK(work.chosen() == std::vector{small_catalogue().hash});
  CHECK(said(work.add(plant_catalogue("1.1.0"))) == "granted");
  check_replay(*work.store);
}

TEST_CASE("a further catalogue is added to an audit that has one of its own") {
  Combined work;
  const std::string bare = Fieldwork::granted(create_record(*work.context, Call{work.principal(planner)},
                                                            {"audit",
                                                             {},
                                                             "plan_single",
                                                             {{"title", "Bare"},
                                                              {"purposes", {"internal"}},
                                                              {"objectives", "Conformity"},
                                                              {"scope", "Operations"},
                                                              {"criteria", {"Small"}},
                                                              {"methods", {"on_site"}},
                                                              {"language", "en"},
                                                              {"planned_from", "2026-05-28"},
                                                              {"planned_to", "2026-05-29"},
                                                              {"reason", "no programme yet"}}}));
  const Principal who = work.principal(planner);
  CHECK(wrong(add_catalogue(*work.context, Call{who, work.version(bare)}, bare, plant_catalogue())) ==
        "no catalogue has been selected for this audit");
}

TEST_CASE("each of the catalogues moves to its own newer version, and leaves the items of the other alone") {
  Combined work;
  REQUIRE(said(work.add(plant_catalogue())) == "granted");
  REQUIRE(said(work.plan_of("plant", "A.5.1-q1")) == "granted");
  REQUIRE(said(work.plan_of("small", "A.5.1-q1")) == "granted");
  const OfferedCatalogue next = plant_catalogue("1.1.0");
  const Principal who = work.principal(lead);
  REQUIRE(said(move_catalogue(*work.context, work.catalogues, Call{who, work.version(work.audit)}, work.audit, next,
                              next.hash)) == "granted");
  CHECK(work.chosen() == std::vector{small_catalogue().hash, next.hash});
  CHECK(work.items().at(0).catalogue == next.hash);
  CHECK(work.items().at(1).catalogue == small_catalogue().hash);
  OfferedCatalogue stranger = next;
  stranger.id = "stranger";
  CHECK(wrong(move_catalogue(*work.context, work.catalogues, Call{who, work.version(work.audit)}, work.audit, stranger,
                             stranger.hash)) == "/catalogue is not a catalogue of the audit");
  check_replay(*work.store);
}

TEST_CASE("what is scored and what applies is asked of each catalogue") {
  Combined work;
  REQUIRE(said(work.add(plant_catalogue())) == "granted");
  REQUIRE(said(work.plan_of("plant", "SR1.1-q1")) == "granted");
  const RecordRow row = work.find(work.audit);
  Snapshot at = work.store->read();
  const auto scored = scoring_inputs(work.catalogues, at, row, "en");
  REQUIRE(scored.size() == 2);
  CHECK(scored.at(1).at("catalogue").at("id") == "plant");
  CHECK(scored.at(1).at("sets").at(0).at("answers").size() == 1);
  const auto applies = [&](const std::string& id) {
    const auto input = applicability_input(work.catalogues, at, row, id, Json::object(), "en");
    return input ? input->at("catalogue").at("id").get<std::string>() : input.error().invalid.front().pointer;
  };
  CHECK(applies("") == "small");
  CHECK(applies("plant") == "plant");
  CHECK(applies("other") == "/catalogue");
}

}  // namespace
}  // namespace assay::test::chosen_catalogues_test
