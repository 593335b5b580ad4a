// A plugin that implements every extension and uses every service of the host; its setting `mode` makes it misbehave.
#include <assay/cxx/applicability.h>
#include <assay/cxx/guard.h>
#include <assay/cxx/migrate.h>
#include <assay/cxx/report.h>
#include <assay/cxx/sampling.h>
#include <assay/cxx/scoring.h>
#include <assay/cxx/settings.h>
#include <assay/cxx/ticket.h>

#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using assay::sdk::Call;
using assay::sdk::Failure;
using assay::sdk::Writer;
using Json = nlohmann::json;

std::string mode_of(const Call& call) {
  return call.settings().empty() ? "" : Json::parse(call.settings()).value("mode", "");
}

struct Tally {
  int answered = 0, conforming = 0;
  double value() const { return 100.0 * conforming / answered; }
};

class Whole {
 public:
  explicit Whole(const assay::sdk::Host& host) : host_(host) {}

  void score(const Call& call, std::string_view input, const Writer& out) {
    const std::string mode = mode_of(call);
    if (mode == "nan") return out.write(R"({"scores":[{"set":"audit","value":NaN}]})");
    if (mode == "crash-scores") std::abort();
    if (mode == "overflow") return out.write(R"({"scores":[{"set":"audit","value":1e999}]})");
    const Json given = Json::parse(input);
    std::map<std::string, std::string> group_of;
    for (const Json& item : given.at("catalogue").at("items")) group_of[item.at("id")] = item.at("group");
    Json scores = Json::array();
    for (const Json& set : given.at("sets")) scores.push_back(score_of(set, group_of));
    if (mode == "too-high") scores[0]["value"] = 100.5;
    if (mode == "twice") scores.push_back(scores[0]);
    if (mode == "missing") scores.erase(scores.begin());
    if (mode == "unknown-group") scores[0]["groups"] = {{{"group", "none"}, {"value", 1}}};
    if (mode == "wrong-form") scores[0]["remark"] = "x";
    out.write(Json{{"scores", scores}}.dump());
  }

  void applicable(const Call& call, std::string_view input, const Writer& out) {
    const std::string mode = mode_of(call);
    const Json given = Json::parse(input);
    const bool develops = given.at("facts").value("development", true);
    Json items = Json::array();
    for (const Json& item : given.at("catalogue").at("items")) {
      const std::string id = item.at("id");
      const bool applies = develops || id != "A.8.28";
      Json one = {{"item", id}, {"applies", applies}};
      if (!applies && mode != "no-reason") one["reason"] = "nothing is developed";
      items.push_back(one);
    }
    if (mode == "partial") items.erase(items.begin());
    out.write(Json{{"items", items}}.dump());
  }

