// The package that is being checked, and what its checks share.
#include "plugins/check/candidate.h"

#include <assay/ext/checklist.h>
#include <assay/ext/report.h>
#include <embedded.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "ledger/digest.h"
#include "plugins/check/answer_inputs.h"
#include "plugins/methods.h"
#include "plugins/running_call.h"

namespace assay {
namespace {

/// The methods that take JSON and give JSON, and what people call their answers.
constexpr std::pair<sandbox::Method, std::string_view> answering[] = {
    {sandbox::Method::score, "the scores"},      {sandbox::Method::applicable, "what applies"},
    {sandbox::Method::sample, "a sample"},       {sandbox::Method::judge, "a verdict"},
    {sandbox::Method::requests, "the requests"}, {sandbox::Method::check_settings, "what is wrong with settings"},
    {sandbox::Method::map, "the mapping"},
};

CallCase render_case(const std::string& format, const std::string& language, std::string input) {
  return {fmt::format("a report in {}", format), sandbox::Method::render, language, format, std::move(input)};
}

/// `list`, a member of `input`, as long as it may be without becoming a burden.
void lengthen(Json& input, const char* list, std::size_t length) {
  Json& entries = input.at(list);
  const std::size_t before = entries.size();
  for (std::size_t i = 0; before > 0 && entries.size() < length; ++i) entries.push_back(entries.at(i % before));
}

/// The data of a pack, which the host itself evaluates: all steps but calls are none. A call that takes too long ends
/// it for good, as it does a process.
class DataTarget : public CallTarget {
 public:
  explicit DataTarget(std::shared_ptr<PluginCode> data) : data_(std::move(data)) {}

  Tried take(const sandbox::ProbeRequest& request, std::chrono::milliseconds within) override {
    Tried tried;
    if (!end_.empty()) return tried;
    tried.alive = true;
    if (request.step != sandbox::Step::call) return tried;
    const CallLimits limits{std::chrono::steady_clock::now() + within};
    const CallServices services;
    RunningCall call(limits, request.language, services);
    const auto sink = [&](std::string_view piece) -> Result<void> {
      tried.output += piece;
      return {};
    };
    const std::uint64_t room = std::min<std::uint64_t>(request.takes_bytes, most_data_output);
    const CappedOutput output(call, request.takes_writes == 0 ? 0 : room, false, sink);
    try {
      const auto run = data_->run({"check", request.method, room, request.format, request.input}, call, output);
      tried.seen.status = run ? ASSAY_OK : ASSAY_FAILED;
      if (!run) tried.seen.message = run.error().detail;
      if (!run && call.given_up()) {
        end_ = "it did not answer in time";
        tried.alive = false;
      }
    } catch (const std::exception& error) {
      // Input that the host would not have let through.
      tried.seen.status = ASSAY_INVALID;
      tried.seen.message = error.what();
    }
    tried.seen.written = output.size();
    return tried;
  }
  const std::string& end() const override { return end_; }
  const std::string& printed() const override { return nothing_; }

