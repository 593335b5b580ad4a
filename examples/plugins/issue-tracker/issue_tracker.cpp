// Nonconformities as issues of a tracker that keys issues by a reference of the sender: each event is a PUT of what it
// says. The issue follows the nonconformity and never leads it: nothing comes back, and it is done when that is closed.
// Assignee, progress and comments are the tracker's, so they are never sent.
#include <assay/cxx/settings.h>
#include <assay/cxx/ticket.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using Json = nlohmann::json;
using assay::sdk::Call;
using assay::sdk::Failure;
using assay::sdk::Writer;

/// "state=Status" entries by what stands before the sign.
std::map<std::string, std::string> pairs_of(const Json& entries) {
  std::map<std::string, std::string> pairs;
  for (const Json& entry : entries) {
    const auto text = entry.get<std::string>();
    const auto sign = text.find('=');
    if (sign != std::string::npos) pairs[text.substr(0, sign)] = text.substr(sign + 1);
  }
  return pairs;
}

/// What stands for `name`; a name that nobody has mapped fails the delivery, which an administrator sees.
std::string mapped(const Json& entries, const std::string& name, const std::string& what) {
  const auto pairs = pairs_of(entries);
  const auto found = pairs.find(name);
  if (found == pairs.end()) throw Failure(ASSAY_FAILED, "the settings say nothing of the " + what + " " + name);
  return found->second;
}

/// Fields of a nonconformity that belong to the audit, and their names in an issue.
constexpr struct {
  const char *field, *member;
} told[] = {{"title", "summary"}, {"clause", "clause"}, {"finding", "description"}, {"action_due", "due"}};

/// What is known before a nonconformity is issued stays with the auditors.
bool is_unissued(const std::string& state) {
  return state == "draft" || state == "reported" || state == "discarded" || state == "declined";
}

Json issue_of(const Json& data, const Json& settings) {
  Json issue = {{"reference", "urn:uuid:" + data.at("id").get<std::string>()},
                {"number", data.value("number", Json())},
                {"sequence", data.at("sequence")},  // of two documents the greater one is the newer
                {"status", mapped(settings.at("statuses"), data.at("state"), "state")}};
  const Json set = data.value("facts", Json::object()).value("set", Json::object());
  for (const auto& [field, member] : told) {
    if (set.contains(field)) issue[member] = set.at(field);
  }
  if (set.contains("grade") && set.at("grade").is_string())
    issue["priority"] = mapped(settings.at("priorities"), set.at("grade"), "grade");
  return issue;
}

class IssueTracker {
 public:
  explicit IssueTracker(const assay::sdk::Host&) {}

  void requests(const Call& call, std::string_view text, const Writer& out) {
    const Json input = Json::parse(text), settings = Json::parse(call.settings());
    const Json& event = input.at("event");
    const auto type = event.at("type").get<std::string>();
    const std::string of = type.substr(0, type.find('.'));
    Json requests = Json::array();
    const bool concerns = of == "nonconformity" || of == "client-nonconformity";
    const Json& data = event.at("data");
    const Json state = data.value("state", Json());  // events that change no record have none
    if (concerns && state.is_string() && !is_unissued(state)) {
      requests.push_back(
          {{"method", "PUT"},
           {"path", settings.at("path").get<std::string>() + data.at("id").get<std::string>()},
           {"headers", {{"Authorization", "Bearer {secret:token}"}, {"Content-Type", "application/json"}}},
           {"body", issue_of(data, settings).dump()}});
    }
    out.write(Json{{"requests", requests}}.dump());
  }

  void check_settings(const Call& call, std::string_view text, const Writer& out) {
    const Json settings = Json::parse(text);
    const bool german = call.language() == "de";
    Json invalid = Json::array();
    const auto flaw = [&](const std::string& pointer, const char* english, const char* otherwise) {
      invalid.push_back({{"pointer", pointer}, {"message", german ? otherwise : english}});
    };
    const std::string path = settings.value("path", "/");
    if (path.front() != '/' || path.back() != '/' || path.rfind("//", 0) == 0)
      flaw("/path", "begins and ends with one slash", "beginnt und endet mit einem Schrägstrich");
    for (const char* list : {"statuses", "priorities"}) {
      const Json entries = settings.value(list, Json::array());
      for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto entry = entries[i].get<std::string>();
        const auto sign = entry.find('=');
        if (sign == std::string::npos || sign == 0 || sign + 1 == entry.size())
          flaw("/" + std::string(list) + "/" + std::to_string(i), "is not of the form name=value",
               "hat nicht die Form Name=Wert");
      }
    }
    out.write(Json{{"invalid", invalid}}.dump());
  }
};

}  // namespace

ASSAY_PLUGIN(IssueTracker, assay::sdk::Ticket, assay::sdk::Settings)
