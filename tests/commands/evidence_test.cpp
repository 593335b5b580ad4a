// Evidence: each kind says what belongs to it and nothing else; the record, its event and the report keep it.
#include "commands/fieldwork.h"

namespace assay::test::evidence_test {
namespace {

using Details = std::map<std::string, std::string>;

struct Row {
  const char* name;
  const char* kind;
  Details details;
  std::string expected;  // "kept", then the details as JSON; or every pointer with its reason
};

std::string said_of(Fieldwork& work, const Result<Performed>& attached) {
  if (!attached) {
    std::string text;
    for (const InvalidField& field : attached.error().invalid)
      text += (text.empty() ? "" : "; ") + field.pointer + " " + field.detail;
    return text;
  }
  Snapshot at = work.store->read();
  const auto row = find_evidence(at, work.find(work.audit).id, attached->uuid);
  REQUIRE(row);
  return "kept " + row->details.dump();
}

// Rows, however long.
// clang-format off
const Row rows[] = {
    {"a reference", "reference", {{"document", "SOP-12"}, {"document_version", "3"}, {"place", "Intranet"}, {"seen_at", "2026-05-28T10:00:00+02:00"}},
     R"(kept {"document":"SOP-12","document_version":"3","place":"Intranet","seen_at":"2026-05-28T08:00:00.000Z"})"},
    {"a reference that was seen when it was collected", "reference", {{"document", "SOP-12"}, {"place", "Intranet"}},
     R"(kept {"document":"SOP-12","place":"Intranet","seen_at":"2026-05-27T06:30:00.000Z"})"},
    {"a reference to nothing", "reference", {}, "/document is missing: evidence of kind reference says it; /place is missing: evidence of kind reference says it"},
    {"a reference with a role", "reference", {{"document", "SOP-12"}, {"place", "Intranet"}, {"role", "Clerk"}}, "/role belongs to evidence of kind interview, not reference"},
    {"a reference seen at no time", "reference", {{"document", "SOP-12"}, {"place", "Intranet"}, {"seen_at", "yesterday"}}, "/seen_at must be a time such as 2026-11-30T08:00:00Z"},
    {"a reference seen tomorrow", "reference", {{"document", "SOP-12"}, {"place", "Intranet"}, {"seen_at", "2026-05-30T00:00:00Z"}}, "/seen_at must not be in the future"},
    {"a reference seen before the calendar", "reference", {{"document", "SOP-12"}, {"place", "Intranet"}, {"seen_at", "0000-01-01T00:00:00Z"}}, "/seen_at must be a day from 1900-01-01 to 9000-12-31"},
    {"an interview held before the calendar", "interview", {{"role", "Administrator"}, {"held_on", "0001-01-01"}}, "/held_on must be a day from 1900-01-01 to 9000-12-31"},
    {"a reference in an empty place", "reference", {{"document", "SOP-12"}, {"place", ""}}, "/place must have 1 to 300 bytes"},
    {"an interview", "interview", {{"role", "Administrator"}, {"name", "Leon"}, {"held_on", "2026-05-26"}}, R"(kept {"held_on":"2026-05-26","name":"Leon","role":"Administrator"})"},
    {"an interview without a name", "interview", {{"role", "Administrator"}}, R"(kept {"held_on":"2026-05-27","role":"Administrator"})"},
    {"an interview with nobody", "interview", {{"name", "Leon"}}, "/role is missing: evidence of kind interview says it"},
    {"an interview held tomorrow", "interview", {{"role", "Administrator"}, {"held_on", "2026-05-29"}}, "/held_on must not be in the future"},
    {"an interview on no day", "interview", {{"role", "Administrator"}, {"held_on", "2026-02-30"}}, "/held_on must be a date such as 2026-11-30"},
    {"an interview about a document", "interview", {{"role", "Administrator"}, {"document", "SOP-12"}, {"place", "Room"}},
     "/document belongs to evidence of kind reference, not interview; /place belongs to evidence of kind reference or observation, not interview"},
    {"an observation", "observation", {{"place", "Server room"}, {"seen_at", "2026-05-28T09:00:00Z"}}, R"(kept {"place":"Server room","seen_at":"2026-05-28T09:00:00.000Z"})"},
    {"an observation nowhere", "observation", {}, "/place is missing: evidence of kind observation says it"},
    {"an observation with a version", "observation", {{"place", "Door"}, {"document_version", "2"}}, "/document_version belongs to evidence of kind reference, not observation"},
    {"a file with a place", "file", {{"place", "Shelf"}}, "/place belongs to evidence of kind reference or observation, not file"},
    {"a file", "file", {}, "kept {}"},
    {"a photograph", "photograph", {}, "/kind must be file, reference, interview or observation"},
};
// clang-format on

TEST_CASE("each kind of evidence takes its own details and refuses those of others") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  const Principal who = work.principal(auditor);
  for (const Row& row : rows) {
    INFO(row.name);
    EvidenceWish wish{row.kind, "Evidence"};
    wish.description = "What it shows";
    wish.collected_at = parse_instant("2026-05-27T06:30:00Z");
    wish.details = row.details;
    if (wish.kind == "file") {
      wish.file = StoredFile{std::string(64, 'c'), 3};
      wish.file_name = "a.txt";
      wish.media_type = "text/plain";
    }
    CHECK(said_of(work, attach_evidence(*work.context, Call{who}, "audit", work.audit, wish)) == row.expected);
  }
  const Json entries = work.report().at("evidence");
  REQUIRE(entries.size() == 6);
  CHECK(entries.at(0).at("document") == "SOP-12");
  CHECK(entries.at(0).at("document_version") == "3");
  CHECK(entries.at(0).at("place") == "Intranet");
  CHECK(entries.at(0).at("seen_at") == "2026-05-28T08:00:00.000Z");
  CHECK(entries.at(2).at("role") == "Administrator");
  CHECK(entries.at(2).at("name") == "Leon");
  CHECK(entries.at(2).at("held_on") == "2026-05-26");
  CHECK(entries.at(4).at("place") == "Server room");
  CHECK_FALSE(entries.at(5).contains("place"));
  check_replay(*work.store);
}

TEST_CASE("what a kind says outlives the withdrawal of the evidence") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  const auto attached = work.attach(auditor);
  REQUIRE(attached);
  REQUIRE(work.withdraw(auditor, attached->uuid));
  Snapshot at = work.store->read();
  const auto row = find_evidence(at, work.find(work.audit).id, attached->uuid);
  CHECK(row->withdrawn);
  CHECK(row->details.at("role") == "Administrator");
}

