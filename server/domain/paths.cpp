// Link paths among types and among records.
#include "domain/paths.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace assay {
namespace {

/// Cuts the first segment off a dotted path.
std::string_view next_segment(std::string_view& path) {
  const auto dot = path.find('.');
  const auto segment = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  return segment;
}

/// `linked_from` says where one segment leads to from one record.
template <class Linked>
std::vector<RecordId> walk_by(const Linked& linked_from, RecordId id, std::string_view path) {
  std::vector<RecordId> here{id};
  while (!path.empty()) {
    const auto segment = next_segment(path);
    std::vector<RecordId> there;
    for (const RecordId from : here) {
      const auto linked = linked_from(from, segment);
      there.insert(there.end(), linked.begin(), linked.end());
    }
    std::sort(there.begin(), there.end());
    there.erase(std::unique(there.begin(), there.end()), there.end());
    here = std::move(there);
  }
  return here;
}

}  // namespace

std::vector<RecordId> walk(const Facts& facts, RecordId id, std::string_view path) {
  return walk_by([&](RecordId from, std::string_view name) { return facts.linked(from, name); }, id, path);
}

std::vector<RecordId> walk(const WorkflowSet& set, const Facts& facts, RecordId id, std::string_view path) {
  const auto linked = [&](RecordId from, std::string_view name) -> std::vector<RecordId> {
    const std::string& type = record_at(facts, from).definition->type;
    if (const Definition* own = set.find(type); own && own->links.contains(std::string(name)))
      return facts.linked(from, name);
    const Definition* other = nullptr;
    const LinkDefinition* link = set.back_link(type, name, &other);
    return link ? facts.naming(from, *other, *link) : std::vector<RecordId>{};
  };
  return walk_by(linked, id, path);
}

const Definition* type_at(const WorkflowSet& set, const Definition& type, std::string_view path) {
  const Definition* at = &type;
  while (at && !path.empty()) {
    const auto segment = next_segment(path);
    if (const auto link = at->links.find(std::string(segment)); link != at->links.end()) {
      at = set.find(link->second.to);
      continue;
    }
    const Definition* from = nullptr;
    at = set.back_link(at->type, segment, &from) ? from : nullptr;
  }
  return at;
}

bool in_states(const RecordView& record, const Json& states) {
  for (const Json& entry : states) {
    const auto& name = entry.get_ref<const std::string&>();
    if (name == record.state) return true;
    if (!name.starts_with('#')) continue;
    const auto state = record.definition->states.find(record.state);
    if (state != record.definition->states.end() && state->second.groups.contains(name.substr(1))) return true;
  }
  return false;
}

bool selected(const RecordView& record, const Json& parameters) {
  static const Json nothing;  // what an empty field says
  if (const auto where = parameters.find("where"); where != parameters.end()) {
    for (const auto& [field, values] : where->items()) {
      const auto found = record.body->find(field);
      const Json& said = found == record.body->end() ? nothing : *found;
      const auto wanted = [&asked = values](const Json& one) {
        return std::find(asked.begin(), asked.end(), one) != asked.end();
      };
      if (!(said.is_array() ? std::any_of(said.begin(), said.end(), wanted) : wanted(said))) return false;
    }
  }
  const auto in = parameters.find("in");
  return in == parameters.end() || in_states(record, *in);
}

bool is_filled(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.find_first_not_of(" \t\r\n") != std::string::npos;
  }
  return !value.is_structured() || !value.empty();
}

const RecordView& record_at(const Facts& facts, RecordId id) {
  const RecordView* record = facts.record(id);
  if (!record) throw std::logic_error("a link or effect names a record that is not there");
  return *record;
}

}  // namespace assay
