// The package that is being checked, and what its checks share.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "plugins/check/check.h"
#include "plugins/check/elf.h"
#include "plugins/check/probe.h"
#include "plugins/code.h"
#include "plugins/manifest.h"
#include "plugins/package.h"

namespace assay {

/// Thrown by a check: what it looks at does not hold, for the reason that what() gives.
struct Unmet : std::runtime_error {
  explicit Unmet(const std::string& reason, std::optional<std::uint64_t> with_seed = {})
      : std::runtime_error(reason), seed(with_seed) {}
  std::optional<std::uint64_t> seed;
};

/// One way in which the host calls a plugin, with sound input; of each extension there is a row for all that differs.
struct CallCase {
  std::string name;  // for people
  sandbox::Method method;
  std::string language, format, input, settings = {};
};
/// Whether its method is one that takes JSON and gives JSON.
inline bool takes_json(const CallCase& one) {
  return one.method != sandbox::Method::catalogues && one.method != sandbox::Method::render;
}

/// One thread at a time.
class Candidate {
 public:
  Candidate(std::filesystem::path folder, const CheckOptions& options);

  const std::filesystem::path& folder() const { return folder_; }
  const CheckOptions& options() const { return options_; }

  // Each is there once the check that finds it has passed.
  const Manifest& manifest() const { return *manifest_; }
  /// The format of a report.
  const ReportFormat& format_of(const CallCase& one) const { return *manifest_->find_format(one.format); }
  const ElfFacts& elf() const { return *elf_; }
  bool known() const { return manifest_.has_value(); }
  void take(Manifest manifest) { manifest_ = std::move(manifest); }
  void take(SealedLibrary library) { library_.emplace(std::move(library)); }
  void take(ElfFacts facts) { elf_ = std::move(facts); }
  void take(std::shared_ptr<PluginCode> data) { data_ = std::move(data); }
  /// Name and bytes of each file of the package but its library.
  void take_resources(std::vector<std::string> resources) { resources_ = std::move(resources); }

  /// Of the library whose hash was checked.
  std::string library_bytes() const;
  /// A process in which nothing is loaded yet.
  std::unique_ptr<Probe> process();
  /// Where the plugin is loaded: of a data pack here, else in a process of its own, up to and with that step; with
  /// `bare`, the host has no extensions.
  std::unique_ptr<CallTarget> loaded(sandbox::Step last = sandbox::Step::take, bool bare = false);
  /// The request for a step of loading.
  sandbox::ProbeRequest request(sandbox::Step step, bool bare = false) const;
  static sandbox::ProbeRequest request(const CallCase& one);

  /// All ways to call it.
  const std::vector<CallCase>& cases();
  /// As cases(), but with as much input as there may be.
  std::vector<CallCase> large_cases() const;

 private:
  std::filesystem::path folder_;
  CheckOptions options_;
  std::optional<Manifest> manifest_;
  std::optional<SealedLibrary> library_;
  std::optional<ElfFacts> elf_;
  std::shared_ptr<PluginCode> data_;  // of a data pack
  std::vector<std::string> resources_;
  std::vector<CallCase> cases_;
  Spawner spawner_;
};

/// What a step of a plugin may take before it counts as hanging.
inline constexpr std::chrono::milliseconds step_patience{10'000};

/// Throws Unmet unless the step went well.
void demand_well(const CallTarget& probe, const Tried& tried, std::string_view what);
/// Throws Unmet when the step ended the process or let an exception out; its status may be any.
void demand_alive(const CallTarget& probe, const Tried& tried, std::string_view what);
/// The answer of a method that takes JSON and gives JSON, which the host would take; else throws Unmet.
Json demand_answer(const Manifest& manifest, const CallTarget& probe, sandbox::Method method, const Json& input,
                   const Tried& tried, std::string_view what);
/// What the plugin said about a failure, for a person.
std::string said_of(const sandbox::Observed& seen);

/// A made-up audit or response as the input of a report, in that language, without its hash.
Json sample_input(std::string_view of, std::string_view language);
/// The text that a plugin gets for `input`, which is without its hash.
std::string input_text(Json input);

// The checks. Each returns what there is to say when it passed, often nothing, and throws Unmet.
std::string check_manifest(Candidate& subject);
std::string check_signature(Candidate& subject);
std::string check_files(Candidate& subject);
std::string check_data(Candidate& subject);
std::string check_record_types(Candidate& subject);
std::string check_elf(Candidate& subject);
std::string check_exports(Candidate& subject);
std::string check_unique_symbols(Candidate& subject);
std::string check_libraries(Candidate& subject);
std::string check_oldest_system(Candidate& subject);
std::string check_search_path(Candidate& subject);
std::string check_text_relocations(Candidate& subject);
std::string check_executable_stack(Candidate& subject);
std::string check_imports(Candidate& subject);
std::string check_embedded(Candidate& subject);

std::string check_load(Candidate& subject);
std::string check_entry(Candidate& subject);
std::string check_init(Candidate& subject);
std::string check_declared(Candidate& subject);
std::string check_scan_time(Candidate& subject);
std::string check_init_twice(Candidate& subject);
std::string check_unknown_extension(Candidate& subject);
std::string check_bare_host(Candidate& subject);

std::string check_catalogue_schema(Candidate& subject);
std::string check_catalogue_ids(Candidate& subject);
std::string check_catalogue_hash(Candidate& subject);
std::string check_languages(Candidate& subject);

std::string check_report_format(Candidate& subject);
std::string check_report_again(Candidate& subject);
std::string check_hostile_text(Candidate& subject);
std::string check_malformed_input(Candidate& subject);

std::string check_scores(Candidate& subject);
std::string check_applicability(Candidate& subject);
std::string check_samples(Candidate& subject);
std::string check_verdicts(Candidate& subject);
std::string check_ticket_requests(Candidate& subject);
std::string check_settings(Candidate& subject);
std::string check_mapping(Candidate& subject);

std::string check_short_writes(Candidate& subject);
std::string check_writer_error(Candidate& subject);
std::string check_cancel(Candidate& subject);
std::string check_deadline(Candidate& subject);
std::string check_host_errors(Candidate& subject);
std::string check_exceptions(Candidate& subject);
std::string check_leaks(Candidate& subject);
std::string check_printing(Candidate& subject);
std::string check_process_state(Candidate& subject);
std::string check_system_calls(Candidate& subject);
std::string check_allocations(Candidate& subject);
std::string check_fuzz(Candidate& subject);

}  // namespace assay