 private:
  static constexpr std::uint64_t most_data_output = 64u << 20;
  std::shared_ptr<PluginCode> data_;
  std::string end_, nothing_;
};

}  // namespace

Candidate::Candidate(std::filesystem::path folder, const CheckOptions& options)
    : folder_(std::move(folder)), options_(options), spawner_(options.program, std::chrono::microseconds(0)) {}

std::string Candidate::library_bytes() const {
  std::string bytes;
  char piece[1 << 16];
  ssize_t count = 0;
  while ((count = ::pread(library_->descriptor(), piece, sizeof piece, static_cast<off_t>(bytes.size()))) > 0)
    bytes.append(piece, static_cast<std::size_t>(count));
  return bytes;
}

std::unique_ptr<Probe> Candidate::process() {
  return std::make_unique<Probe>(spawner_, library_->descriptor(), options_.required);
}

sandbox::ProbeRequest Candidate::request(sandbox::Step step, bool bare) const {
  sandbox::ProbeRequest request;
  request.step = step;
  request.identity = {manifest_->id, manifest_->version, manifest_->abi_major, manifest_->abi_minor,
                      manifest_->extensions};
  if (!bare) request.host_extensions = manifest_->host_extensions;
  if (step == sandbox::Step::init && !bare) request.resources = resources_;
  request.language = manifest_->languages.front();
  return request;
}

sandbox::ProbeRequest Candidate::request(const CallCase& one) {
  sandbox::ProbeRequest request;
  request.step = sandbox::Step::call;
  request.method = one.method;
  request.language = one.language;
  request.format = one.format;
  request.input = one.input;
  request.settings = one.settings;
  return request;
}

std::unique_ptr<CallTarget> Candidate::loaded(sandbox::Step last, bool bare) {
  using sandbox::Step;
  static constexpr std::pair<Step, std::string_view> steps[] = {
      {Step::map, "loading"}, {Step::open, "the entry"}, {Step::init, "init"}, {Step::take, "get_extension"}};
  if (data_) return std::make_unique<DataTarget>(data_);
  auto probe = process();
  for (const auto& [step, name] : steps) {
    demand_well(*probe, probe->take(request(step, bare), step_patience), name);
    if (step == last) break;
  }
  return probe;
}

const std::vector<CallCase>& Candidate::cases() {
  if (!cases_.empty()) return cases_;
  for (const std::string& language : manifest_->languages) {
    if (manifest_->implements(ASSAY_CHECKLIST_1))
      cases_.push_back({fmt::format("the catalogues in {}", language), sandbox::Method::catalogues, language, {}, {}});
    for (const auto& [method, name] : answering) {
      if (!manifest_->implements(json_method(method).extension)) continue;
      const Json input = usual_input(*manifest_, method, language);
      cases_.push_back({fmt::format("{}, in {}", name, language), method, language, {}, canonical(input)});
    }
    if (!manifest_->implements(ASSAY_REPORT_1)) continue;
    for (const ReportFormat& format : manifest_->report_formats)
      cases_.push_back(render_case(format.id, language, input_text(sample_input(format.of, language))));
  }
  for (CallCase& one : cases_) {
    if (one.method != sandbox::Method::catalogues) one.settings = default_settings(*manifest_);
  }
  return cases_;
}

std::vector<CallCase> Candidate::large_cases() const {
  std::vector<CallCase> large;
  const std::string& language = manifest_->languages.front();
  if (manifest_->implements(ASSAY_CHECKLIST_1))
    large.push_back({"the catalogues", sandbox::Method::catalogues, language, {}, {}});
  for (const auto& [method, name] : answering) {
    if (!manifest_->implements(json_method(method).extension) || method == sandbox::Method::check_settings) continue;
    const Json input = large_input(*manifest_, method, language);
    large.push_back({std::string(name), method, language, {}, canonical(input), default_settings(*manifest_)});
  }
  if (!manifest_->implements(ASSAY_REPORT_1)) return large;
  for (const ReportFormat& format : manifest_->report_formats) {
    Json input = sample_input(format.of, language);
    for (const char* list : {"findings", "earlier_responses", "implementations", "corrective_actions", "evidence"}) {
      if (input.contains(list)) lengthen(input, list, 1000);
    }
    large.push_back(render_case(format.id, language, input_text(std::move(input))));
  }
  return large;
}

std::string said_of(const sandbox::Observed& seen) {
  if (seen.message.empty()) return fmt::format("status {}, and no reason given by call->fail", seen.status);
  const std::string place = seen.pointer.empty() ? std::string() : one_line(seen.pointer) + ": ";
  return place + one_line(seen.message);
}

void demand_alive(const CallTarget& probe, const Tried& tried, std::string_view what) {
  if (!tried.alive) throw Unmet(fmt::format("{}: {}", what, probe.end()));
  if (tried.seen.threw) throw Unmet(fmt::format("{}: an exception crossed the boundary", what));
}

void demand_well(const CallTarget& probe, const Tried& tried, std::string_view what) {
  demand_alive(probe, tried, what);
  if (tried.seen.status != ASSAY_OK) throw Unmet(fmt::format("{}: {}", what, said_of(tried.seen)));
}

Json demand_answer(const Manifest& manifest, const CallTarget& probe, sandbox::Method method, const Json& input,
                   const Tried& tried, std::string_view what) {
  demand_well(probe, tried, what);
  auto parsed = parse_strict(tried.output);
  if (const auto* fault = std::get_if<JsonFault>(&parsed)) throw Unmet(fmt::format("{}: {}", what, fault->reason));
  Json output = std::get<Json>(std::move(parsed));
  const JsonMethod& known = json_method(method);
  if (const auto wrong = known.output().violations(output); !wrong.empty())
    throw Unmet(fmt::format("{}: \"{}\": {}", what, wrong.front().pointer, wrong.front().detail));
  if (const auto fault = known.fault(manifest, input, output)) throw Unmet(fmt::format("{}: {}", what, *fault));
  return output;
}

Json sample_input(std::string_view of, std::string_view language) {
  Json input = Json::parse(of == "response" ? sample_response_input_text : sample_report_input_text);
  input["language"] = language;
  return input;
}

std::string input_text(Json input) {
  input["input_hash"] = sha256_hex(canonical(input));
  return canonical(input);
}

}  // namespace assay
