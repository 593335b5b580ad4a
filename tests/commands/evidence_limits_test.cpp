// Limits on evidence that an audit plan sets: what is refused, before an upload and after it, and what is kept of
// consent.
#include "commands/fieldwork.h"

namespace assay::test::evidence_limits_test {
namespace {

struct Row {
  const char* name;
  std::string media_type;  // of a file; empty: an interview
  bool stated;             // to be a photograph
  std::optional<std::string> consent;
  std::string expected;  // "kept DETAILS", or what stands in the way
};

// Photographs are not taken, other files with consent only.
// clang-format off
const Row rows[] = {
    {"an image", "image/png", false, {}, "none_within.excluded none_within.needs"},
    {"a video with consent", "video/mp4", false, "Petra, in writing", "none_within.excluded"},
    {"an image in capitals", "IMAGE/PNG", false, "Petra, in writing", "none_within.excluded"},
    {"a file that is said to be a photograph", "application/pdf", true, "Petra, in writing", "none_within.excluded"},
    {"a file without consent", "application/pdf", false, {}, "none_within.needs"},
    {"a file with consent", "application/pdf", false, "Petra, in writing", R"(kept {"consent":"Petra, in writing"})"},
    {"a file with empty consent", "application/pdf", false, "", "/consent must have 1 to 500 bytes: who consented, and how"},
    {"a file with endless consent", "application/pdf", false, std::string(501, 'x'), "/consent must have 1 to 500 bytes: who consented, and how"},
    {"an interview", "", false, {}, R"(kept {"held_on":"2026-05-28","role":"Administrator"})"},
    {"an interview with consent", "", false, "Leon, orally", R"(kept {"consent":"Leon, orally","held_on":"2026-05-28","role":"Administrator"})"},
};
// clang-format on

EvidenceWish wish_of(const Row& row) {
  EvidenceWish wish{row.media_type.empty() ? "interview" : "file", "Evidence"};
  wish.description = "What it shows";
  wish.consent = row.consent;
  wish.media_type = row.media_type;
  wish.photograph = row.stated;
  if (row.media_type.empty()) {
    wish.details = {{"role", "Administrator"}};
  } else {
    wish.file_name = "a";
    wish.file = StoredFile{std::string(64, 'c'), 3};
  }
  return wish;
}

std::string told(Fieldwork& work, const Result<Performed>& attached) {
  if (!attached) {
    const auto& invalid = attached.error().invalid;
    return invalid.empty() ? said(attached) : invalid.front().pointer + " " + invalid.front().detail;
  }
  Snapshot at = work.store->read();
  return "kept " + find_evidence(at, work.find(work.audit).id, attached->uuid)->details.dump();
}

void limit(Fieldwork& work, Json not_taken, Json with_consent) {
  work.act(lead, "revise_plan",
           {{"reason", "As agreed with the auditee"},
            {"evidence_not_taken", std::move(not_taken)},
            {"consent_needed_for", std::move(with_consent)}});
}

TEST_CASE("evidence is refused that the plan rules out, and that lacks the consent it asks for") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  limit(work, {"photograph"}, {"file"});
  const Principal who = work.principal(auditor);
  for (const Row& row : rows) {
    INFO(row.name);
    EvidenceWish wish = wish_of(row);
    const auto attached = attach_evidence(*work.context, Call{who}, "audit", work.audit, wish);
    CHECK(told(work, attached) == row.expected);

    wish.item = work.item("A.8.13-q1").uuid;
    CHECK(told(work, attach_evidence(*work.context, Call{who}, "audit", work.audit, wish)) == row.expected);

    wish.file.reset();
    const auto may = may_attach_evidence(*work.context, who, "audit", work.audit, wish);
    CHECK(may.has_value() == attached.has_value());
  }
  const Json entries = work.report().at("evidence");
  REQUIRE(entries.size() == 6);
  CHECK(entries.at(0).at("consent") == "Petra, in writing");
  check_replay(*work.store);
}

TEST_CASE("a photograph is marked as one, and its consent outlives the withdrawal") {
  Fieldwork work;
  REQUIRE(work.plan("A.8.13-q1", auditor));
  work.into_the_field();
  limit(work, Json::array(), {"photograph"});
  const Principal who = work.principal(auditor);
  const Row row{"", "image/png", false, "Petra, in writing", ""};
  const auto attached = attach_evidence(*work.context, Call{who}, "audit", work.audit, wish_of(row));
  CHECK(told(work, attached) == R"(kept {"consent":"Petra, in writing","photograph":true})");
  CHECK(work.last_event("audit.evidence_attached").at("details").at("consent") == "Petra, in writing");
  REQUIRE(work.withdraw(auditor, attached->uuid));
  CHECK(work.last_event("audit.evidence_withdrawn").at("details").at("consent") == "Petra, in writing");
}

}  // namespace
}  // namespace assay::test::evidence_limits_test
