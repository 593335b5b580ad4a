// Catalogues as commands need them.
#include "commands/catalogues.h"

#include <algorithm>
#include <set>

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

bool takes(const CommandDefinition& command, const std::string& name) {
  const auto in = [&](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
  return in(command.must) || in(command.may);
}

/// The numbers of the items that have the attribute, each once, in the order of the catalogue.
Json numbers_with(const std::string& attribute, const Json& catalogue) {
  std::set<std::string> seen;
  Json numbers = Json::array();
  for (const Json& item : catalogue.at("items")) {
    if (!item.value("attributes", Json::object()).contains(attribute)) continue;
    const auto& number = item.at("clause").get_ref<const std::string&>();
    if (seen.insert(number).second) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

Json input_of(const OfferedCatalogue& offered, const Definition& type, std::string_view command) {
  Json input = {{"plugin", offered.plugin},
                {"plugin_version", offered.plugin_version},
                {"package_hash", offered.package_hash},
                {"catalogue_id", offered.id},
                {"catalogue_version", offered.version},
                {"catalogue_hash", offered.hash},
                {"catalogue_title", offered.title}};
  const auto found = type.commands.find(std::string(command));
  if (found == type.commands.end()) return input;
  // Records that began under definitions of earlier releases keep no package.
  if (!takes(found->second, "package_hash")) input.erase("package_hash");
  for (const auto& [name, field] : type.fields) {
    if (!field.catalogue_items.empty() && takes(found->second, name))
      input[name] = numbers_with(field.catalogue_items, Json::parse(offered.text));
  }
  return input;
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

Result<Performed> select_catalogue(Context& context, const Call& call, std::string_view uuid,
                                   const OfferedCatalogue& offered) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, uuid);
    if (!record) return record.error();
    if (auto version = require_version(call, record->version); !version) return version.error();
    constexpr std::string_view command = "select_catalogue";
    const auto set = context.store.workflow_set(record->workflow_set);
    auto decision = permit(moment, call, *record, command, input_of(offered, set->types.at(record->type), command));
    if (!decision) return decision.error();
    Planned planned;
    planned.uuid = record->uuid;
    planned.events = events_of(moment, *decision, {call.who.person.id, {}, false}, record->workflow_set);
    planned.beside = [&offered](Connection& to) { put_catalogue(to, offered.hash, offered.text); };
    return planned;
  });
}

}  // namespace assay
