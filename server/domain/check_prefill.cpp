// Checks what a form is offered to begin with: the records, fields, dates and links that each line names.
#include <fmt/format.h>

#include <algorithm>

#include "domain/check_parts.h"

namespace assay {
namespace {

class LineCheck {
 public:
  LineCheck(const Examined& in, const PrefillLine& line, std::string pointer)
      : in_(in), line_(line), pointer_(std::move(pointer)), type_(in.set.find(line.type)) {}

  void run() {
    if (!type_) return flaw("/type", fmt::format("there is no type `{}`", line_.type));
    selection();
    if (!line_.by.empty()) grouping();
    if (!line_.during.empty()) period();
    for (const auto& [theirs, ours] : line_.linked) linked(theirs, ours);
    for (std::size_t i = 0; i < line_.with.size(); ++i) counted(line_.with[i], i);
  }

 private:
  void flaw(const std::string& at, std::string reason) const { in_.flaw_at(pointer_ + at, std::move(reason)); }

  const FieldDefinition* filter(const Definition& type, const std::string& name) const {
    const auto field = type.fields.find(name);
    return field != type.fields.end() && field->second.filter ? &field->second : nullptr;
  }

  void selection() const {
    Json in = Json::object();
    if (!line_.in.empty()) in["in"] = line_.in;
    in["where"] = line_.where;
    check_selection(in_, *type_, in, pointer_);
    for (const auto& [name, values] : line_.where.items()) {
      if (!filter(*type_, name))
        flaw("/where/" + name, fmt::format("{} cannot be filtered by `{}`", type_->type, name));
    }
  }

  void grouping() const {
    if (line_.by == "state") return;
    const FieldDefinition* field = filter(*type_, line_.by);
    if (!field || !field->schema.contains("enum"))
      flaw("/by", fmt::format("`{}` is neither state nor an enum that {} is filtered by", line_.by, type_->type));
  }

  void period() const {
    const FieldDefinition* field = filter(*type_, line_.during);
    if (line_.during != "created" && (!field || field->schema.value("format", "") != "date"))
      flaw("/during/field",
           fmt::format("`{}` is neither created nor a date that {} is filtered by", line_.during, type_->type));
    for (const auto& [key, name] : {std::pair{"from", &line_.from}, {"to", &line_.to}}) {
      if (!in_.is_date(*name) || in_.field(*name)->keep != Keep::body)
        flaw(fmt::format("/during/{}", key), fmt::format("`{}` is not a date that the body keeps", *name));
    }
  }

  void linked(const std::string& theirs, const std::string& ours) const {
    const auto their = type_->links.find(theirs);
    const auto our = in_.definition.links.find(ours);
    if (their == type_->links.end())
      return flaw("/linked/" + theirs, fmt::format("{} has no link `{}`", type_->type, theirs));
    if (our == in_.definition.links.end()) return flaw("/linked/" + theirs, fmt::format("there is no link `{}`", ours));
    if (their->second.to != our->second.to)
      flaw("/linked/" + theirs, fmt::format("one leads to {}, the other to {}", their->second.to, our->second.to));
  }

  void counted(const PrefillLine& count, std::size_t index) const {
    const std::string at = fmt::format("{}/with/{}", pointer_, index);
    LineCheck(in_, count, at).run();
    const Definition* type = in_.set.find(count.type);
    if (!type) return;
    const auto link = type->links.find(count.link);
    if (link == type->links.end() || link->second.to != line_.type)
      in_.flaw_at(at + "/link", fmt::format("`{}` does not lead from {} to {}", count.link, count.type, line_.type));
  }

  const Examined& in_;
  const PrefillLine& line_;
  std::string pointer_;
  const Definition* type_;
};

void check_names(const Examined& examined, const FieldDefinition& field, const std::string& pointer) {
  std::set<std::string> known;
  const auto once = [&](const PrefillLine& line, const std::string& at) {
    if (!known.insert(line.name).second) examined.flaw_at(at + "/name", "another line has this name");
  };
  for (std::size_t i = 0; i < field.prefill.size(); ++i) {
    const std::string at = fmt::format("{}/{}", pointer, i);
    once(field.prefill[i], at);
    for (std::size_t j = 0; j < field.prefill[i].with.size(); ++j)
      once(field.prefill[i].with[j], fmt::format("{}/with/{}", at, j));
  }
}

/// A form of a record that is there already asks for the field.
bool is_asked_for(const Definition& definition, const std::string& field) {
  return std::any_of(definition.commands.begin(), definition.commands.end(), [&](const auto& entry) {
    const CommandDefinition& command = entry.second;
    return !command.creates() && (has(command.must, field) || has(command.may, field));
  });
}

}  // namespace

void check_prefills(const Examined& examined) {
  for (const auto& [name, field] : examined.definition.fields) {
    if (field.prefill.empty()) continue;
    const std::string pointer = fmt::format("/fields/{}/prefill", name);
    if (field.keep != Keep::body || field.schema.value("type", "") != "string" || !field.schema.contains("maxLength") ||
        field.schema.contains("pattern") || field.schema.contains("format"))
      examined.flaw_at(pointer, "only a free text that the body keeps begins with one");
    if (!is_asked_for(examined.definition, name))
      examined.flaw_at(pointer, "no command on a record asks for the field");
    check_names(examined, field, pointer);
    for (std::size_t i = 0; i < field.prefill.size(); ++i)
      LineCheck(examined, field.prefill[i], fmt::format("{}/{}", pointer, i)).run();
  }
}

}  // namespace assay
