// Tables in CSV become people and records, all of them or none; and what was imported is found by its words.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::imports_test {
namespace {

const std::string csv = "Content-Type: text/csv";

void set_up(Stage& stage) {
  if (stage.people.contains("importer")) return;
  stage.join("passer", "Paul Gast", {});
  stage.join("importer", "Ida Port", {"isms_manager"});
  made(stage, "import_system", "importer", "management-systems",
       {{"title", "Import system"},
        {"standards", Json::array({"ISO/IEC 27001:2022"})},
        {"risk_method", "By a matrix of five by five."},
        {"acceptable_levels", Json::array({"low"})}});
  stage.join("import_top", "Tom Chef", {"top_management"});
  stage.act("import_top", "management-systems/" + stage.names.at("import_system"), "start");
  stage.names["import_id"] = stage.names.at("import_system").substr(stage.names.at("import_system").rfind('/') + 1);
}

TEST_CASE("a table of risks is stored as a whole, once for a key") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string imports = "/api/v1/imports?type=risk";
  const std::string good =
      "\xEF\xBB\xBFsystem;title;asset;threat;properties;owner\r\n"
      "{import_id};Zyklonausfall;Halle 7;\"Sturm; Regen\";availability|integrity;importer@example.org\r\n"
      "{import_id};Kabelbrand;Halle 8;Kurzschluss;;\r\n";
  const std::string owner = stage.person("importer").email;
  std::string table = good;
  table.replace(table.find("importer@example.org"), std::string("importer@example.org").size(), owner);
  const std::string bad =
      "system,title,asset,threat,owner,colour,properties\n"
      "{import_id},,Hall,Storm,nobody@example.org,,\n"
      "{import_id},T,Hall,Storm,,,speed\n"
      "NO-1,T,Hall,Storm,,red,\n"
      "{import_id},T,Hall,Storm,,,,more\n";
  stage.run({
      {"the columns",
       "importer",
       "GET",
       "/api/v1/imports/template?type=risk",
       {},
       "",
       200,
       {"text/csv", "id,system,title,asset,threat,vulnerability,consequences,properties,owner,previous,comment"}},
      {"every error by its cell",
       "importer",
       "POST",
       imports + "&dry_run=true",
       {csv},
       bad,
       200,
       {"#cell=1,6", "colour: there is no such column", "#cell=2,2", "title: is required", "#cell=2,5", "#cell=3,7",
        "#cell=4,1", "system: there is no management-system", "#cell=5,8", "\"records\":3"},
       {"#cell=2,1"}},
      {"and nothing is stored", "importer", "POST", imports, {csv}, bad, 422, {"#cell=2,2", "#cell=4,1"}},
      {"a dry run stores nothing",
       "importer",
       "POST",
       imports + "&dry_run=true",
       {csv},
       table,
       200,
       {"\"records\":2", "\"errors\":[]"}},
      {"all of it",
       "importer",
       "POST",
       imports,
       {csv, "Idempotency-Key: import-1"},
       table,
       201,
       {"\"records\":2"},
       {},
       {"risk.identified", "risk.identified"}},
      {"once",
       "importer",
       "POST",
       imports,
       {csv, "Idempotency-Key: import-1"},
       table,
       201,
       {"Idempotent-Replayed: true", "\"records\":2"}},
      {"as records",
       "importer",
       "GET",
       "/api/v1/risks?limit=200",
       {},
       "",
       200,
       {"Sturm; Regen", "\"availability\",\"integrity\"", "Kabelbrand"}},
      {"not by somebody without the role",
       "passer",
       "POST",
       imports + "&dry_run=true",
       {csv},
       table,
       200,
       {"#row=2", "do not permit"}},
      {"nor as JSON", "importer", "POST", imports, {}, "{}", 415},
      {"nor what is no table", "importer", "POST", imports, {csv}, "a\"b", 400, {"#row=1"}},
      {"nor an unknown type", "importer", "POST", "/api/v1/imports?type=ship", {csv}, "a", 400, {"?type"}},
      {"nor without a row", "importer", "POST", imports, {csv}, "title\n", 422, {"nothing to import"}},
  });
}

