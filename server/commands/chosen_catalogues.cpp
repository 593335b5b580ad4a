// The catalogues that a record has chosen.
#include "commands/chosen_catalogues.h"

#include <algorithm>
#include <set>

#include "commands/records.h"
#include "storage/items.h"

namespace assay {
namespace {

constexpr const char* further = "further_catalogues";

ChosenCatalogue named_by(const Json& fields) {
  return {fields.value("plugin", ""),         fields.value("plugin_version", ""),    fields.value("package_hash", ""),
          fields.value("catalogue_id", ""),   fields.value("catalogue_version", ""), fields.value("catalogue_hash", ""),
          fields.value("catalogue_title", "")};
}

Json naming(const OfferedCatalogue& offered) {
  return {{"plugin", offered.plugin},
          {"plugin_version", offered.plugin_version},
          {"package_hash", offered.package_hash},
          {"catalogue_id", offered.id},
          {"catalogue_version", offered.version},
          {"catalogue_hash", offered.hash},
          {"catalogue_title", offered.title}};
}

Json further_of(const Json& body) { return body.value(further, Json::array()); }

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

bool has_chosen(const std::vector<ChosenCatalogue>& chosen, std::string_view id) {
  return std::any_of(chosen.begin(), chosen.end(), [&](const ChosenCatalogue& one) { return one.id == id; });
}

/// The record of a call that changes what it has chosen.
Result<RecordRow> record_at_version(Moment& moment, const Call& call, std::string_view uuid) {
  auto record = visible_record(moment, call.who, uuid);
  if (!record) return record;
  if (auto version = require_version(call, record->version); !version) return version.error();
  return record;
}

Result<Planned> plan(Moment& moment, const Call& call, const RecordRow& record, std::string_view command,
                     const Json& input) {
  auto decision = permit(moment, call, record, command, input);
  if (!decision) return decision.error();
  Planned planned;
  planned.uuid = record.uuid;
  planned.events = events_of(moment, *decision, {call.who.person.id, {}, false}, record.workflow_set);
  return planned;
}

}  // namespace

std::vector<ChosenCatalogue> chosen_catalogues(const Json& body) {
  std::vector<ChosenCatalogue> chosen;
  if (body.contains("catalogue_hash")) chosen.push_back(named_by(body));
  for (const Json& one : further_of(body)) chosen.push_back(named_by(one));
  return chosen;
}

Result<ChosenCatalogue> chosen_catalogue(const Json& body, std::string_view id) {
  const auto chosen = chosen_catalogues(body);
  if (chosen.empty()) return refuse(Reason::wrong_state, "no catalogue has been selected for this audit");
  const auto found = std::find_if(chosen.begin(), chosen.end(),
                                  [&](const ChosenCatalogue& one) { return id.empty() || one.id == id; });
  if (found == chosen.end()) return invalid_field("/catalogue", "is not a catalogue of the audit");
  return *found;
}

Json input_of(const OfferedCatalogue& offered, const Definition& type, std::string_view command) {
  Json input = naming(offered);
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

Json further_input(const Json& body, const OfferedCatalogue& offered) {
  Json all = further_of(body);
  const auto same = std::find_if(all.begin(), all.end(),
                                 [&](const Json& one) { return one.value("catalogue_id", "") == offered.id; });
  if (same == all.end()) {
    all.push_back(naming(offered));
  } else {
    *same = naming(offered);
  }
  return {{further, std::move(all)}};
}

Result<Performed> select_catalogue(Context& context, const Call& call, std::string_view uuid,
                                   const OfferedCatalogue& offered) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = record_at_version(moment, call, uuid);
    if (!record) return record.error();
    for (const Json& one : further_of(Json::parse(record->body))) {
      if (one.value("catalogue_id", "") == offered.id)
        return invalid_field("/catalogue", "is one of the record's further catalogues");
    }
    constexpr std::string_view command = "select_catalogue";
    const auto set = context.store.workflow_set(record->workflow_set);
    auto planned = plan(moment, call, *record, command, input_of(offered, set->types.at(record->type), command));
    if (planned) planned->beside = [&offered](Connection& to) { put_catalogue(to, offered.hash, offered.text); };
    return planned;
  });
}

Result<Performed> add_catalogue(Context& context, const Call& call, std::string_view uuid,
                                const OfferedCatalogue& offered) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = record_at_version(moment, call, uuid);
    if (!record) return record.error();
    const Json body = Json::parse(record->body);
    if (auto own = chosen_catalogue(body); !own) return own.error();
    if (has_chosen(chosen_catalogues(body), offered.id))
      return invalid_field("/catalogue", "is one of the record's catalogues already");
    auto planned = plan(moment, call, *record, "add_catalogue", further_input(body, offered));
    if (planned) planned->beside = [&offered](Connection& to) { put_catalogue(to, offered.hash, offered.text); };
    return planned;
  });
}

Result<Performed> remove_catalogue(Context& context, const Call& call, std::string_view uuid, std::string_view hash) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = record_at_version(moment, call, uuid);
    if (!record) return record.error();
    Json all = further_of(Json::parse(record->body));
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Json& one) { return one.value("catalogue_hash", "") == hash; });
    if (found == all.end()) return refuse(Reason::not_found, "this record has no further catalogue of this hash");
    const std::string id = found->value("catalogue_id", "");
    const auto items = moment.facts.items(record->id);
    if (std::any_of(items.begin(), items.end(), [&](const ItemView& item) { return item.catalogue == id; }))
      return refuse(Reason::wrong_state, "items of the catalogue are planned: take them out of the plan first");
    all.erase(found);
    auto planned = plan(moment, call, *record, "remove_catalogue", {{further, std::move(all)}});
    if (planned) planned->status = 204;
    return planned;
  });
}

}  // namespace assay
