// What a form begins with: figures from the organisation's records.
#include "commands/prefill.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "domain/date_range.h"

namespace assay {
namespace {

using Is = Condition::Is;

constexpr int listed_records = 50;

/// The words that no definition gives.
struct Words {
  std::string_view as_of, due, more;
};
constexpr Words english{"As of {}", "due {}", "and {} more"};
constexpr Words german{"Stand {}", "fällig {}", "und {} weitere"};

std::string filled(std::string_view words, const std::string& value) { return fmt::format(fmt::runtime(words), value); }

bool says_something(const Json& body, const std::string& field) {
  const auto found = body.find(field);
  return found != body.end() && found->is_string() &&
         found->get_ref<const std::string&>().find_first_not_of(" \t\r\n") != std::string::npos;
}

/// At most `limit` code points, the last of them an ellipsis when something is left out.
std::string cut_to(std::string text, std::size_t limit) {
  std::size_t count = 0, last = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++count == limit) last = i;
  }
  if (count > limit) text.replace(last, std::string::npos, "…");
  return text;
}

/// The values of a condition as a query takes them.
std::vector<std::string> query_values(const Json& values) {
  std::vector<std::string> all;
  for (const Json& value : values) all.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  return all;
}

/// The prefills of one record for one person.
class Prefill {
 public:
  Prefill(const Context& context, Snapshot& at, const Principal& who, const RecordRow& record)
      : set_(*context.workflows),
        at_(at),
        who_(who),
        own_(set_.types.at(record.type)),
        body_(Json::parse(record.body)),
        links_(links_from(at, record.id, who.reader)),
        language_(who.organisation.language),
        words_(language_ == "de" ? german : english),
        today_(to_text(local_date(context.clock(), who.organisation.zone))) {
    for (const LinkRow& link : links_) who.reader.forget(link.id);  // they select what is told, and are not told
  }

  const Json& body() const { return body_; }

  /// Empty when no line can be told.
  std::string text(const FieldDefinition& field) {
    std::string lines;
    for (const PrefillLine& line : field.prefill) {
      const auto query = query_of(line);
      if (!query) continue;
      lines += '\n' + label(field, line) + ": ";
      line.list ? list(lines, field, line, *query)
                : count(lines, line, count_records(at_, *query, line.by, who_.reader));
    }
    if (lines.empty()) return lines;
    return cut_to(filled(words_.as_of, today_) + lines, field.schema.value("maxLength", std::size_t{0}));
  }

 private:
  std::string label(const FieldDefinition& field, const PrefillLine& line) const {
    return label_of(own_, "prefill." + field.name + "." + line.name, language_);
  }

  ListQuery selection(const PrefillLine& line) const {
    const Definition& type = set_.types.at(line.type);
    ListQuery query{line.type, {}};
    if (!line.in.empty()) {
      std::vector<std::string> states;
      for (const auto& [name, state] : type.states) {
        const bool wanted = std::any_of(line.in.begin(), line.in.end(), [&](const std::string& entry) {
          return entry == name || (entry.starts_with('#') && state.groups.contains(entry.substr(1)));
        });
        if (wanted) states.push_back(name);
      }
      query.conditions.push_back({"state", Is::equal, std::move(states)});
    }
    for (const auto& [name, values] : line.where.items())
      query.conditions.push_back({name, Is::equal, query_values(values)});
    return query;
  }

  /// Nothing while a date or link of the record that the line needs is empty.
  std::optional<ListQuery> query_of(const PrefillLine& line) const {
    ListQuery query = selection(line);
    if (!line.during.empty() && !add_period(line, query)) return {};
    for (const auto& [theirs, ours] : line.linked) {
      std::vector<std::string> ends;
      for (const LinkRow& link : links_) {
        if (link.name == ours) ends.push_back(link.uuid);
      }
      if (ends.empty()) return {};
      query.conditions.push_back({theirs, Is::equal, std::move(ends)});
    }
    return query;
  }

