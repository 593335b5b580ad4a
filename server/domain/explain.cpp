// Turns the code and values of an unmet guard into a sentence.
#include <fmt/format.h>

#include <algorithm>

#include "domain/guard_rows.h"
#include "domain/guards.h"
#include "domain/paths.h"
#include "domain/policies.h"

namespace assay {
namespace {

std::string_view english(const std::string& name, const std::string& code) {
  const Guard* guard = find_guard(name);
  if (!guard) return {};
  for (const GuardReason& reason : guard->reasons) {
    if (reason.code == code) return reason.text;
  }
  return {};
}

/// Fills placeholders from the values: names become labels, "record" becomes label and number.
class Sentence {
 public:
  Sentence(const WorkflowSet& set, const Json& values, std::string_view language)
      : set_(set), values_(values), language_(language) {}

  std::string fill(std::string_view text) const {
    std::string filled;
    while (!text.empty()) {
      const auto open = text.find('{');
      filled += text.substr(0, open);
      if (open == std::string_view::npos) break;
      const auto close = text.find('}', open);
      if (close == std::string_view::npos) break;
      filled += placeholder(std::string(text.substr(open + 1, close - open - 1)));
      text.remove_prefix(close + 1);
    }
    return filled;
  }

 private:
  const Definition* type(const char* key) const { return set_.find(values_.value(key, std::string{})); }

  std::string label(const char* type_key, std::string_view section, const std::string& name) const {
    const Definition* definition = type(type_key);
    return definition ? label_of(*definition, fmt::format("{}.{}", section, name), language_) : name;
  }

  std::string record(const char* type_key, const char* number_key) const {
    const Definition* definition = type(type_key);
    std::string text = definition ? label_of(*definition, "label", language_) : values_.value(type_key, std::string{});
    const auto number = values_.value(number_key, std::string{});
    return number.empty() ? text : text + " " + number;
  }

  std::string role_label(const std::string& role) const {
    if (const auto labels = set_.role_labels.find(std::string(language_)); labels != set_.role_labels.end()) {
      if (const auto found = labels->second.find(role); found != labels->second.end()) return found->second;
    }
    const auto found = set_.roles.find(role);
    return found == set_.roles.end() ? role : found->second.label;
  }

  /// A value of the field, by its label when it has one.
  std::string shown(const Json& value) const {
    if (!value.is_string()) return value.dump();
    const auto& text = value.get_ref<const std::string&>();
    const Definition* definition = type("type");
    if (!definition || text.find('.') != std::string::npos) return text;
    return label_of(*definition, fmt::format("enums.{}.{}", values_.value("field", std::string{}), text), language_);
  }

  /// A state as it stands inside an English sentence: "issued", not "Issued"; abbreviations stay.
  std::string state(const char* type_key, const std::string& name) const {
    std::string text = label(type_key, "states", name);
    const bool word = text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z';
    if (language_ == "en" && word) text[0] = static_cast<char>(text[0] + 32);
    return text;
  }

  template <class Show>
  static std::string joined(const Json& list, Show show) {
    std::string text;
    for (const Json& one : list) text += (text.empty() ? "" : ", ") + show(one);
    return text;
  }

  std::string placeholder(const std::string& name) const {
    if (name == "record") return record("type", "number");
    if (name == "other_record") return record("other_type", "other_number");
    if (name == "linked") {
      const Definition* definition = type("linked_type");
      return definition ? label_of(*definition, "label_plural", language_) : std::string{};
    }
    const auto found = values_.find(name);
    if (found == values_.end()) return {};
    std::string text = found->is_string() ? found->get<std::string>() : found->dump();
    if (name == "state") return state("type", text);
    if (name == "states") {
      return joined(*found, [&](const Json& one) { return state("linked_type", one.get<std::string>()); });
    }
    if (name == "field") return label("type", "fields", text);
    if (name == "other_field") return label("other_type", "fields", text);
    if (name == "member") {
      return label("type", fmt::format("members.{}", values_.value("field", std::string{})), text);
    }
    if (name == "commands") {
      return joined(*found, [&](const Json& one) { return label("type", "commands", one.get<std::string>()); });
    }
    if (name == "roles") return joined(*found, [&](const Json& role) { return role_label(role.get<std::string>()); });
    if (name == "seat") return label("type", "people", text);
    if (name == "other_seat") return label("other_type", "people", text);
    if (name == "command") return label("type", "commands", text);
    if (name == "value") return shown(*found);
    if (name == "one_of") return joined(*found, [&](const Json& value) { return shown(value); });
    return text;
  }

  const WorkflowSet& set_;
  const Json& values_;
  std::string_view language_;
};

}  // namespace

std::string explain(const WorkflowSet& set, const UnmetGuard& unmet, std::string_view language) {
  const auto told = [&](const std::string& code) {
    if (const auto texts = set.guard_texts.find(language); texts != set.guard_texts.end()) {
      const auto text = texts->second.find(unmet.guard + "." + code);
      if (text != texts->second.end()) return Sentence(set, unmet.values, language).fill(text->second);
    }
    return Sentence(set, unmet.values, "en").fill(english(unmet.guard, code));
  };
  return unmet.values.contains("commands") ? told(unmet.code) + " " + told("filled_by") : told(unmet.code);
}

namespace guard {

UnmetGuard unmet(const GuardContext& context, std::string_view name, std::string_view code, Json values) {
  UnmetGuard made{std::string(name), std::string(code), {}, std::move(values)};
  if (!made.values.contains("type")) made.values["type"] = context.record.definition->type;
  made.detail = explain(context.set, made, "en");
  return made;
}

Json named(const RecordView& record) {
  Json values{{"type", record.definition->type}, {"state", record.state}};
  if (!record.number.empty()) values["number"] = record.number;
  if (!record.uuid.empty()) values["record"] = record.uuid;
  return values;
}

const Json* value_of(const GuardContext& context, const std::string& field) {
  for (const Json* holder : {context.input, &*context.record.body}) {
    if (!holder) continue;
    const auto found = holder->find(field);
    if (found != holder->end()) return found->is_null() ? nullptr : &*found;
  }
  return nullptr;
}

std::optional<Date> date_in(const Json* value) {
  return value && value->is_string() ? parse_date(value->get_ref<const std::string&>()) : std::nullopt;
}

std::string_view text_parameter(const GuardContext& context, const char* name) {
  const auto found = context.parameters.find(name);
  return found == context.parameters.end() ? std::string_view{}
                                           : std::string_view(found->get_ref<const std::string&>());
}

bool is_in(const Json& list, const Json& value) { return std::find(list.begin(), list.end(), value) != list.end(); }

Json values_in(const RecordView& record, const std::string& field) {
  const auto found = record.body->find(field);
  if (found == record.body->end() || found->is_null()) return Json::array();
  return found->is_array() ? *found : Json::array({*found});
}

std::optional<Date> date_there(const RecordView& record, const std::string& field) {
  const auto found = record.body->find(field);
  return found == record.body->end() ? std::nullopt : date_in(&*found);
}

bool is_recent(const GuardContext& context, const RecordView& record) {
  const std::string held(text_parameter(context, "held"));
  if (held.empty()) return true;
  const auto day = date_there(record, held);
  if (!day) return false;
  const PolicyValues policies(context.set, context.facts, context.record.id);
  return local_date(context.now.at, context.now.zone) <=
         policies.after(*day, context.parameters.at("plus"), context.now.calendar);
}

bool awaits_path(const GuardContext& context, std::string_view path) {
  return context.awaits(path.substr(0, path.find('.')));
}

}  // namespace guard
}  // namespace assay
