// The names of subjects, as the log spells them.
#include "storage/event.h"

#include <array>
#include <utility>

namespace assay {
namespace {

constexpr std::array<std::pair<Subject, std::string_view>, 9> names = {{{Subject::record, "record"},
                                                                        {Subject::item, "item"},
                                                                        {Subject::evidence, "evidence"},
                                                                        {Subject::report, "report"},
                                                                        {Subject::organisation, "organisation"},
                                                                        {Subject::person, "person"},
                                                                        {Subject::token, "token"},
                                                                        {Subject::webhook, "webhook"},
                                                                        {Subject::reading, "reading"}}};

}  // namespace

std::string_view name_of(Subject subject) { return names[static_cast<std::size_t>(subject)].second; }

std::optional<Subject> subject_named(std::string_view name) {
  for (const auto& [subject, own] : names) {
    if (own == name) return subject;
  }
  return {};
}

}  // namespace assay
