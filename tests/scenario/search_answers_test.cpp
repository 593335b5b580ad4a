// Words that stand in answers of a checklist alone: who finds them, with which question, and who does not.
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::search_answers_test {
namespace {

/// What somebody finds by a word, as "FIELD of QUESTION" or "FIELD of TYPE", in the order of the answer.
std::string found(Stage& stage, const std::string& who, const std::string& word) {
  std::string all;
  for (const Json& hit : stage.list(who, "/api/v1/search?limit=200&q=" + word)) {
    const Json& item = hit.at("item");
    all += all.empty() ? "" : ", ";
    all += hit.at("snippet").at("field").get<std::string>() + " of ";
    all += (item.is_null() ? hit.at("type") : item.at("question")).get<std::string>();
  }
  return all;
}

struct Finder {
  const char *who, *word, *finds;
};

void check(Stage& stage, const std::vector<Finder>& rows) {
  for (const Finder& row : rows) {
    INFO(row.who << " " << row.word);
    CHECK(found(stage, row.who, row.word) == row.finds);
  }
}

/// The path of the item of a question.
std::string item_of(Stage& stage, const std::string& reader, const std::string& audit, const std::string& question) {
  for (const Json& item : stage.list(reader, audit + "/items")) {
    if (item.at("question") == question) return audit + "/items/" + item.at("id").get<std::string>();
  }
  throw std::runtime_error("no item of " + question);
}

void answer(Stage& stage, const std::string& who, const std::string& item, const char* body) {
  stage.must(who, "PUT", item, body, {"If-Match: " + stage.etag(item, who)});
}

TEST_CASE("a word of an answer's notes or reason is found by those who see the audit, with its question") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "searched", "fieldwork");
  const std::string mine = item_of(stage, "lead", audit, "A.6.3-q1"), leads = item_of(stage, "lead", audit, "4.1-q1");
  check(stage, {{"lead", "quokka", ""}, {"lead", "wombat", ""}});
  answer(stage, "auditor", mine, R"({"result":"not_applicable","reason":"Nobody keeps a wombat here."})");
  answer(stage, "lead", leads, R"({"result":"conforms","notes":"The quokka was shown to us."})");
  check(stage, {{"lead", "quokka", "notes of 4.1-q1"},
                {"lead", "wombat", "reason of A.6.3-q1"},
                {"auditor", "quokka", "notes of 4.1-q1"},
                {"manager", "wombat", "reason of A.6.3-q1"},
                {"lead", "quok", "notes of 4.1-q1"},
                {"lead", "quokka%20wombat", ""},
                {"colleague", "quokka", ""},
                {"colleague", "wombat", ""},
                {"owner", "quokka", ""},
                {"nobody", "quokka", ""},
                {"nobody", "wombat", ""},
                {"other", "quokka", ""},
                {"other", "wombat", ""}});
  const Json hit = stage.list("lead", "/api/v1/search?q=quokka").at(0);
  CHECK(hit.at("id") == stage.names.at("searched"));
  CHECK(hit.at("item").at("href") == leads);
  CHECK(hit.at("snippet").at("match") == "quokka");
  // What was taken back is not found any more.
  answer(stage, "lead", leads, R"({"result":"conforms","notes":"The numbat was shown to us."})");
  check(stage, {{"lead", "quokka", ""}, {"lead", "numbat", "notes of 4.1-q1"}, {"nobody", "numbat", ""}});
}

TEST_CASE("a client finds its audit and no word of the answers in it, whose notes are the auditors'") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  stage.join("found_stranger", "Sven Ost", {});
  move_in(stage, {"found", "Hafen Ost", "951", "Carla Ost"});
  const std::string record = made(stage, "found_audit", "planner", "certification-audits",
                                  surveillance_of(stage, "found", "Surveillance of the port"));
  propose_team(stage, record);
  agree_on_plan(stage, "found_customer", record, {"4.1-q1"});
  const std::string item = item_of(stage, "body_lead", "/api/v1/" + record, "4.1-q1");
  answer(stage, "body_lead", item, R"({"result":"conforms","notes":"The capybara swims in the dock."})");
  check(stage, {{"body_lead", "capybara", "notes of 4.1-q1"},
                {"mover", "capybara", "notes of 4.1-q1"},
                {"found_customer", "capybara", ""},
                {"found_stranger", "capybara", ""},
                {"lead", "capybara", ""},
                {"other", "capybara", ""},
                {"found_customer", "%22Surveillance+of+the+port%22", "title of certification-audit"},
                {"found_stranger", "%22Surveillance+of+the+port%22", ""}});
  answer(stage, "body_lead", item, R"({"result":"not_applicable","reason":"The axolotl lives elsewhere."})");
  check(stage, {{"body_lead", "axolotl", "reason of 4.1-q1"},
                {"body_lead", "capybara", ""},
                {"found_customer", "axolotl", ""},
                {"found_stranger", "axolotl", ""}});
}

}  // namespace
}  // namespace assay::test::search_answers_test
