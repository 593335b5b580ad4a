// Checks of what report/1 writes.
#include <fmt/format.h>

#include <algorithm>

#include "plugins/check/candidate.h"
#include "plugins/check/document.h"
#include "plugins/check/inputs.h"

namespace assay {
namespace {

std::vector<CallCase> reports_of(Candidate& subject) {
  std::vector<CallCase> reports = subject.cases();
  std::erase_if(reports, [](const CallCase& one) { return one.method != sandbox::Method::render; });
  return reports;
}

std::string document_of(CallTarget& probe, const CallCase& one) {
  Tried tried = probe.take(Candidate::request(one), step_patience);
  demand_well(probe, tried, fmt::format("{} in {}", one.name, one.language));
  return std::move(tried.output);
}

void demand_sound(const Candidate& subject, const CallCase& one, const std::string& document) {
  const std::string& media_type = subject.format_of(one).media_type;
  if (const auto fault = document_fault(media_type, document))
    throw Unmet(fmt::format("{} in {} is no sound {}: {}", one.name, one.language, media_type, *fault));
}

}  // namespace

std::string check_report_format(Candidate& subject) {
  const auto probe = subject.loaded();
  std::size_t bytes = 0;
  for (CallCase one : reports_of(subject)) {
    const std::string document = document_of(*probe, one);
    demand_sound(subject, one, document);
    bytes = document.size();
    const std::string& of = subject.format_of(one).of;
    one.input = input_text(smallest_input(of, one.language));
    one.name += of == "audit" ? " about an audit that has only begun" : " about what nobody has answered";
    demand_sound(subject, one, document_of(*probe, one));
  }
  return fmt::format("{} bytes", bytes);
}

std::string check_report_again(Candidate& subject) {
  for (const CallCase& one : reports_of(subject)) {
    const auto probe = subject.loaded(), later = subject.loaded();
    const std::string first = document_of(*probe, one);
    if (first != document_of(*probe, one)) throw Unmet(one.name + ": a second call gives other bytes");
    if (first != document_of(*later, one)) throw Unmet(one.name + ": another process gives other bytes");
  }
  return {};
}

std::string check_hostile_text(Candidate& subject) {
  const auto probe = subject.loaded();
  for (CallCase one : reports_of(subject)) {
    const std::string& media_type = subject.format_of(one).media_type;
    const std::string& of = subject.format_of(one).of;
    for (const Json& input : hostile_inputs(of, one.language, hostile_texts())) {
      one.input = input_text(input);
      const std::string document = document_of(*probe, one);
      demand_sound(subject, one, document);
      if (const auto how = injected(media_type, document)) throw Unmet(fmt::format("{}: {}", one.name, *how));
    }
    one.input = input_text(huge_input(of, one.language));
    one.name += " with texts of 100,000 bytes";
    demand_sound(subject, one, document_of(*probe, one));
  }
  return {};
}

std::string check_malformed_input(Candidate& subject) {
  const auto probe = subject.loaded();
  for (CallCase one : subject.cases()) {
    const std::string sound = one.input;
    if (sound.empty()) continue;
    struct Row {
      std::string_view what;
      std::string text;
    };
    const Row rows[] = {
        {"an empty input", ""},
        {"an input that is cut off", sound.substr(0, sound.size() / 2)},
        {"an empty object", "{}"},
        {"a list", "[]"},
        {"a number", "-1e999"},
        {"bytes that are no UTF-8", "{\"language\":\"\xC3\x28\"}"},
        {"100,000 levels", std::string(100'000, '[')},
        {"100,000 levels of objects",
         [] {
           std::string deep;
           for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
           return deep;
         }()},
        {"members of other types",
         R"({"report_input":"1","language":5,"audit":[],"findings":{"a":1},"organisation":null,"response":"x","issuer":2})"},
        {"something after the end", sound + sound},
        {"zeros", std::string(1000, '\0')},
    };
    for (const Row& row : rows) {
      one.input = row.text;
      demand_alive(*probe, probe->take(Candidate::request(one), step_patience),
                   fmt::format("{} from {}", one.name, row.what));
    }
    one.input = sound;
    demand_well(*probe, probe->take(Candidate::request(one), step_patience), one.name + " after that");
  }
  return {};
}

}  // namespace assay