  void sample(const Call& call, std::string_view input, const Writer& out) {
    const std::string mode = mode_of(call);
    const Json given = Json::parse(input);
    std::vector<std::string> left;
    for (const Json& one : given.at("population")) left.push_back(one.at("id"));
    Json chosen = Json::array();
    for (int wanted = given.at("at_least"); wanted > 0 && !left.empty(); --wanted) {
      const auto at = static_cast<std::size_t>(host_.random_below(call, left.size()));
      chosen.push_back({{"id", left[at]}});
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (mode == "outside") chosen.push_back({{"id", "Atlantis"}});
    if (mode == "too-few") chosen.erase(chosen.begin());
    out.write(Json{{"chosen", chosen}, {"method", "drawn with seed " + std::to_string(host_.seed(call))}}.dump());
  }

  void judge(const Call& call, std::string_view input, const Writer& out) {
    const std::string mode = mode_of(call);
    if (mode == "throw") throw std::runtime_error("it cannot judge");
    if (mode == "silent") return out.write(R"({"verdict":"deny"})");
    if (mode == "crash") std::abort();
    for (volatile bool hangs = mode == "hang"; hangs;) continue;
    const Json given = Json::parse(input), settings = Json::parse(call.settings());
    const int amount = given.at("given").value("amount", 0), limit = settings.at("limit");
    if (amount > limit) return out.write(Json{{"verdict", "deny"}, {"reason", "more than the limit"}}.dump());
    if (amount == limit) return out.write(Json{{"verdict", "warn"}, {"reason", "just the limit"}}.dump());
    out.write(R"({"verdict":"allow"})");
  }

  void requests(const Call& call, std::string_view input, const Writer& out) {
    const std::string mode = mode_of(call);
    const Json given = Json::parse(input);
    const std::string type = given.at("event").at("type");
    if (type != "nonconformity.raised" && type != "webhook.test") return out.write(R"({"requests":[]})");
    Json headers = {{"Authorization", "Bearer {secret:token}"}, {"Content-Type", "application/json"}};
    if (mode == "other-secret") headers["X-Other"] = "{secret:limit}";
    if (mode == "break") headers["X-Other"] = "a\r\nHost: b";
    Json request = {
        {"method", "POST"}, {"path", "/rest/issues"}, {"headers", headers}, {"body", Json{{"title", type}}.dump()}};
    if (mode == "elsewhere") request["path"] = "//elsewhere.example/";
    if (mode == "absolute") request["path"] = "https://elsewhere.example/";
    Json requests = Json::array({request});
    if (mode == "two-requests") requests.push_back(request);
    out.write(Json{{"requests", requests}}.dump());
  }

  void check_settings(const Call&, std::string_view input, const Writer& out) {
    const Json given = Json::parse(input);
    Json invalid = Json::array();
    if (given.at("limit") == 13) invalid.push_back({{"pointer", "/limit"}, {"message", "brings bad luck"}});
    out.write(Json{{"invalid", invalid}}.dump());
  }

  void map(const Call&, std::string_view input, const Writer& out) {
    const Json given = Json::parse(input);
    std::map<std::string, std::string> old = questions_of(given.at("from")), fresh = questions_of(given.at("to"));
    Json mapping = Json::array(), added = Json::array();
    for (const auto& [id, text] : old) {
      const auto same = fresh.find(id);
      Json one = {{"from", id}, {"kind", same == fresh.end() ? "removed" : same->second == text ? "kept" : "changed"}};
      if (same != fresh.end()) one["to"] = id;
      if (id != "lost") mapping.push_back(one);
    }
    for (const auto& [id, text] : fresh) {
      if (old.count(id) == 0) added.push_back(id);
    }
    out.write(Json{{"mapping", mapping}, {"new", added}}.dump());
  }

  void render(const Call& call, std::string_view format, std::string_view, const Writer& out) {
    if (format == "resource") {
      out.write(host_.resource(call, "notes.txt"));
      return out.write(read_status([&] { host_.resource(call, "manifest.json"); }) +
                       read_status([&] { host_.resource(call, "../whole.so"); }));
    }
    if (format == "evidence") {
      out.write(host_.evidence(call, "E-1", 2, 3));
      return out.write(read_status([&] { host_.evidence(call, "E-2", 0, 10); }));
    }
    if (format == "clock") return out.write(std::to_string(host_.now_ms(call)));
    if (format == "rng") {
      out.write(std::to_string(host_.seed(call)));
      for (int i = 0; i < 3; ++i) out.write(" " + std::to_string(host_.random(call)));
      return;
    }
    if (format == "progress") call.progress(250);
    if (format == "settings") return out.write(call.settings());
    while (format == "greedy") host_.evidence(call, "E-1", 0, std::numeric_limits<std::uint64_t>::max());
    out.write("done");
  }

 private:
  static Json score_of(const Json& set, const std::map<std::string, std::string>& group_of) {
    Tally whole;
    std::map<std::string, Tally> groups;
    for (const Json& answer : set.at("answers")) {
      if (!answer.contains("result")) continue;
      const bool conforms = answer.at("result") == "conforms" || answer.at("result") == "conforming";
      Tally& group = groups[group_of.at(answer.at("item"))];
      for (Tally* tally : {&whole, &group}) {
        ++tally->answered;
        tally->conforming += conforms ? 1 : 0;
      }
    }
    Json score = {{"set", set.at("id")}};
    if (whole.answered == 0) return score;
    score["value"] = whole.value();
    score["label"] = whole.value() >= 80 ? "good" : "not yet good";
    for (const auto& [id, tally] : groups) score["groups"].push_back({{"group", id}, {"value", tally.value()}});
    return score;
  }
  static std::map<std::string, std::string> questions_of(const Json& catalogue) {
    std::map<std::string, std::string> all;
    for (const Json& item : catalogue.at("items")) {
      for (const Json& question : item.at("questions")) all[question.at("id")] = question.at("question");
    }
    return all;
  }
  template <class Read>
  static std::string read_status(Read&& read) {
    try {
      read();
      return " read";
    } catch (const Failure& failure) {
      return " " + std::to_string(failure.status());
    }
  }

  assay::sdk::Host host_;
};

}  // namespace

ASSAY_PLUGIN(Whole, assay::sdk::Report, assay::sdk::Scoring, assay::sdk::Applicability, assay::sdk::Sampling,
             assay::sdk::Guard, assay::sdk::Ticket, assay::sdk::Settings, assay::sdk::Migrate)