TEST_CASE("the report lists the team with functions, and the auditees apart from it") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  const auto named = [&](const char* email) { return work.principal(email).person.name; };
  const Json first = work.report();
  REQUIRE(first.at("team").size() == 2);
  CHECK(first.at("team").at(0) ==
        Json{{"name", named(lead)}, {"role", "Lead auditor"}, {"function", "Internal auditor"}});
  CHECK(first.at("team").at(1) ==
        Json{{"name", named(auditor)}, {"role", "Auditor"}, {"function", "Internal auditor"}});
  CHECK(first.at("auditees") == Json::array({{{"name", named(auditee)}, {"role", "Auditee"}}}));

  REQUIRE(work.answer(auditor, "A.8.13-q1"));
  work.act(lead, "conclude", {{"conclusions", "Yes"}});
  work.act(lead, "hold_closing_meeting",
           {{"closing_on", "2026-05-28"},
            {"closing_attendance",
             {{{"name", named(auditee)}, {"function", "Head of operations"}}, {{"name", named(auditor)}}}},
            {"time_frame", "30 days"}});
  const Json later = work.report();
  CHECK(later.at("auditees").at(0).at("function") == "Head of operations");
  CHECK(later.at("team").at(1).at("function") == "Internal auditor");
}

TEST_CASE("observations and strengths are findings of the report by their kind, once they stand") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  const Principal who = work.principal(auditor);
  const Principal head = work.principal(lead);
  const auto record = [&](const char* kind) {
    return Fieldwork::granted(
        create_record(*work.context, Call{who},
                      {"observation",
                       {},
                       "record",
                       {{"audit", work.audit},
                        {"title", kind},
                        {"kind", kind},
                        {"description", "Seen"},
                        {"requirement", "Tried out"},
                        {"clause", "A.8.13"},
                        {"items", {{{"catalogue", "small"}, {"question", "A.8.13-q1"}, {"subject", "whole"}}}}}}));
  };
  record("observation");
  record("strength");
  const std::string wrong = record("strength");
  REQUIRE(command_record(*work.context, Call{head, work.version(wrong)},
                         {"observation", wrong, "withdraw", {{"reason", "Not so"}}}));
  const Json report = work.report();
  const Json& findings = report.at("findings");
  REQUIRE(findings.size() == 2);
  CHECK(findings.at(0).at("grade") == "observation");
  CHECK(findings.at(1).at("grade") == "strength");
  CHECK(findings.at(1).at("finding") == "Seen");
  CHECK(findings.at(1).at("requirement") == "Tried out");
  CHECK(findings.at(1).at("items") == Json::array({{{"question", "A.8.13-q1"}}}));
  CHECK_FALSE(findings.at(1).contains("response"));
}

}  // namespace
}  // namespace assay::test::evidence_test
