// Guards of plugins.
#include "plugins/guard_answers.h"

#include <assay/ext/guard.h>
#include <fmt/format.h>

#include <functional>
#include <utility>

#include "domain/plugin_guard.h"
#include "plugins/call_services.h"

namespace assay {
namespace {

using Verdict = PluginAnswer::Verdict;

/// Why nobody of that id can be asked.
std::string absence(const PluginRegistry& plugins, std::string_view id) {
  for (const PluginStatus& status : plugins.list()) {
    if (status.id == id && !status.error.empty())
      return fmt::format("the plugin {} does not work: {}", id, status.error);
  }
  return fmt::format("there is no plugin {}", id);
}

/// The plugin when it has the rule, else why it cannot be asked.
std::pair<Plugin*, PluginAnswer> plugin_with(const PluginRegistry& plugins, const std::string& id,
                                             std::string_view rule) {
  Plugin* const plugin = plugins.find(id);
  if (plugin == nullptr) return {nullptr, {Verdict::failed, absence(plugins, id)}};
  const Manifest& manifest = plugin->manifest();
  if (manifest.names(ASSAY_GUARD_1, "guards", rule)) return {plugin, {}};
  return {nullptr,
          {Verdict::unknown, fmt::format("{} {} has no rule {}", id, manifest.version, rule), manifest.version,
           manifest.hash}};
}

PluginAnswer answer_of(Plugin& plugin, Instant now, const PluginQuestion& question, const OrganisationRow& organisation,
                       std::string_view language, std::chrono::steady_clock::time_point deadline) {
  const auto services = services_for(organisation, plugin, now);
  if (!services) return {Verdict::failed, services.error().detail};
  Json input = question.input;
  input["language"] = language;
  const auto said = plugin.answer(sandbox::Method::judge, input, language, {deadline}, *services);
  if (!said) {
    const auto& wrong = said.error().invalid;
    // What whoever gives the command can bring about is no failure of the plugin; nor is its rest after a crash.
    const bool unasked = said.error().reason == Reason::invalid || said.error().reason == Reason::overloaded ||
                         said.error().retry_after.has_value();
    return {unasked ? Verdict::unasked : Verdict::failed,
            wrong.empty() ? said.error().detail
                          : fmt::format("{}: {} {}", said.error().detail, wrong.front().pointer, wrong.front().detail),
            {},
            {},
            said.error().retry_after};
  }
  const std::string verdict = said->at("verdict");
  return {verdict == "allow"  ? Verdict::allow
          : verdict == "warn" ? Verdict::warn
                              : Verdict::deny,
          said->value("reason", std::string())};
}

/// The guards of which `why_not` has something to say.
std::vector<MissingGuard> missing(const WorkflowSet& set,
                                  const std::function<std::string(const std::string&, const std::string&)>& why_not) {
  std::vector<MissingGuard> found;
  for (const auto& [type, definition] : set.types) {
    for (const auto& [name, command] : definition.commands) {
      for (std::size_t i = 0; i < command.guards.size(); ++i) {
        const GuardUse& use = command.guards[i];
        if (!asks_plugin(use)) continue;
        std::string reason = why_not(use.parameters.at("plugin"), use.parameters.at("rule"));
        if (reason.empty()) continue;
        found.push_back({fmt::format("{}/commands/{}/guards/{}", definition.source, name, i), std::move(reason)});
      }
    }
  }
  return found;
}

}  // namespace

PluginAnswer ask_guard(const PluginRegistry& plugins, Instant now, const PluginQuestion& question,
                       const OrganisationRow& organisation, std::string_view language,
                       std::chrono::steady_clock::time_point deadline) {
  const std::string rule = question.input.at("guard");
  auto [plugin, answer] = plugin_with(plugins, question.plugin, rule);
  if (plugin != nullptr) {
    answer = answer_of(*plugin, now, question, organisation, language, deadline);
    answer.version = plugin->manifest().version;
    answer.package = plugin->manifest().hash;
  }
  return answer;
}

std::vector<MissingGuard> missing_guards(const WorkflowSet& set, const PluginRegistry& plugins) {
  return missing(set, [&](const std::string& id, const std::string& rule) {
    const auto found = plugin_with(plugins, id, rule);
    return found.first == nullptr ? found.second.reason : std::string();
  });
}

std::vector<MissingGuard> missing_guards(const WorkflowSet& set, const std::vector<Manifest>& packages) {
  return missing(set, [&](const std::string& id, const std::string& rule) {
    bool known = false;
    for (const Manifest& package : packages) {
      known = known || package.id == id;
      if (package.id == id && package.names(ASSAY_GUARD_1, "guards", rule)) return std::string();
    }
    return known ? fmt::format("{} has no rule {}", id, rule) : fmt::format("there is no plugin {}", id);
  });
}

}  // namespace assay
