// Catalogues as commands need them.
#include "commands/catalogues.h"

#include <algorithm>

#include "commands/records.h"
#include "storage/items.h"

namespace assay {
namespace {

CataloguePtr parse(const std::string& hash, const std::string& text) {
  auto catalogue = std::make_shared<PinnedCatalogue>();
  catalogue->hash = hash;
  catalogue->content = Json::parse(text);
  const Json& content = catalogue->content;
  catalogue->id = content.at("id").get<std::string>();
  catalogue->version = content.at("version").get<std::string>();
  catalogue->title = content.at("title").get<std::string>();
  catalogue->standard = content.value("standard", "");
  for (const Json& result : content.at("results")) {
    catalogue->results.emplace(result.at("id").get<std::string>(), result.contains("needs"));
  }
  for (const Json& item : content.at("items")) {
    for (const Json& question : item.at("questions")) {
      catalogue->item_of_question.emplace(question.at("id").get<std::string>(), item.at("id").get<std::string>());
    }
  }
  return catalogue;
}

/// Records that began under definitions of earlier releases keep no package.
bool takes_package(const WorkflowSet& set, const std::string& type) {
  const auto& commands = set.types.at(type).commands;
  const auto command = commands.find("select_catalogue");
  if (command == commands.end()) return false;
  const auto& may = command->second.may;
  return std::find(may.begin(), may.end(), "package_hash") != may.end();
}

}  // namespace

Json input_of(const OfferedCatalogue& offered) {
  return {{"plugin", offered.plugin},
          {"plugin_version", offered.plugin_version},
          {"package_hash", offered.package_hash},
          {"catalogue_id", offered.id},
          {"catalogue_version", offered.version},
          {"catalogue_hash", offered.hash},
          {"catalogue_title", offered.title}};
}

CataloguePtr Catalogues::find(Snapshot& at, const std::string& hash) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = parsed_.find(hash); known != parsed_.end()) return known->second;
  }
  const auto text = find_catalogue(at, hash);
  if (!text) return nullptr;
  auto catalogue = parse(hash, *text);
  const std::lock_guard lock(mutex_);
  return parsed_.emplace(hash, std::move(catalogue)).first->second;
}

Result<Performed> select_catalogue(Context& context, const Call& call, std::string_view audit,
                                   const OfferedCatalogue& offered) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, audit);
    if (!record) return record.error();
    if (auto version = require_version(call, record->version); !version) return version.error();
    Json input = input_of(offered);
    const auto set = context.store.workflow_set(record->workflow_set);
    if (!takes_package(*set, record->type)) input.erase("package_hash");
    auto decision = permit(moment, call, *record, "select_catalogue", input);
    if (!decision) return decision.error();
    Planned planned;
    planned.uuid = record->uuid;
    planned.events = events_of(moment, *decision, {call.who.person.id, {}, false}, record->workflow_set);
    planned.beside = [&offered](Connection& to) { put_catalogue(to, offered.hash, offered.text); };
    return planned;
  });
}

}  // namespace assay
