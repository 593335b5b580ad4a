// Words that stand in answers of a checklist alone: who finds them, with which question, and who does not.
#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test {
namespace {

const std::string source = "number,name\nK-1,Hafen Ost\n";
constexpr const char* chosen = R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})";

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

void act(Stage& stage, const std::string& who, const std::string& record, const std::string& command,
         const Json& input = Json::object()) {
  const std::string path = "/api/v1/" + record;
  stage.must(who, "POST", path + "/commands/" + command, input.dump(), {"If-Match: " + stage.etag(path, who)});
}

std::string adopted(Stage& stage, const std::string& name, const std::string& plural, const std::string& command,
                    Json input) {
  input["adoption"] = stage.names.at("found_adoption");
  stage.names[name] =
      stage.must("found_mover", "POST", "/api/v1/" + plural + "?command=" + command, input.dump()).at("id");
  return stage.names.at(name);
}

void approve_portfolio(Stage& stage) {
  const Json sources{{"title", "Port"},
                     {"description", "Clients with running certifications."},
                     {"source_name", "port.csv"},
                     {"source_sha256", sha256_hex(source)}};
  const std::string adoption = stage.names["found_adoption"] =
      stage.must("found_mover", "POST", "/api/v1/adoptions?command=prepare_portfolio", sources.dump()).at("id");
  stage.must("found_mover", "POST", "/api/v1/adoptions/" + adoption + "/evidence/files?name=port.csv&title=Source",
             source, {"Content-Type: text/csv"});
  act(stage, "found_mover", "adoptions/" + adoption, "submit", {{"checks", "Every row."}});
  act(stage, "found_approver", "adoptions/" + adoption, "approve_portfolio");
}

/// The programme of a client that moves in.
std::string moved_programme(Stage& stage) {
  const Json scope{
      {"scheme", "iso_27001"}, {"scope", "Operation of the port"}, {"areas", {"ports"}}, {"sites", {"Kiel"}}};
  const std::string client = adopted(stage, "found_client", "clients", "adopt",
                                     {{"state", "contracted"},
                                      {"number", "K-951"},
                                      {"entered_on", day(-700)},
                                      {"name", "Hafen Ost"},
                                      {"address", "Kai 2"},
                                      {"country", "DE"},
                                      {"client_representative", seat(stage, "found_customer")}});
  Json contract = adopted_contract();
  contract.update(scope);
  contract.update({{"client", client}, {"number", "V-951"}, {"title", "Contract"}});
  Json programme = adopted_cycle();
  programme.update(scope);
  programme.update({{"client", client},
                    {"contract", adopted(stage, "found_contract", "contracts", "adopt", contract)},
                    {"number", "P-951"},
                    {"title", "Programme"},
                    {"competence_needed", "Ports."},
                    {"programme_manager", seat(stage, "found_planner")}});
  return adopted(stage, "found_programme", "certification-programmes", "adopt_scheduled", programme);
}

/// The lead auditor is competent for ports, as two others have approved.
void make_competent(Stage& stage) {
  const std::string competence = made(stage, "found_competence", "found_reviewer", "competences",
                                      {{"title", "Lead auditor for ports"},
                                       {"person", stage.names.at("found_lead")},
                                       {"function", "lead_auditor"},
                                       {"scheme", "iso_27001"},
                                       {"areas", {"ports"}},
                                       {"engagement", "employed"},
                                       {"basis", "Three audits of ports."},
                                       {"valid_from", day(-100)},
                                       {"valid_until", day(300)}});
  const std::string path = "/api/v1/" + competence;
  stage.must("found_reviewer", "POST", path + "/evidence",
             R"({"kind":"interview","role":"Evaluator","title":"Interview","description":"Three audits."})");
  act(stage, "found_mover", competence, "approve");
  const std::string proposal = stage.must("found_reviewer", "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage.must("found_reviewer", "POST", path + "/proposals/" + proposal + "/confirm", "",
             {"If-Match: " + stage.etag(path, "found_reviewer")});
}

/// A surveillance of the client under an issued plan, with one question; the path of it.
std::string planned_surveillance(Stage& stage) {
  const std::string audit = made(stage, "found_audit", "found_planner", "certification-audits",
                                 {{"programme", moved_programme(stage)},
                                  {"title", "Surveillance of the port"},
                                  {"objectives", "Conformity."},
                                  {"scope", "Operation of the port"},
                                  {"areas", {"ports"}},
                                  {"sites", {"Kiel"}},
                                  {"criteria", {"ISO/IEC 27001:2022"}},
                                  {"methods", {"on_site"}},
                                  {"language", "en"},
                                  {"planned_from", day()},
                                  {"planned_to", day(1)},
                                  {"planned_days", 2},
                                  {"purpose", "surveillance"}});
  const std::string path = "/api/v1/" + audit;
  act(stage, "found_planner", audit, "propose_team",
      {{"lead_auditor", seat(stage, "found_lead")}, {"team_competence", "Ports."}});
  act(stage, "found_customer", audit, "accept_team");
  stage.must("found_lead", "PUT", path + "/catalogue", chosen, {"If-Match: " + stage.etag(path, "found_lead")});
  stage.must("found_lead", "POST", path + "/items", R"({"items":[{"question":"4.1-q1","auditor":"{found_lead}"}]})",
             {"If-Match: " + stage.etag(path, "found_lead")});
  act(stage, "found_lead", audit, "issue_plan",
      {{"sessions", Json::array({{{"auditor", stage.names.at("found_lead")},
                                  {"topics", "All"},
                                  {"starts", day() + "T08:00:00Z"},
                                  {"ends", day() + "T11:00:00Z"},
                                  {"zone", "Europe/Berlin"},
                                  {"site", "Kiel"},
                                  {"mode", "on_site"}}})}});
  return path;
}

TEST_CASE("a client finds its audit and no word of the answers in it, whose notes are the auditors'") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.join("found_mover", "Mona Ost", {"certification_manager"});
  stage.join("found_approver", "Anton Ost", {"certification_manager"});
  stage.join("found_reviewer", "Tilo Ost", {"technical_reviewer"});
  stage.join("found_planner", "Paula Ost", {});
  stage.join("found_lead", "Lars Ost", {"certification_auditor"});
  stage.join("found_customer", "Carla Ost", {});
  stage.join("found_stranger", "Sven Ost", {});
  approve_portfolio(stage);
  make_competent(stage);
  const std::string audit = planned_surveillance(stage), item = item_of(stage, "found_lead", audit, "4.1-q1");
  answer(stage, "found_lead", item, R"({"result":"conforms","notes":"The capybara swims in the dock."})");
  check(stage, {{"found_lead", "capybara", "notes of 4.1-q1"},
                {"found_mover", "capybara", "notes of 4.1-q1"},
                {"found_customer", "capybara", ""},
                {"found_stranger", "capybara", ""},
                {"lead", "capybara", ""},
                {"other", "capybara", ""},
                {"found_customer", "%22Surveillance+of+the+port%22", "title of certification-audit"},
                {"found_stranger", "%22Surveillance+of+the+port%22", ""}});
  answer(stage, "found_lead", item, R"({"result":"not_applicable","reason":"The axolotl lives elsewhere."})");
  check(stage, {{"found_lead", "axolotl", "reason of 4.1-q1"},
                {"found_lead", "capybara", ""},
                {"found_customer", "axolotl", ""},
                {"found_stranger", "axolotl", ""}});
}

}  // namespace
}  // namespace assay::test
