// How handlers call plugins.
#include "http/plugin_calls.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "commands/checklist_inputs.h"
#include "plugins/call_services.h"
#include "plugins/registry.h"

namespace assay {
namespace {

constexpr std::chrono::seconds call_patience{10};

/// `length` bytes from `offset` of a file, or as many as there are.
std::string piece_of(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t length) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(length), '\0');
  if (offset > std::filesystem::file_size(file) || !in.seekg(static_cast<std::streamoff>(offset))) return {};
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// What scoring/1 answers.
Result<Json> ask_for_scores(const Api& api, Plugin& plugin, const Json& input, const std::string& language) {
  // Before its turn would be waited for.
  if (const std::string why = plugin.health().quarantine; !why.empty())
    return plugin_failed(plugin.manifest().id, "score", why);
  auto services = services_of(api, plugin);
  if (!services) return services.error();
  services->now_ms.reset();  // the same answers have the same score tomorrow
  return plugin.answer(sandbox::Method::score, input, language, {std::chrono::steady_clock::now() + call_patience},
                       *services);
}

/// Whether the plugin failed, or others kept it busy.
bool gave_no_answer(const Refusal& refusal) {
  return refusal.reason == Reason::plugin_failed || refusal.reason == Reason::overloaded;
}

}  // namespace

Result<CallServices> services_of(const Api& api, const Plugin& plugin) {
  return services_for(api.who().organisation, plugin, api.context().clock());
}

Result<Plugin*> plugin_for(const Api& api, const std::string& id, std::string_view extension) {
  Plugin* const plugin = api.service().plugins.find(id);
  if (plugin == nullptr || !plugin->manifest().implements(extension))
    return invalid_field("/plugin",
                         "there is no plugin of this id that works and implements " + std::string(extension));
  return plugin;
}

std::uint64_t seed_of(const Api& api, const RecordRow& audit) {
  return std::stoull(api.context().keys.fingerprint(audit.uuid, "seed of an audit").substr(0, 16), nullptr, 16);
}

EvidenceReader evidence_in(const Api& api, const Json& report_input) {
  std::map<std::string, std::string, std::less<>> files;
  for (const Json& one : report_input.at("evidence")) {
    if (one.contains("sha256")) files.emplace(one.at("id"), one.at("sha256"));
  }
  return [files = std::move(files), &api](std::string_view id, std::uint64_t offset,
                                          std::uint64_t length) -> std::optional<std::string> {
    const auto found = files.find(id);
    if (found == files.end()) return {};
    const auto path = api.context().files.locate(api.who().organisation.uuid, found->second);
    if (!path) throw std::runtime_error("file " + found->second + " is missing from the blob store");
    return piece_of(*path, offset, length);
  };
}

Result<Json> propose_mapping(const Api& api, const PinnedCatalogue& from, const OfferedCatalogue& to,
                             const std::string& language) {
  const auto asked = api.service().plugins.implementing("migrate/1");
  const auto knows = [&](const Plugin* plugin) {
    return plugin->manifest().names("migrate/1", "catalogues", from.id) &&
           plugin->manifest().names("migrate/1", "catalogues", to.id);
  };
  auto found = std::find_if(asked.begin(), asked.end(),
                            [&](const Plugin* plugin) { return plugin->manifest().id == to.plugin && knows(plugin); });
  if (found == asked.end()) found = std::find_if(asked.begin(), asked.end(), knows);
  if (found == asked.end())
    return refuse(Reason::unsupported, "no plugin knows how to get from " + from.id + " to " + to.id);
  const Json input = {{"migrate_input", 1},
                      {"language", language},
                      {"from", catalogue_for_mapping(from.content, from.hash)},
                      {"to", catalogue_for_mapping(Json::parse(to.text), to.hash)}};
  auto answer =
      (*found)->answer(sandbox::Method::map, input, language, {std::chrono::steady_clock::now() + call_patience});
  if (!answer) return answer.error();
  Json json = {{"plugin", (*found)->manifest().id},
               {"plugin_version", (*found)->manifest().version},
               {"from_hash", from.hash},
               {"to_hash", to.hash}};
  json.update(*answer);
  return Result<Json>(boost::system::in_place_value, std::move(json));
}

Result<std::vector<ScoredCatalogue>> scores_of(const Api& api, const std::vector<Json>& inputs,
                                               const std::string& language) {
  std::vector<ScoredCatalogue> all;
  std::map<const Plugin*, std::string> failed;
  for (const Json& input : inputs) {
    ScoredCatalogue& catalogue = all.emplace_back();
    const std::string id = input.at("catalogue").at("id");
    for (Plugin* const plugin : api.service().plugins.implementing("scoring/1")) {
      const Manifest& manifest = plugin->manifest();
      if (!manifest.names("scoring/1", "catalogues", id)) continue;
      const Json& declared = manifest.declared.at("scoring/1");
      Json told = {{"plugin", manifest.id},
                   {"version", manifest.version},
                   {"title", text_in(declared.at("title").get<LocalisedText>(), language)}};
      std::string& why = failed[plugin];
      if (why.empty()) {
        auto scores = ask_for_scores(api, *plugin, input, language);
        if (scores) {
          told.update({{"minimum", declared.at("minimum")},
                       {"maximum", declared.at("maximum")},
                       {"scores", std::move(scores->at("scores"))}});
          catalogue.scored.push_back(std::move(told));
          continue;
        }
        if (!gave_no_answer(scores.error())) return scores.error();
        why = scores.error().detail;
      }
      told["reason"] = why;
      catalogue.not_scored.push_back(std::move(told));
    }
  }
  return all;
}

}  // namespace assay