TEST_CASE("rows may say more of the record above, and contradict each other") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  if (!stage.people.contains("registrar")) stage.join("registrar", "Rolf Amt", {"certification_manager"});
  const std::string id = "018f0000-0000-7000-8000-" + std::string(engine == "sqlite" ? "0000000000a1" : "0000000000b1");
  const std::string sites = "id,name,address,country,locations.name,locations.address,locations.people\n" + id +
                            ",Werft,Kai 2,DE,Dock,Kai 2,40\n"
                            ",,,,Lager,Kai 3,x\n";
  std::string right = sites;
  right.replace(right.find(",x\n"), 3, ",7\n");
  stage.run({
      {"sites with their client",
       "registrar",
       "POST",
       "/api/v1/imports?type=client&dry_run=true",
       {csv},
       sites,
       200,
       {"#cell=3,7", "locations.people", "\"records\":1"}},
      {"stored", "registrar", "POST", "/api/v1/imports?type=client", {csv}, right, 201, {id}},
      {"both of them",
       "registrar",
       "GET",
       "/api/v1/clients/" + id,
       {},
       "",
       200,
       {"\"name\":\"Dock\",\"people\":40", "\"name\":\"Lager\",\"people\":7"}},
      {"not twice", "registrar", "POST", "/api/v1/imports?type=client", {csv}, right, 422, {"#cell=2,1", "in use"}},
      {"findings",
       "importer",
       "POST",
       "/api/v1/imports?type=nonconformity&command=report",
       {csv},
       "title,source,finding\nTor steht offen,incident,Das Tor war offen.\n",
       201,
       {},
       {},
       {"nonconformity.reported"}},
  });
}

TEST_CASE("a table of findings from outside names each error by its cell, and is stored once it is right") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string imports = "/api/v1/imports?type=nonconformity&command=receive";
  const std::string head =
      "source,issuer,issuer_number,issuer_grade,title,grade,clause,requirement,finding,objective_evidence,"
      "issuer_response_due,action_owner";
  const std::string owner = stage.person("importer").email;
  const std::string bad = head + ",colour\n" +
                          "external_body,Nordcert,7/1,B,,severe,A.8.13,Restore.,None.,Log of May,soon,nobody@x.org,\n" +
                          "rumour,Nordcert,7/2,B,Einfuhrfehler,major,A.5.1,,None.,,2026-02-30," + owner + ",\n" +
                          "own_observation,Nordcert,7/3,B,Einfuhrfehler,minor,A.5.2,Review.,None.,Minutes,," + owner +
                          ",\n";
  const std::string good =
      head + "\n" + "external_body,Nordcert,7/1,B,Einfuhrbefund 1,major,A.8.13,Restore.,None.,Log of May," + day(30) +
      "," + owner + "\n" + "customer,Werft,K-9,,Einfuhrbefund 2,minor,A.5.2,Review.,None.,Minutes,," + owner + "\n";
  const std::vector<std::string> errors = {"#cell=1,13",   "colour: there is no such column",
                                           "#cell=2,5",    "title: is required",
                                           "#cell=2,6",    "grade: must be one of major, minor",
                                           "#cell=2,11",   "issuer_response_due: must be a date",
                                           "#cell=2,12",   "#cell=3,1",
                                           "#cell=3,8",    "#cell=3,10",
                                           "#cell=3,11",   "#row=4",
                                           "\"records\":3"};
  std::string ungraded = good;
  ungraded.replace(ungraded.find("K-9,,"), 5, "K-9,gering,");
  stage.run({
      {"a dry run",
       "importer",
       "POST",
       imports + "&dry_run=true",
       {csv},
       bad,
       200,
       errors,
       {"#cell=2,1\"", "#cell=4,"}},
      {"is no import", "importer", "POST", imports, {csv}, bad, 422, {"#cell=2,5", "#cell=3,1", "#row=4"}},
      {"nothing of it is there",
       "importer",
       "GET",
       "/api/v1/nonconformities?limit=200",
       {},
       "",
       200,
       {},
       {"Einfuhrfehler", "Einfuhrbefund"}},
      {"one error is left", "importer", "POST", imports, {csv}, good, 422, {"#cell=3,4"}, {"#cell=2,"}},
      {"a dry run without errors",
       "importer",
       "POST",
       imports + "&dry_run=true",
       {csv},
       ungraded,
       200,
       {"\"records\":2", "\"errors\":[]"}},
      {"all of it",
       "importer",
       "POST",
       imports,
       {csv},
       ungraded,
       201,
       {"\"records\":2"},
       {},
       {"nonconformity.received", "nonconformity.received"}},
      {"with its issuer's number, grade and day",
       "importer",
       "GET",
       "/api/v1/nonconformities?limit=200",
       {},
       "",
       200,
       {"Einfuhrbefund 1", "\"issuer_number\":\"7/1\"", "\"issuer_grade\":\"B\"", day(30), "Einfuhrbefund 2",
        "gering"}},
  });
}

