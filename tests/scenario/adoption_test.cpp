// A live portfolio moves in: client, contract, programme, certification and certificate as they stood elsewhere, under
// an adoption that somebody else has approved, by single requests and by a table.
#include "ledger/digest.h"
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::adoption_test {
namespace {

const std::string csv = "Content-Type: text/csv";

void set_up(Stage& stage) {
  if (stage.people.contains("moved_registrar")) return;
  set_the_body(stage);
  stage.join("moved_registrar", "Rita Register", {"register_administrator"});
  stage.join("moved_rep", "Rolf Kunde", {});
  stage.join("moved_manager", "Paula Plan", {});
}

/// An adoption under which the portfolio may move in.
std::string approved_adoption(Stage& stage) {
  const std::string adoption = "adoptions/" + stage.names.at("adoption");
  const std::string path = "/api/v1/" + adoption;
  const std::string files = path + "/evidence/files?name=portfolio.csv&title=Source";
  stage.must("mover", "POST", files, "number,name\n", {csv});
  stage.act("mover", adoption, "submit", {{"checks", "Every tenth row against the file of the client."}});
  stage.run({{"another file is not the one that is named",
              "approver",
              "POST",
              path + "/commands/approve_portfolio",
              {"If-Match: " + stage.etag(path, "approver")},
              "{}",
              409,
              {"has_evidence", "other_file"}}});
  stage.act("approver", adoption, "return_portfolio", {{"reason", "Attach the source."}});
  stage.must("mover", "POST", files, portfolio_source, {csv});
  stage.act("mover", adoption, "submit", {{"checks", "Every tenth row against the file of the client."}});
  stage.run({{"nobody approves an own adoption",
              "mover",
              "POST",
              path + "/commands/approve_portfolio",
              {"If-Match: " + stage.etag(path, "mover")},
              "{}",
              409,
              {"actor_not"}}});
  stage.act("approver", adoption, "approve_portfolio");
  return adoption;
}

std::string with(Json input, const Json& change) {
  input.update(change);
  return input.dump();
}

Json contract_of(const Stage& stage) {
  Json contract = adopted_contract();
  contract.update({{"client", stage.names.at("moved_client")},
                   {"adoption", stage.names.at("adoption")},
                   {"number", "V 17/2023"},
                   {"title", "Certification of the yard"},
                   {"scheme", "iso_27001"},
                   {"scope", "Operation of the yard"},
                   {"areas", {"production"}},
                   {"sites", {"Kiel"}}});
  return contract;
}

Json programme_of(const Stage& stage) {
  Json programme = adopted_cycle();
  programme.update({{"client", stage.names.at("moved_client")},
                    {"contract", stage.names.at("moved_contract")},
                    {"adoption", stage.names.at("adoption")},
                    {"number", "P 17"},
                    {"title", "Programme of the yard"},
                    {"scheme", "iso_27001"},
                    {"scope", "Operation of the yard"},
                    {"areas", {"production"}},
                    {"sites", {"Kiel"}},
                    {"competence_needed", "Shipbuilding."},
                    {"programme_manager", seat(stage, "moved_manager")}});
  return programme;
}

Json certification_of(const Stage& stage) {
  return {{"client", stage.names.at("moved_client")},
          {"programme", stage.names.at("moved_programme")},
          {"adoption", stage.names.at("adoption")},
          {"state", "suspended"},
          {"number", "Z-0815"},
          {"entered_on", day(-20)},
          {"title", "Yard"},
          {"scheme", "iso_27001"},
          {"standard", "ISO/IEC 27001:2022"},
          {"scope", "Operation of the yard"},
          {"sites", {"Kiel"}},
          {"areas", {"production"}},
          {"granted_on", day(-600)},
          {"decided_on", day(-600)},
          {"effective_on", day(-600)},
          {"expires_on", day(495)},
          {"suspended_on", day(-20)},
          {"suspension_reason", "The visit did not take place."}};
}

/// By a table, under an adoption that is approved meanwhile.
void move_client(Stage& stage) {
  const std::string imports = "/api/v1/imports?type=client&command=adopt";
  stage.run({{"an adoption is prepared",
              "mover",
              "POST",
              "/api/v1/adoptions?command=prepare_portfolio",
              {},
              portfolio("Portfolio of 2025").dump(),
              201,
              {"\"concerns\":\"portfolio\""},
              {},
              {"adoption.portfolio_prepared"},
              "adoption"},
             {"not by somebody from the own organisation's side",
              "admin",
              "POST",
              "/api/v1/adoptions?command=prepare_portfolio",
              {},
              portfolio("Portfolio of 2025").dump(),
              403}});
  const std::string head = "adoption,state,number,entered_on,name,address,country,client_representative\n";
  const std::string row = stage.names.at("adoption") + ",contracted,K-4711," + day(-700) + ",Werft Nord,Kai 2,DE," +
                          stage.names.at("moved_rep") + "\n";
  stage.run({{"nothing before it is approved",
              "mover",
              "POST",
              imports + "&dry_run=true",
              {csv},
              head + row,
              200,
              {"#row=2", "Adoption"}}});
  approved_adoption(stage);
  const std::string bad = head + "{adoption},closed,K-4712," + day(1) + ",Werft Ost,Kai 3,DE,\n" +
                          "{adoption},sold,,gestern,Werft West,Kai 4,Deutschland,\n" + row + row;
  stage.run({
      {"every error by row and column",
       "mover",
       "POST",
       imports + "&dry_run=true",
       {csv},
       bad,
       200,
       {"#cell=2,2", "is an end", "#cell=2,4", "lies ahead", "#cell=3,2", "is no state of Client", "#cell=3,3",
        "#cell=3,4", "#cell=3,7", "\"records\":4"}},
      {"two rows of one number",
       "mover",
       "POST",
       imports,
       {csv},
       head + row + row,
       422,
       {"#cell=3,3", "is the number of another Client already"}},
      {"not by who approved it", "approver", "POST", imports, {csv}, head + row, 422, {"#row=2"}},
      {"nor by a role that may not", "lead", "POST", imports, {csv}, head + row, 422, {"do not permit"}},
      {"all of it", "mover", "POST", imports, {csv}, head + row, 201, {"\"records\":1"}},
      {"not twice", "mover", "POST", imports, {csv}, head + row, 422, {"#cell=2,3"}},
      {"a template names the columns",
       "mover",
       "GET",
       "/api/v1/imports/template?type=client&command=adopt",
       {},
       "",
       200,
       {"id,adoption,name,address,country,", "state,number,entered_on,comment"}},
      {"marked in lists, with its number",
       "mover",
       "GET",
       "/api/v1/clients?number=K-4711",
       {},
       "",
       200,
       {"\"adopted\":{", "\"source_sha256\":\"" + sha256_hex(portfolio_source),
        "\"from_table\":\"" + sha256_hex(head + row), "\"number\":\"K-4711\"",
        "\"approved_by\":\"" + stage.names.at("approver")}},
      {"and for the client", "moved_rep", "GET", "/api/v1/clients", {}, "", 200, {"Werft Nord", "\"adopted\":{"}},
  });
  stage.names["moved_client"] = stage.list("mover", "/api/v1/clients?number=K-4711").at(0).at("id");
}

void move_contract_and_programme(Stage& stage) {
  stage.run({
      {"a contract of a client that there is not",
       "mover",
       "POST",
       "/api/v1/contracts?command=adopt",
       {},
       with(contract_of(stage), {{"client", stage.names.at("adoption")}}),
       422,
       {"/client", "names no Client"}},
      {"by the register, which cannot read it",
       "moved_registrar",
       "POST",
       "/api/v1/contracts?command=adopt",
       {},
       contract_of(stage).dump(),
       403,
       {"do not permit"}},
      {"signed tomorrow",
       "mover",
       "POST",
       "/api/v1/contracts?command=adopt",
       {},
       with(contract_of(stage), {{"signed_on", day(1)}}),
       409,
       {"not_after", "signed_on"}},
      {"the contract",
       "mover",
       "POST",
       "/api/v1/contracts?command=adopt",
       {},
       contract_of(stage).dump(),
       201,
       {"\"number\":\"V 17/2023\"", "\"state\":\"in_force\""},
       {},
       {},
       "moved_contract"},
  });
  stage.run({{"the programme",
              "mover",
              "POST",
              "/api/v1/certification-programmes?command=adopt_scheduled",
              {},
              programme_of(stage).dump(),
              201,
              {"\"due\":\"" + day().substr(0, 4) + "-12-31"},
              {},
              {},
              "moved_programme"}});
}

void move_certification(Stage& stage) {
  const std::string certifications = "/api/v1/certifications?command=adopt_suspended";
  stage.run({
      {"what its state needs",
       "mover",
       "POST",
       certifications,
       {},
       with(certification_of(stage), {{"suspended_on", nullptr}}),
       422,
       {"/suspended_on", "is required"}},
      {"days that contradict each other",
       "mover",
       "POST",
       certifications,
       {},
       with(certification_of(stage), {{"expires_on", day(-601)}}),
       409,
       {"expires_on"}},
      {"the certification",
       "mover",
       "POST",
       certifications,
       {},
       certification_of(stage).dump(),
       201,
       {"\"state\":\"suspended\"", "\"number\":\"Z-0815\"", "\"adopted\":{", "\"state_since\":\"" + day(-20)},
       {},
       {},
       "moved_certification"},
  });
}

/// The mark stays, and says nothing of guards.
void keep_the_mark(Stage& stage) {
  const std::string path = "/api/v1/certifications/{moved_certification}";
  stage.act("moved_registrar", "certifications/" + stage.names.at("moved_certification"), "identify",
            {{"identity", "DE-0815"}});
  stage.run({
      {"no command removes the mark",
       "moved_registrar",
       "POST",
       path + "/commands/identify",
       {"If-Match: " + stage.etag(path, "moved_registrar")},
       R"({"identity":"DE-1","adopted":null})",
       422,
       {"/adopted"}},
      {"it stays", "mover", "GET", path, {}, "", 200, {"DE-0815", "\"adopted\":{\"approved_by\":"}},
      {"and in the history",
       "mover",
       "GET",
       path + "/events?full=true",
       {},
       "",
       200,
       {"certification.suspended_adopted", "\"adopted\":{", "certification.identity_recorded"},
       {"by_waiver"}},
      {"the certificate, by the other role",
       "moved_registrar",
       "POST",
       "/api/v1/certificates?command=adopt",
       {},
       Json{{"certification", stage.names.at("moved_certification")},
            {"adoption", stage.names.at("adoption")},
            {"state", "issued"},
            {"number", "C-0815-1"},
            {"entered_on", day(-590)},
            {"holder", "Werft Nord"},
            {"standard", "ISO/IEC 27001:2022"},
            {"scope", "Operation of the yard"},
            {"sites", {"Kiel"}},
            {"effective_on", day(-600)},
            {"expires_on", day(495)},
            {"certificate_number", "C-0815"},
            {"revision", 1},
            {"language", "de"},
            {"address", "Kai 2"},
            {"soa_version", "3"},
            {"body_name", "Body"},
            {"body_address", "Weg 1"},
            {"issued_on", day(-590)}}
           .dump(),
       201,
       {"\"state\":\"issued\""}},
      {"the type says what may be adopted",
       "mover",
       "GET",
       "/api/v1/types/certification",
       {},
       "",
       200,
       {"\"adopts\":{\"active\":[]}", "\"adopts\":{\"suspended\":[]}"}},
  });
}

/// Nothing moves in under an approval that was taken back, by another person of the role than the one who gave it.
void take_the_approval_back(Stage& stage) {
  stage.join("revoker", "Rosa Bock", {"certification_manager"});
  stage.act("revoker", "adoptions/" + stage.names.at("adoption"), "revoke_portfolio", {{"reason", "Another file."}});
  const Json client{{"adoption", stage.names.at("adoption")},
                    {"state", "prospect"},
                    {"number", "K-5000"},
                    {"entered_on", day(-3)},
                    {"name", "Werft Elf"},
                    {"address", "Kai 11"},
                    {"country", "DE"}};
  stage.run({{"after the revocation",
              "mover",
              "POST",
              "/api/v1/clients?command=adopt",
              {},
              client.dump(),
              409,
              {"linked_some"}}});
}

/// Numbers of the own pattern go on behind those that were adopted.
void go_on_numbering(Stage& stage) {
  const std::string year = day().substr(0, 4);
  const Json client{{"adoption", stage.names.at("adoption")},
                    {"state", "prospect"},
                    {"number", "CL-" + year + "-0900"},
                    {"entered_on", day(-3)},
                    {"name", "Werft Neun"},
                    {"address", "Kai 9"},
                    {"country", "DE"}};
  stage.run({
      {"a slip of the pen",
       "moved_registrar",
       "POST",
       "/api/v1/clients?command=adopt",
       {},
       with(client, {{"number", "CL-" + year + "-999999999"}}),
       422,
       {"/number", "too far"}},
      {"adopted", "moved_registrar", "POST", "/api/v1/clients?command=adopt", {}, client.dump(), 201, {"-0900"}},
      {"the next one",
       "mover",
       "POST",
       "/api/v1/clients?command=register",
       {},
       R"({"name":"Werft Zehn","address":"Kai 10","country":"DE"})",
       201,
       {"\"number\":\"CL-" + year + "-0901\""},
       {"\"adopted\""}},
  });
}

TEST_CASE("a portfolio moves in, with its states, numbers and days, and stays marked") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  move_client(stage);
  move_contract_and_programme(stage);
  move_certification(stage);
  keep_the_mark(stage);
  go_on_numbering(stage);
  take_the_approval_back(stage);
}

}  // namespace
}  // namespace assay::test::adoption_test
