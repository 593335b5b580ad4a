// The validator of plugin packages: its table of checks, and what runs them.
#include "plugins/check/check.h"

#include <assay/ext/applicability.h>
#include <assay/ext/checklist.h>
#include <assay/ext/guard.h>
#include <assay/ext/migrate.h>
#include <assay/ext/report.h>
#include <assay/ext/sampling.h>
#include <assay/ext/scoring.h>
#include <assay/ext/settings.h>
#include <assay/ext/ticket.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "plugins/check/candidate.h"
#include "plugins/pack/record_types.h"

namespace assay {
namespace {

struct CheckRow {
  std::string_view name;
  std::string_view extension;  // that the package must have; empty: any package
  std::string_view needs;      // another check, which must have passed
  std::string_view title;
  std::string_view advice;
  std::string (*run)(Candidate&);
  std::string_view data_advice = {};  // for a data pack, which nobody builds
};

constexpr std::string_view use_guard =
    "Make every function that the host calls of a guard: assay::sdk::guard() in C++, catch_unwind in Rust.";
constexpr std::string_view look_at_status = "Look at what write() returns; at a failure stop, and return that status.";
constexpr std::string_view same_bytes =
    "Take the time from the input, no randomness, no addresses, and no order of a hash table.";
constexpr std::string_view ask_often =
    "Ask call->cancelled() in every loop that can be long, and return ASSAY_CANCELLED.";
constexpr std::string_view run_debugger =
    "Build with -fsanitize=address,undefined and call the plugin with `assay plugin run`.";

const CheckRow check_rows[] = {
    {"manifest", "", "", "The manifest is as its schema says", "See sdk/schema/manifest.json.", &check_manifest},
    {"files", "", "manifest", "Every file has the size and the hash that the manifest states, and there is no other",
     "Build the package again: `files` is filled in by the build.", &check_files,
     "List them anew with `assay plugin files`."},
    {"signature", "", "manifest", "The signature is of this manifest",
     "Sign the package with `assay plugin sign`, last.", &check_signature},
    {"data", "", "files", "Its data are as their formats say", "See sdk/README.md, Data packs.", &check_data},
    {"record-types", record_types_1, "data", "Its record types hold, and so does what is to be proved of them",
     "See workflows/README.md; `assay workflow check` tells the same of a whole set.", &check_record_types},
    {"elf", "", "files", "The library is a shared object of this machine", "Build it with assay_add_plugin().",
     &check_elf},
    {"exports", "", "elf", "The library exports its entry and nothing else",
     "Link with the version script sdk/cmake/plugin.map and compile with -fvisibility=hidden.", &check_exports},
    {"unique-symbols", "", "elf", "No symbol is shared between plugins", "Compile with -fno-gnu-unique.",
     &check_unique_symbols},
    {"libraries", "", "elf", "The library needs the C and C++ runtime only",
     "Link other libraries statically: in the sandbox nothing else is promised to be there.", &check_libraries},
    {"oldest-system", "", "elf", "The library runs on Debian 12 and whatever is newer",
     "Build on Debian 12, or link the C++ runtime statically.", &check_oldest_system},
    {"search-path", "", "elf", "The library brings no search path", "Link without -rpath.", &check_search_path},
    {"text-relocations", "", "elf", "The loader need not write into code", "Compile with -fPIC.",
     &check_text_relocations},
    {"executable-stack", "", "elf", "The stack need not be executable",
     "Link with -z noexecstack; assembler files need a .note.GNU-stack section.", &check_executable_stack},
    {"imports", "", "elf", "No function is used that starts, signals, listens or opens",
     "Whatever a plugin needs comes in its input or from the host's extensions.", &check_imports},
    {"embedded", "", "elf", "The library was built with this manifest",
     "Build again after the manifest was changed; change it nowhere but in the source.", &check_embedded},

    {"load", "", "elf", "It loads with all symbols resolved", "Link with -Wl,-z,defs,-z,now.", &check_load},
    {"entry", "", "load", "Magic block, versions and id are right",
     "Use ASSAY_PLUGIN(), or fill in assay_plugin with the constants of the headers.", &check_entry},
    {"init", "", "entry", "init succeeds", "init must work on every host: take what may fail into the calls.",
     &check_init},
    {"declared", "", "init", "It implements what its manifest declares, exactly",
     "get_extension and `extensions` of the manifest must agree.", &check_declared},
    {"scan-time", "", "declared", "It is ready within 100 ms",
     "Do the work at the first call, not in constructors or init.", &check_scan_time},
    {"init-twice", "", "declared", "After deinit it can be initialised again",
     "deinit frees all that init and the calls kept, and leaves statics as they were.", &check_init_twice},
    {"unknown-extension", "", "declared", "It gives null for extensions that it has not",
     "Compare the id as a whole, with its length.", &check_unknown_extension},
    {"bare-host", "", "declared", "It works with a host that has no extension",
     "A host extension may be null: look before you use it.", &check_bare_host},

    {"catalogue-schema", ASSAY_CHECKLIST_1, "declared", "Its catalogues are as their schema says, in every language",
     "See sdk/schema/checklist.json.", &check_catalogue_schema},
    {"catalogue-ids", ASSAY_CHECKLIST_1, "catalogue-schema",
     "Ids, their order and the version do not depend on the language",
     "Translate texts only: audits hold on to ids, and pin a version in whatever language.", &check_catalogue_ids},
    {"catalogue-hash", ASSAY_CHECKLIST_1, "catalogue-schema", "A catalogue has the same hash every time", same_bytes,
     &check_catalogue_hash},
    {"languages", ASSAY_CHECKLIST_1, "catalogue-ids", "Every language of the manifest is complete",
     "Translate what is missing, or take the language out of the manifest.", &check_languages},

    {"report-format", ASSAY_REPORT_1, "declared", "A report is well-formed", "Open the output of `assay plugin run`.",
     &check_report_format},
    {"report-again", ASSAY_REPORT_1, "report-format", "The same input gives the same bytes", same_bytes,
     &check_report_again},
    {"hostile-text", ASSAY_REPORT_1, "report-format", "Texts of people cannot become markup or formulas",
     "Escape every text of the input for the format; put an apostrophe before cells that a spreadsheet would "
     "calculate.",
     &check_hostile_text},
    {"malformed-input", "", "declared", "Input that is no JSON is survived",
     "Return ASSAY_INVALID for what cannot be read.", &check_malformed_input},

    {"scores", ASSAY_SCORING_1, "declared",
     "Scores are whole, within their bounds, and the same in any order of answers",
     "See sdk/schema/scores.json: a score for each set, none for an empty one.", &check_scores},
    {"applicability", ASSAY_APPLICABILITY_1, "declared", "Every item has an answer, and applies until facts say no",
     "See sdk/schema/applicability.json: every item once, with a reason where it does not apply.",
     &check_applicability},
    {"samples", ASSAY_SAMPLING_1, "declared", "Samples are of the size that is asked for, and the seed's alone",
     "Take every number from rng/1, and nothing from elsewhere; see sdk/schema/sample.json.", &check_samples},
    {"verdicts", ASSAY_GUARD_1, "declared", "Every guard gives a verdict, with a reason unless it allows",
     "See sdk/schema/verdict.json; what is not in the input must not decide.", &check_verdicts},
    {"ticket-requests", ASSAY_TICKET_1, "declared", "Requests stay requests, whatever people typed",
     "See sdk/schema/ticket-requests.json; build the body with a JSON library.", &check_ticket_requests},
    {"settings", ASSAY_SETTINGS_1, "declared", "Settings are judged by name, and the defaults are well",
     "See sdk/schema/settings-check.json: a JSON pointer to each setting that is wrong.", &check_settings},
    {"mapping", ASSAY_MIGRATE_1, "declared", "Every question of both versions has its place",
     "See sdk/schema/mapping.json: each question once, and nothing changed where nothing changed.", &check_mapping},

    {"short-writes", "", "declared", "It fails when its output does not fit", look_at_status, &check_short_writes},
    {"writer-error", "", "declared", "It stops when the host cannot store its output", look_at_status,
     &check_writer_error},
    {"cancel", "", "declared", "It stops within a second when it is told to", ask_often, &check_cancel},
    {"deadline", "", "declared", "It stops within a second after its deadline", ask_often, &check_deadline},
    {"host-errors", "", "declared", "It survives whatever the host answers", run_debugger, &check_host_errors},
    {"exceptions", "", "init", "No exception leaves it", use_guard, &check_exceptions},
    {"leaks", "", "declared", "A thousand calls leave nothing behind", "Free what a call takes before it returns.",
     &check_leaks},
    {"printing", "", "declared", "It prints nothing", "Use the host's log/1.", &check_printing},
    {"process-state", "", "declared", "It leaves signals, locale and environment as they are",
     "Format numbers with std::to_chars instead of setting a locale; leave signals to the host.", &check_process_state},
    {"system-calls", "", "load", "It asks nothing of the kernel that the sandbox refuses",
     "Embed data instead of reading files; compute instead of calling out.", &check_system_calls},
    {"allocations", "", "declared", "It fails as it should when it gets no memory",
     "Look at what malloc returns; in C++ let guard() catch std::bad_alloc, and let no destructor allocate.",
     &check_allocations},
    {"fuzz", "", "declared", "Changed input neither crashes nor stops it", run_debugger, &check_fuzz,
     "Call it with `assay plugin run`; a template or a rule goes wrong there."},
};

/// The checks of a data pack, which has no code: what the host evaluates ends at the deadline of its call.
constexpr std::array<std::string_view, 15> data_checks = {
    "record-types", "signature",     "scores",           "applicability", "manifest",
    "files",        "data",          "catalogue-schema", "catalogue-ids", "catalogue-hash",
    "languages",    "report-format", "report-again",     "hostile-text",  "fuzz"};

/// The checks that call the plugin in every way that there is a sound input for; where there is none they would look at
/// nothing. Others also look at loading.
constexpr std::array<std::string_view, 7> call_checks = {"short-writes", "writer-error", "host-errors", "exceptions",
                                                         "leaks",        "allocations",  "fuzz"};
constexpr std::array<std::string_view, 2> long_checks = {"cancel", "deadline"};     // that need large input
constexpr std::array<std::string_view, 2> seeded_checks = {"allocations", "fuzz"};  // that try cases by chance

bool named_in(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// Runs rows, and what they need before them, each once.
class Validation {
 public:
  Validation(const std::filesystem::path& folder, const CheckOptions& options) : subject_(folder, options) {}

  /// Nothing when there is nothing to look at.
  const CheckResult* result_of(std::string_view name) {
    if (const auto found = results_.find(name); found != results_.end())
      return found->second ? &*found->second : nullptr;
    const CheckRow& row = *std::ranges::find(check_rows, name, &CheckRow::name);
    auto& place = results_[row.name];
    place = run(row);
    return place ? &*place : nullptr;
  }

 private:
  std::optional<CheckResult> run(const CheckRow& row) {
    CheckResult result{std::string(row.name), std::string(row.title), CheckOutcome::passed, {}, {}, {}, {}};
    if (!row.needs.empty()) {
      const CheckResult* const manifest = result_of("manifest");
      if (manifest->outcome == CheckOutcome::passed && !concerns(row)) return {};
      const CheckResult* const before = result_of(needed(row));
      if (before == nullptr) return {};
      if (before->outcome != CheckOutcome::passed) {
        result.outcome = CheckOutcome::skipped;
        result.reason = fmt::format("{} did not pass", root_of(*before));
        return result;
      }
    }
    const auto begun = std::chrono::steady_clock::now();
    try {
      result.reason = row.run(subject_);
    } catch (const Unmet& unmet) {
      result.outcome = CheckOutcome::failed;
      result.reason = unmet.what();
      const bool data = !row.data_advice.empty() && subject_.known() && subject_.manifest().data;
      result.advice = data ? row.data_advice : row.advice;
      result.seed = unmet.seed;
    }
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    return result;
  }

  /// Whether the row has something to look at in this package.
  bool concerns(const CheckRow& row) {
    const bool data = subject_.manifest().data.has_value();
    if (data ? std::ranges::find(data_checks, row.name) == data_checks.end() : row.name == "data") return false;
    if (row.name == "signature") return signed_or_meant_to_be();
    if (row.name == "malformed-input") return std::ranges::any_of(subject_.cases(), has_input);
    if (named_in(call_checks, row.name) && subject_.cases().empty()) return false;
    if (named_in(long_checks, row.name) && subject_.large_cases().empty()) return false;
    return row.extension.empty() || subject_.manifest().implements(row.extension);
  }
  static bool has_input(const CallCase& one) { return !one.input.empty(); }
  bool signed_or_meant_to_be() const {
    return !subject_.options().key.empty() || std::filesystem::exists(subject_.folder() / "manifest.sig");
  }
  /// What it needs; in a data pack, its data in place of a library.
  std::string_view needed(const CheckRow& row) const {
    const bool data = subject_.known() && subject_.manifest().data.has_value();
    const bool there = std::ranges::find(data_checks, row.needs) != data_checks.end();
    return data && !there ? "data" : row.needs;
  }

  /// The check that failed first, of those that this one needs.
  std::string root_of(const CheckResult& result) {
    if (result.outcome == CheckOutcome::failed) return result.name;
    return root_of(*result_of(needed(*std::ranges::find(check_rows, result.name, &CheckRow::name))));
  }

  Candidate subject_;
  std::map<std::string_view, std::optional<CheckResult>, std::less<>> results_;
};

}  // namespace

std::vector<std::string> check_names() {
  std::vector<std::string> names;
  for (const CheckRow& row : check_rows) names.emplace_back(row.name);
  return names;
}

std::vector<CheckResult> check_package(const std::filesystem::path& folder, const CheckOptions& options,
                                       const std::function<void(const CheckResult&)>& told) {
  Validation validation(folder, options);
  std::vector<CheckResult> results;
  for (const CheckRow& row : check_rows) {
    const bool asked = options.only.empty() || std::ranges::find(options.only, row.name) != options.only.end();
    if (!asked || (options.reproduce && !named_in(seeded_checks, row.name))) continue;
    const CheckResult* const result = validation.result_of(row.name);
    if (result == nullptr) continue;
    results.push_back(*result);
    if (told) told(*result);
  }
  return results;
}

}  // namespace assay