TEST_CASE("people are invited by a table, each with a link that is shown once") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string address = "import-" + engine + "@example.org";
  const std::string table = "name,email,roles\nAnna Neu," + address + ",internal_auditor|risk_owner\n";
  const std::string twice = table + "Otto Neu," + address + ",captain\n";
  const std::string imports = "/api/v1/imports?type=person";
  stage.run({
      {"for administrators", "passer", "POST", imports, {csv}, table, 403},
      {"errors",
       "admin",
       "POST",
       imports + "&dry_run=true",
       {csv},
       twice,
       200,
       {"#cell=3,2", "is in the table twice", "#cell=3,3", "no known role"}},
      {"invited",
       "admin",
       "POST",
       imports,
       {csv, "Idempotency-Key: people-" + engine},
       table,
       201,
       {"/invitation#"},
       {},
       {"person.invited"}},
      {"a secret is shown once",
       "admin",
       "POST",
       imports,
       {csv, "Idempotency-Key: people-" + engine},
       table,
       201,
       {"\"records\":1"},
       {"/invitation#"}},
      {"in use", "admin", "POST", imports, {csv}, table, 422, {"#cell=2,2", "is in use"}},
  });
}

TEST_CASE("records are found by their words, as far as one sees them") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  if (!stage.people.contains("finder")) {
    stage.join("finder", "Fina Such", {"certification_manager"});
    stage.join("found_client", "Karl Kunde", {});
    made(stage, "searched", "finder", "clients",
         {{"name", "Quarzwerk <b>Nord</b>"},
          {"address", "Kai 1"},
          {"country", "DE"},
          {"notes", "Zahlungsverzug seit Mai"},
          {"client_representative", seat(stage, "found_client")}});
  }
  stage.run({
      {"by a beginning",
       "finder",
       "GET",
       "/api/v1/search?q=quarz",
       {},
       "",
       200,
       {"{searched}", "\"match\":\"Quarzwerk\"", "\"after\":\" <b>Nord</b>\"", "\"field\":\"name\""}},
      {"by the client too", "found_client", "GET", "/api/v1/search?q=Quarzwerk", {}, "", 200, {"{searched}"}},
      {"by a note of the body",
       "finder",
       "GET",
       "/api/v1/search?q=zahlungsverzug",
       {},
       "",
       200,
       {"\"field\":\"notes\"", "\"match\":\"Zahlungsverzug\""}},
      {"which the client does not find",
       "found_client",
       "GET",
       "/api/v1/search?q=zahlungsverzug",
       {},
       "",
       200,
       {"\"items\":[]"},
       {"Zahlungsverzug"}},
      {"nor by both", "found_client", "GET", "/api/v1/search?q=quarz%20mai", {}, "", 200, {"\"items\":[]"}},
      {"nor others at all", "passer", "GET", "/api/v1/search?q=quarz&limit=1", {}, "", 200, {"\"items\":[]"}},
      {"nor by another type", "finder", "GET", "/api/v1/search?q=quarz&type=risk", {}, "", 200, {"\"items\":[]"}},
      {"operators mean nothing", "finder", "GET", "/api/v1/search?q=quarz%22%20OR%20NEAR(%7Bopen%7D%3A*", {}, "", 200},
      {"a NUL is none of a target", "finder", "GET", "/api/v1/search?q=quarz%00", {}, "", 400},
      {"nothing to look for", "finder", "GET", "/api/v1/search?q=%22%27", {}, "", 400, {"?q"}},
      {"too much", "finder", "GET", "/api/v1/search?q=" + std::string(2000, 'a'), {}, "", 400, {"?q"}},
      {"no type", "finder", "GET", "/api/v1/search?q=a&type=ship", {}, "", 400, {"?type"}},
      {"no words", "finder", "GET", "/api/v1/search", {}, "", 400, {"?q"}},
  });
}

}  // namespace
}  // namespace assay::test::imports_test
