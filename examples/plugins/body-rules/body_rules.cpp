// Two rules that a certification body may want and no record type has: no step in a blackout period, and nobody who
// leads too many audits of a client in a row. A definition names them:
//
//   {"guard": "plugin_allows", "plugin": "com.example.body-rules", "rule": "blackout", "with": {"field":
//   "planned_from"}}
//   {"guard": "plugin_allows", "plugin": "com.example.body-rules", "rule": "rotation",
//    "with": {"among": "programme.audits", "most": 2}, "sees": ["programme.audits"]}
#include <assay/cxx/guard.h>
#include <assay/cxx/settings.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;
using assay::sdk::Call;
using assay::sdk::Failure;
using assay::sdk::Writer;

/// Days since 1970-01-01 of YYYY-MM-DD; nothing for a text that is no day.
std::optional<int> day_number(const std::string& text) {
  int year = 0, month = 0, day = 0;
  char rest = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3) return {};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return {};
  const int shifted = month > 2 ? year : year - 1;  // a year that begins in March ends with the leap day
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + of_year - 719468;
}

struct Period {
  std::string first, last;
  int from, to;
};

/// "2026-12-24/2027-01-01"; nothing when it is no period.
std::optional<Period> period_of(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return {};
  const std::string first = text.substr(0, slash), last = text.substr(slash + 1);
  const auto from = day_number(first), to = day_number(last);
  if (!from || !to || *from > *to) return {};
  return Period{first, last, *from, *to};
}

Json verdict(const char* what, std::string reason) { return {{"verdict", what}, {"reason", std::move(reason)}}; }
Json allow() { return {{"verdict", "allow"}}; }

/// Text of the field or member; "" when there is none.
std::string text_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json blackout(const Json& input, const Json& settings, bool german) {
  const std::string field = text_of(input.value("with", Json::object()), "field");
  const std::string day = field.empty() ? text_of(input, "today") : text_of(input.at("record").at("fields"), field);
  const auto number = day_number(day);
  if (!number)
    return verdict(
        "deny", german ? "Das Datum „" + field + "“ ist nicht ausgefüllt" : "The date " + field + " is not filled in");
  Json best = allow();
  for (const Json& one : settings.at("periods")) {
    const auto period = period_of(one.get<std::string>());
    if (!period) throw Failure(ASSAY_INVALID, "a blackout period of the settings is none", "/periods");
    const std::string span = period->first + (german ? " bis " : " to ") + period->last;
    if (*number >= period->from && *number <= period->to)
      return verdict("deny", german ? day + " liegt in der Sperrzeit vom " + span
                                    : day + " lies in the blackout period from " + span);
    const int ahead = period->from - *number;
    if (ahead > 0 && ahead <= settings.at("warn_days").get<int>())
      best = verdict("warn",
                     german ? "In " + std::to_string(ahead) + " Tagen beginnt die Sperrzeit vom " + span
                            : "The blackout period from " + span + " begins in " + std::to_string(ahead) + " days");
  }
  return best;
}

/// True when somebody on the seat of one record is on that of the other.
bool shared(const Json& one, const Json& other, const std::string& seat) {
  const Json here = one.at("seats").value(seat, Json::array()), there = other.at("seats").value(seat, Json::array());
  return std::any_of(here.begin(), here.end(),
                     [&](const Json& person) { return std::find(there.begin(), there.end(), person) != there.end(); });
}

Json rotation(const Json& input, bool german) {
  const Json with = input.value("with", Json::object());
  const std::string seat = with.value("seat", "lead_auditor"), date = with.value("date", "planned_from");
  const std::string among = text_of(with, "among");
  const int most = with.value("most", 2);
  const Json& record = input.at("record");
  const Json linked = input.value("linked", Json::object());
  if (!linked.contains(among))
    return verdict("deny",
                   german ? "Diese Regel sieht keine Datensätze am Pfad von `among`: der Typ muss ihn in `sees` nennen"
                          : "This rule sees no records at the path of `among`: the type has to name it in `sees`");
  const std::string planned = text_of(record.at("fields"), date);
  std::vector<Json> earlier;
  for (const Json& one : linked.at(among)) {
    const std::string day = text_of(one.at("fields"), date);
    if (one.at("id") == record.at("id") || one.at("state") == "cancelled" || day.empty() || day >= planned) continue;
    earlier.push_back(one);
  }
  std::sort(earlier.begin(), earlier.end(), [&](const Json& one, const Json& other) {
    return text_of(one.at("fields"), date) > text_of(other.at("fields"), date);
  });
  const auto other =
      std::find_if(earlier.begin(), earlier.end(), [&](const Json& one) { return !shared(record, one, seat); });
  const auto count = static_cast<int>(other - earlier.begin());
  const std::string led = std::to_string(count), limit = std::to_string(most);
  if (count >= most)
    return verdict(
        "deny", german
                    ? "Die Leitung hatte schon die letzten " + led + " Audits; erlaubt sind " + limit + " nacheinander"
                    : "The lead has had the last " + led + " audits already; " + limit + " in a row are allowed");
  if (count + 1 == most)
    return verdict(
        "warn", german ? "Das nächste Audit muss jemand anderes leiten" : "Somebody else has to lead the next audit");
  return allow();
}

class BodyRules {
 public:
  explicit BodyRules(const assay::sdk::Host&) {}

  void judge(const Call& call, std::string_view text, const Writer& out) {
    const Json input = Json::parse(text);
    const bool german = call.language() == "de";
    if (input.at("guard") == "rotation") return out.write(rotation(input, german).dump());
    out.write(blackout(input, Json::parse(call.settings()), german).dump());
  }

  void check_settings(const Call& call, std::string_view text, const Writer& out) {
    const Json settings = Json::parse(text);
    const Json periods = settings.value("periods", Json::array());
    Json invalid = Json::array();
    for (std::size_t i = 0; i < periods.size(); ++i) {
      if (period_of(periods[i].get<std::string>())) continue;
      invalid.push_back({{"pointer", "/periods/" + std::to_string(i)},
                         {"message", call.language() == "de" ? "ist keine Zeit wie 2026-12-24/2027-01-01"
                                                             : "is no period such as 2026-12-24/2027-01-01"}});
    }
    out.write(Json{{"invalid", invalid}}.dump());
  }
};

}  // namespace

ASSAY_PLUGIN(BodyRules, assay::sdk::Guard, assay::sdk::Settings)
