// The shipped files: they load, they check, and they are complete in both languages.
#include <regex>

#include "domain/guards.h"
#include "workflows/company.h"

namespace assay::test::shipped_test {
namespace {

TEST_CASE("the shipped set loads without a flaw") {
  const auto loaded = load_workflows(read_workflow_files(shipped_folder()));
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) FAIL(text_of(*flaws));
  const auto& set = std::get<WorkflowSet>(loaded);
  CHECK(text_of(check(set)) == "");
  std::vector<std::string> types;
  for (const auto& [type, definition] : set.types) types.push_back(type);
  for (const char* type : {"access-grant",
                           "accreditation",
                           "adoption",
                           "appeal",
                           "application",
                           "area-of-concern",
                           "audit",
                           "audit-programme",
                           "certificate",
                           "certification",
                           "certification-audit",
                           "certification-decision",
                           "certification-programme",
                           "change-notification",
                           "client",
                           "client-nonconformity",
                           "committee-meeting",
                           "competence",
                           "complaint",
                           "contract",
                           "conformity-certificate",
                           "control",
                           "control-system",
                           "controlled-document",
                           "corrective-action",
                           "deviation",
                           "evaluation",
                           "impartiality-risk",
                           "interest-declaration",
                           "management-review",
                           "management-system",
                           "nonconformity",
                           "objective",
                           "observation",
                           "opportunity",
                           "recurring-audit",
                           "requirement-mapping",
                           "risk",
                           "scope-statement",
                           "statement-of-applicability",
                           "supplier",
                           "technical-review",
                           "transfer",
                           "zone"}) {
    CHECK(std::find(types.begin(), types.end(), type) != types.end());
  }
}

TEST_CASE("no label, role or reason lacks its German text") {
  const WorkflowSet& set = shipped();
  for (const auto& [type, definition] : set.types) {
    INFO(type);
    CHECK(fmt::format("{}", fmt::join(missing_labels(definition, "de"), " ")) == "");
  }
  for (const auto& [name, role] : set.roles) {
    INFO(name);
    CHECK(set.role_labels.at("de").contains(name));
  }
  for (const Guard& guard : guards()) {
    for (const GuardReason& reason : guard.reasons) {
      INFO(guard.name << "." << reason.code);
      CHECK(set.guard_texts.at("de").contains(fmt::format("{}.{}", guard.name, reason.code)));
    }
  }
}

TEST_CASE("every policy, with its options and presets, has its German name, and words of its source are German") {
  const std::regex words("[a-z]{4}");  // more than clauses and titles of documents
  for (const auto& [name, policy] : shipped().policies) {
    INFO(name);
    REQUIRE(policy.words.contains("de"));  // with all options and presets, as loading holds
    CHECK(policy.label_in("de") != policy.label);
    if (std::regex_search(policy.source, words)) CHECK(policy.source_in("de") != policy.source);
    for (const auto& [option, label] : policy.options) CHECK(policy.option_in(option, "de") != label);
  }
  CHECK(shipped().policies.at("client_response_major").preset_in("7-day-plan", "de") == "Plan in 7 Tagen");
}

/// Looks at a schema, at that of its elements, and at those of its members.
void check_labels(const std::string& name, const Json& schema) {
  INFO(name);
  if (schema.contains("enum")) {
    REQUIRE(schema.contains("x-labels"));
    CHECK(schema["x-labels"].size() == schema["enum"].size());
  }
  if (schema.contains("items")) check_labels(name, schema["items"]);
  const Json members = schema.value("properties", Json::object());
  for (const auto& [member, inner] : members.items()) {
    CHECK(inner.contains("title"));
    check_labels(fmt::format("{}.{}", name, member), inner);
  }
}

TEST_CASE("every member of a field has a title, and every enumeration a label for each value") {
  for (const auto& [type, definition] : shipped().types) {
    for (const auto& [name, field] : definition.fields) check_labels(fmt::format("{}.{}", type, name), field.schema);
  }
}

TEST_CASE("forms name members and values in the language of the reader") {
  const Definition& audit = *shipped().find("audit");
  const Json german = Json::parse(input_schema_text(audit, audit.commands.at("issue_plan"), "de"));
  const Json& session = german.at("properties").at("sessions").at("items").at("properties");
  CHECK(session.at("zone").at("title") == "Zeitzone");
  CHECK(session.at("mode").at("title") == "Art");
  CHECK(session.at("mode").at("x-labels") == Json{{"on_site", "Vor Ort"}, {"remote", "Fern"}});
  const Json english = Json::parse(input_schema_text(audit, audit.commands.at("issue_plan"), "en"));
  CHECK(english.at("properties").at("sessions").at("items").at("properties").at("zone").at("title") == "Time zone");
}

TEST_CASE("a placeholder of a translated reason is one of the English text") {
  const auto placeholders = [](std::string_view text) {
    std::set<std::string> names;
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
      names.insert(std::string(text.substr(open + 1, text.find('}', open) - open - 1)));
    }
    return names;
  };
  const auto& german = shipped().guard_texts.at("de");
  for (const Guard& guard : guards()) {
    for (const GuardReason& reason : guard.reasons) {
      const auto key = fmt::format("{}.{}", guard.name, reason.code);
      INFO(key);
      REQUIRE(german.contains(key));
      CHECK(placeholders(german.at(key)) == placeholders(reason.text));
    }
  }
}

