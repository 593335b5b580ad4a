// What an organisation sets for a plugin.
#include "commands/plugin_settings.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/plugin_calls.h"
#include "http/records_path.h"
#include "http/representation.h"
#include "plugins/registry.h"
#include "plugins/settings.h"

namespace assay::handlers {
namespace {

constexpr std::chrono::seconds check_patience{10};

/// The plugin of the path, with settings.
Result<Plugin*> settable(const Api& api, const Request& request) {
  if (auto may = require_administrator(api.who()); !may) return may.error();
  Plugin* const plugin = api.service().plugins.find(request.parameter("plugin"));
  if (plugin == nullptr) return refuse(Reason::not_found, "there is no plugin of this id that works");
  if (settings_schema_of(plugin->manifest()) == nullptr)
    return refuse(Reason::not_found, "this plugin has no settings");
  return plugin;
}

Result<Response> settings_answer(const Api& api, const Manifest& manifest) {
  Snapshot at = api.context().store.read();
  const auto organisation = find_organisation(at, api.who().organisation.id);
  if (!organisation) return refuse(Reason::not_found, "there is no such organisation");
  const PluginSettings set = plugin_settings_of(*organisation, manifest.id);
  const Json values = still_valid(manifest, set.values);  // nothing that is a secret by now
  Json all = with_defaults(manifest, values);
  for (const std::string& name : secret_settings(manifest)) {
    if (set.secrets.contains(name)) all[name] = set.secrets.at(name);
  }
  Response response = json_response({{"plugin", manifest.id},
                                     {"version", organisation->version},
                                     {"set", values},
                                     {"settings", without_secrets(manifest, std::move(all))},
                                     {"schema", *settings_schema_of(manifest)}});
  response.headers.add("ETag", version_etag(organisation->version));
  return response;
}

/// Secrets apart from the rest: null forgets one, and what is not named stays.
PluginSettingsWish wish_for(const Manifest& manifest, Json values) {
  PluginSettingsWish wish;
  for (const std::string& name : secret_settings(manifest)) {
    const auto found = values.find(name);
    if (found == values.end()) continue;
    wish.secrets[name] = found->is_string() && *found != "" ? std::optional(found->get<std::string>()) : std::nullopt;
    values.erase(found);
  }
  wish.values = std::move(values);
  return wish;
}

Refusal below_settings(std::vector<InvalidField> invalid) {
  for (InvalidField& field : invalid) field.pointer = "/settings" + field.pointer;
  Refusal refusal = refuse(Reason::invalid, "some settings are not valid");
  refusal.invalid = std::move(invalid);
  return refusal;
}

/// What the plugin itself finds wrong, for what would then be set.
Result<void> check(const Api& api, const Request& request, Plugin& plugin, const PluginSettingsWish& wish) {
  const Manifest& manifest = plugin.manifest();
  Json all = with_defaults(manifest, wish.values);
  const auto present = plugin_settings_of(api.who().organisation, manifest.id).secrets;
  for (const std::string& name : secret_settings(manifest)) {
    const auto wished = wish.secrets.find(name);
    const bool stays = wished == wish.secrets.end() ? present.contains(name) : wished->second.has_value();
    all[name] = stays ? "set" : "";
  }
  CallServices services;
  services.organisation = static_cast<std::int64_t>(api.who().organisation.id);
  auto answer = plugin.answer(sandbox::Method::check_settings, all, language_of(api, request),
                              {std::chrono::steady_clock::now() + check_patience}, services);
  if (!answer) return answer.error();
  std::vector<InvalidField> invalid;
  for (const Json& one : answer->at("invalid")) invalid.push_back({one.at("pointer"), one.at("message")});
  if (!invalid.empty()) return below_settings(std::move(invalid));
  return {};
}

}  // namespace

Result<Response> get_plugin_settings(Api& api, const Request& request) {
  auto plugin = settable(api, request);
  if (!plugin) return plugin.error();
  return settings_answer(api, (*plugin)->manifest());
}

Result<Response> put_plugin_settings(Api& api, const Request& request) {
  auto plugin = settable(api, request);
  if (!plugin) return plugin.error();
  const Manifest& manifest = (*plugin)->manifest();
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"settings"}); !known) return known.error();
  const auto settings = body->find("settings");
  if (settings == body->end() || !settings->is_object()) return invalid_field("/settings", "must be an object");
  Json judged = *settings;
  for (const std::string& name : secret_settings(manifest)) {
    const auto forgotten = judged.find(name);
    if (forgotten != judged.end() && (forgotten->is_null() || *forgotten == "")) judged.erase(forgotten);
  }
  if (auto invalid = invalid_settings(manifest, judged); !invalid.empty()) return below_settings(std::move(invalid));
  const PluginSettingsWish wish = wish_for(manifest, *settings);
  if (auto fine = check(api, request, **plugin, wish); !fine) return fine.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = set_plugin_settings(api.context(), *call, manifest.id, wish);
  if (!performed) return performed.error();
  auto response = settings_answer(api, manifest);
  if (response) mark_repeated(*response, *performed);
  return response;
}

}  // namespace assay::handlers