  bool add_period(const PrefillLine& line, ListQuery& query) const {
    const auto from = parse_date(body_.value(line.from, "")), to = parse_date(body_.value(line.to, ""));
    if (!from || !to || !is_in_range(*from) || !is_in_range(*to)) return false;
    if (line.during == "created") {
      const std::string& zone = who_.organisation.zone;
      query.conditions.push_back({line.during, Is::greater_or_equal, {to_text(start_of(*from, zone))}});
      query.conditions.push_back({line.during, Is::less, {to_text(end_of(*to, zone))}});
    } else {
      query.conditions.push_back({line.during, Is::greater_or_equal, {to_text(*from)}});
      query.conditions.push_back({line.during, Is::less_or_equal, {to_text(*to)}});
    }
    return true;
  }

  using Counts = std::map<std::string, std::int64_t>;

  /// "3 (Major: 1, Minor: 2)"
  void count(std::string& to, const PrefillLine& line, const Counts& counts) const {
    std::int64_t total = 0;
    for (const auto& [value, number] : counts) total += number;
    to += std::to_string(total);
    if (line.by.empty() || total == 0) return;
    const Definition& type = set_.types.at(line.type);
    const bool by_state = line.by == "state";
    const Json values = by_state ? Json(type.state_order) : type.fields.at(line.by).schema.at("enum");
    std::string parts;
    for (const Json& value : values) {
      const auto found = counts.find(value.get<std::string>());
      if (found == counts.end()) continue;
      const std::string path = (by_state ? "states." : "enums." + line.by + ".") + found->first;
      parts += fmt::format("{}{}: {}", parts.empty() ? "" : ", ", label_of(type, path, language_), found->second);
    }
    if (!parts.empty()) to += " (" + parts + ")";
  }

  /// How many, and each on a line of its own, with what is counted behind it.
  void list(std::string& to, const FieldDefinition& field, const PrefillLine& line, ListQuery query) {
    const Definition& type = set_.types.at(line.type);
    query.limit = listed_records;
    std::int64_t total = 0;
    for (const auto& [value, number] : count_records(at_, query, {}, who_.reader)) total += number;
    to += std::to_string(total);
    const auto rows = list_records(at_, query, who_.reader);
    std::vector<std::map<std::string, Counts>> behind;
    for (const PrefillLine& one : line.with)
      behind.push_back(count_linked(at_, selection(one), one.link, rows, one.by, who_.reader));
    for (const RecordRow& row : rows) {
      to += fmt::format("\n– {} {} ({}", row.number, Json::parse(row.body).value(type.title, std::string()),
                        label_of(type, "states." + row.state, language_));
      if (row.due) to += ", " + filled(words_.due, to_text(*row.due));
      to += ')';
      const char* before = ": ";
      for (std::size_t i = 0; i < line.with.size(); ++i) {
        const auto counted = behind[i].find(row.uuid);
        to += before + label(field, line.with[i]) + ' ';
        count(to, line.with[i], counted == behind[i].end() ? Counts() : counted->second);
        before = "; ";
      }
    }
    const auto shown = static_cast<std::int64_t>(rows.size());
    if (total > shown) to += "\n– " + filled(words_.more, std::to_string(total - shown));
  }

  const WorkflowSet& set_;
  Snapshot& at_;
  const Principal& who_;
  const Definition& own_;
  Json body_;
  std::vector<LinkRow> links_;
  std::string language_;
  const Words& words_;
  std::string today_;
};

bool takes(const CommandDefinition& command, const std::string& name) {
  const auto among = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return among(command.must) || among(command.may);
}

}  // namespace

void add_prefills(const Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                  std::vector<Offer>& offers) {
  const Definition* definition = context.workflows->find(record.type);
  if (!definition) return;
  std::optional<Prefill> prefill;
  for (const auto& [name, field] : definition->fields) {
    if (field.prefill.empty()) continue;
    std::optional<std::string> text;
    for (Offer& offer : offers) {
      if (!offer.allowed || !takes(*offer.command, name)) continue;
      if (!prefill) prefill.emplace(context, at, who, record);
      if (!text) text = prefill->text(field);
      if (text->empty()) break;
      Json schema = Json::parse(offer.input());
      Json& property = schema.at("properties").at(name);
      property["x-prefill"] = *text;
      if (!says_something(prefill->body(), name)) property["default"] = *text;
      offer.record_text = canonical(schema);
    }
  }
}

}  // namespace assay