TEST_CASE("every deadline policy names its source, and 30/90 is the default") {
  const WorkflowSet& set = shipped();
  for (const auto& [name, policy] : set.policies) {
    INFO(name);
    CHECK(!policy.source.empty());
    CHECK(!policy.edition.empty());
  }
  CHECK(set.policies.at("response_due").value == 30);
  CHECK(set.policies.at("major_verification").value == 90);
  for (const char* name : {"response_due", "major_verification", "minor_verification", "client_response_major",
                           "client_response_minor", "client_major_verification", "client_minor_verification"}) {
    INFO(name);
    CHECK(set.policies.at(name).presets.at("30/90") == set.policies.at(name).value);
  }
}

TEST_CASE(
    "what a timer fires raises a flag or plans, tells somebody, and moves a record only when its validity begins or is "
    "over") {
  const std::set<std::string> ended{"access-grant.active", "access-grant.ended",       "accreditation.expired",
                                    "adoption.lapsed",     "certification.expired",    "conformity-certificate.expired",
                                    "deviation.expired",   "interest-declaration.over"};
  for (const auto& [type, definition] : shipped().types) {
    for (const auto& [name, timer] : definition.timers) {
      INFO(type << "." << name);
      if (timer.fires.empty()) continue;
      const CommandDefinition& command = definition.commands.at(timer.fires);
      CHECK((!command.to || ended.contains(type + "." + *command.to)));
      const auto raises = [](const EffectUse& effect) {
        if (effect.kind == "create") return true;
        if (effect.kind != "set") return false;
        const Json& values = effect.parameters.at("values");
        return std::any_of(values.begin(), values.end(), [](const Json& value) { return value == true; });
      };
      CHECK(std::any_of(command.effects.begin(), command.effects.end(), raises));
      CHECK(std::any_of(command.effects.begin(), command.effects.end(),
                        [](const EffectUse& effect) { return effect.kind == "tell"; }));
    }
  }
}

TEST_CASE("the deadline presets that bodies publish are offered with their numbers") {
  struct Row {
    const char *preset, *policy;
    Json value;
  };
  const Row rows[] = {{"30/90", "client_response_days", "calendar_days"},
                      {"30/90", "client_response_major", 30},
                      {"30/90", "client_response_minor", 30},
                      {"30/90", "client_major_verification", 90},
                      {"30/90", "response_due", 30},
                      {"30/90", "major_verification", 90},
                      {"90-evidence", "client_response_major", 90},
                      {"90-evidence", "client_response_minor", 90},
                      {"90-evidence", "client_major_verification", 90},
                      {"90-evidence", "client_minor_verification", 12},
                      {"90-evidence", "response_due", 90},
                      {"10/21", "client_response_days", "working_days"},
                      {"10/21", "client_response_major", 10},
                      {"10/21", "client_response_minor", 21},
                      {"7-day-plan", "client_response_days", "calendar_days"},
                      {"7-day-plan", "client_response_major", 7},
                      {"7-day-plan", "client_response_minor", 7},
                      {"7-day-plan", "response_due", 7},
                      {"all-closed", "client_minor_verification", 3},
                      {"all-closed", "minor_verification", 90},
                      {"show-cause", "show_cause", 14},
                      {"show-cause", "client_major_verification", 182},
                      {"show-cause", "major_verification", 182}};
  for (const Row& row : rows) {
    INFO(row.policy << " of " << row.preset);
    const PolicyDefinition& policy = shipped().policies.at(row.policy);
    REQUIRE(policy.presets.contains(row.preset));
    CHECK(policy.presets.at(row.preset) == row.value);
    // What a programme may set for itself reaches what others publish.
    if (policy.between && row.value.is_number()) {
      CHECK(row.value >= policy.between->first);
      CHECK(row.value <= policy.between->second);
    }
  }
}

TEST_CASE("which policies no programme sets, and why") {
  // Another one is set by programmes (`between`, or a choice) or stands here with its reason: a decision either way.
  const std::map<std::string, std::set<std::string>> fixed{
      {"the standard or the scheme says so",
       {"central_function_audits", "certificate_effective", "certificate_validity", "conformity_surveillance",
        "conformity_validity", "consultancy_block", "evaluated_days", "internal_audit_block", "related_body_block",
        "surveillances_a_year", "transfer_ceased_limit"}},
      {"arithmetic of dates",
       {"less_a_day", "on_the_day", "one_calendar_year", "the_day_before", "two_calendar_years", "year_before"}},
      {"tables and shares of the calculators",
       {"audit_day_hours", "audit_time_adjustment", "audit_time_beyond", "audit_time_beyond_days", "audit_time_classes",
        "audit_time_days", "audit_time_rounding", "identical_work", "integrated_reduction_cap", "recertification_share",
        "sampling_initial", "sampling_recertification", "sampling_surveillance", "site_reduction_cap", "stage_1_share",
        "surveillance_share"}},
      {"the law says so", {"privacy_answer", "privacy_answer_extended"}},
      {"retention", {"kept_accountability", "kept_certification", "kept_management_system"}},
      {"reminders",
       {"expiry_reminders", "privacy_reminders", "reminders", "suspension_reminders", "validity_reminders",
        "visit_reminders"}},
      {"one for the whole organisation: it begins before a programme, or hangs below none",
       {"adoption_period",    "appeal_acknowledgement", "appeal_decision",        "appeal_progress",
        "application_answer", "application_review",     "change_triage",          "complaint_acknowledgement",
        "complaint_decision", "complaint_progress",     "contract_acceptance",    "control_system_review",
        "document_review",    "effectiveness_review",   "recertification_window", "risk_levels",
        "risk_review",        "scope_review",           "statement_review",       "supplier_rating"}}};
  std::set<std::string> found, expected;
  for (const auto& [name, policy] : shipped().policies)
    if (!policy.between && policy.options.empty()) found.insert(name);
  for (const auto& [why, names] : fixed) expected.insert(names.begin(), names.end());
  CHECK(found == expected);
}

}  // namespace
}  // namespace assay::test::shipped_test
