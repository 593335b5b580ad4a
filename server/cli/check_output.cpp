// The results of the validator, for people and for machines.
#include "cli/check_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "domain/json.h"
#include "plugins/utf8.h"

namespace assay {
namespace {

constexpr std::string_view continued = "                      ";  // below what was found

struct OutcomeNames {
  std::string_view mark, name;
};
constexpr std::array<OutcomeNames, 3> outcome_names = {{{"ok  ", "passed"}, {"FAIL", "failed"}, {"skip", "skipped"}}};

const OutcomeNames& names_of(CheckOutcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

std::int64_t count_of(const std::vector<CheckResult>& results, CheckOutcome outcome) {
  return std::ranges::count(results, outcome, &CheckResult::outcome);
}

double seconds_of(const std::vector<CheckResult>& results) {
  std::chrono::milliseconds all{0};
  for (const CheckResult& result : results) all += result.took;
  return static_cast<double>(all.count()) / 1000;
}

/// As text or attribute of XML, which knows no control characters.
std::string xml_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return escaped;
}

}  // namespace

std::string check_text(const CheckResult& result) {
  std::string text = fmt::format("  {}  {:<18} {}", names_of(result.outcome).mark, result.name, result.title);
  // What was found may quote the package: none of it may look like the result of a check.
  if (result.outcome == CheckOutcome::failed) {
    text += fmt::format("\n          found       {}\n          what to do  {}", clean_lines(result.reason, continued),
                        clean_lines(result.advice, continued));
    if (result.seed) text += fmt::format("\n          again       --only {} --reproduce {}", result.name, *result.seed);
  } else if (!result.reason.empty()) {
    text += fmt::format(" ({})", one_line(result.reason));
  }
  return text + "\n";
}

std::string check_summary(const std::vector<CheckResult>& results) {
  std::string failed;  // what they are may have scrolled away
  for (const CheckResult& result : results) {
    if (result.outcome == CheckOutcome::failed) failed += (failed.empty() ? "; failed: " : ", ") + result.name;
  }
  return fmt::format("{} passed, {} failed, {} skipped, in {:.1f} s{}\n", count_of(results, CheckOutcome::passed),
                     count_of(results, CheckOutcome::failed), count_of(results, CheckOutcome::skipped),
                     seconds_of(results), failed);
}

std::string check_json(std::string_view package, const std::vector<CheckResult>& results) {
  Json checks = Json::array();
  for (const CheckResult& result : results) {
    Json check = {{"name", result.name},
                  {"title", result.title},
                  {"outcome", names_of(result.outcome).name},
                  {"took_ms", result.took.count()}};
    if (!result.reason.empty()) check["reason"] = result.reason;
    if (!result.advice.empty()) check["advice"] = result.advice;
    if (result.seed) check["seed"] = *result.seed;
    checks.push_back(std::move(check));
  }
  const Json all = {{"package", package}, {"passed", all_passed(results)}, {"checks", std::move(checks)}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string check_junit(std::string_view package, const std::vector<CheckResult>& results) {
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"assay plugin check {}\" tests=\"{}\" "
      "failures=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
      xml_text(package), results.size(), count_of(results, CheckOutcome::failed),
      count_of(results, CheckOutcome::skipped), seconds_of(results));
  for (const CheckResult& result : results) {
    xml += fmt::format("  <testcase classname=\"plugin\" name=\"{}\" time=\"{:.3f}\"", xml_text(result.name),
                       static_cast<double>(result.took.count()) / 1000);
    if (result.outcome == CheckOutcome::failed)
      xml += fmt::format("><failure message=\"{}\">{}</failure></testcase>\n", xml_text(result.reason),
                         xml_text(result.advice));
    else if (result.outcome == CheckOutcome::skipped)
      xml += fmt::format("><skipped message=\"{}\"/></testcase>\n", xml_text(result.reason));
    else
      xml += "/>\n";
  }
  return xml + "</testsuite>\n";
}

bool all_passed(const std::vector<CheckResult>& results) {
  return !results.empty() && count_of(results, CheckOutcome::failed) == 0;
}

}  // namespace assay
