// Bulk import from CSV.
#include "commands/import.h"

#include <algorithm>
#include <set>

#include "commands/import_table.h"
#include "commands/people.h"
#include "commands/records.h"
#include "ledger/digest.h"
#include "ledger/token.h"

namespace assay {
namespace {

const std::vector<std::string> people_columns = {"name", "email", "language", "roles", "responsibilities"};

/// Adds the error unless its cell has one already, or there are enough.
void add(ImportReview& review, InvalidField wrong) {
  if (review.errors.size() >= import_errors) return;
  const bool told = wrong.pointer.starts_with("#cell") &&
                    std::any_of(review.errors.begin(), review.errors.end(),
                                [&](const InvalidField& one) { return one.pointer == wrong.pointer; });
  if (!told) review.errors.push_back(std::move(wrong));
}

/// What was refused about one row, cell by cell where the refusal names fields.
void add(ImportReview& review, const ImportedRow& row, const Refusal& refusal) {
  for (const InvalidField& wrong : refusal.invalid) add(review, at_cell(row, wrong));
  for (const UnmetGuard& unmet : refusal.unmet) add(review, {row_pointer(row.row), unmet.detail});
  if (refusal.invalid.empty() && refusal.unmet.empty()) add(review, {row_pointer(row.row), refusal.detail});
}

struct Chosen {
  const Definition* definition;
  const CommandDefinition* command;
};

Result<Chosen> chosen(const Context& context, const std::string& type, const std::string& command) {
  const Definition* definition = context.workflows->find(type);
  if (definition == nullptr) return invalid_query("?type", "is neither a record type nor person");
  std::string name = command;
  if (name.empty()) {
    auto first = first_creating_command(*definition);
    if (!first) return first.error();
    name = *first;
  }
  const auto found = definition->commands.find(name);
  if (found == definition->commands.end() || !found->second.creates())
    return invalid_query("?command", "is no command that makes a record of this type");
  if (!found->second.second.empty())
    return invalid_query("?command", "needs a second person for each record, so it takes no table");
  return Chosen{definition, &found->second};
}

/// Who and what a cell may name: what the person could find in lists.
Resolve resolving(Moment& moment, const Call& call) {
  return [&moment, &call](const std::string& type, const std::string& told) -> std::optional<std::string> {
    if (is_uuid(told)) return told;  // of which the decision says whether there is such a one
    const Reader& reader = call.who.reader;
    if (type.empty()) {
      if (reader.client) return {};
      const auto person = find_person_by_email(moment.at, told);
      if (!person || person->organisation != reader.organisation || has_left(person->state)) return {};
      return person->uuid;
    }
    ListQuery query;
    query.type = type;
    query.conditions = {{"number", Condition::Is::equal, {told}}};
    query.limit = 1;
    const auto found = list_records(moment.at, query, reader);
    return found.empty() ? std::nullopt : std::optional(found.front().uuid);
  };
}

/// What a table of records comes to.
struct Drafted {
  ImportReview review;
  Together together = {};
  std::map<RecordId, std::string> uuids = {};  // that the table gives
};

Result<Drafted> draft_records(Moment& moment, const Call& call, const Chosen& chosen, const std::vector<CsvRow>& rows) {
  const auto columns = import_columns(*chosen.definition, *chosen.command);
  ImportedTable table = imported_rows(rows, columns, resolving(moment, call));
  Drafted drafted;
  drafted.review.records = table.rows.size();
  for (InvalidField& wrong : table.errors) add(drafted.review, std::move(wrong));
  const Target target{{}, chosen.definition->type, call.who.organisation.id};
  const Actor actor{call.who.person.id, {}, false};
  const Now now = now_for(moment, call.who.organisation);
  std::vector<Command> commands;
  for (const ImportedRow& row : table.rows) {
    if (!row.uuid.empty() && is_uuid(row.uuid) && is_record_id(moment.at, row.uuid))
      add(drafted.review, at_cell(row, {"/id", "is in use"}));
    commands.push_back({chosen.command->name, row.input});
    const auto alone = decide(*moment.context.workflows, moment.facts, target, commands.back(), actor, now);
    if (!alone && !awaits_plugins(alone.error())) add(drafted.review, row, alone.error());
  }
  if (!drafted.review.errors.empty() || commands.empty()) return drafted;
  // Rows that are fine alone may contradict each other.
  drafted.together = decide_together(*moment.context.workflows, moment.facts, target, commands, actor, now);
  const auto& made = drafted.together.made;
  if (drafted.together.refused && !awaits_plugins(*drafted.together.refused))
    add(drafted.review, table.rows.at(made.size()), *drafted.together.refused);
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (!table.rows[i].uuid.empty()) drafted.uuids.emplace(made[i], table.rows[i].uuid);
  }
  return drafted;
}

std::vector<std::string> texts_of(const Json& input, const char* name) {
  const auto value = input.find(name);
  return value == input.end() ? std::vector<std::string>() : value->get<std::vector<std::string>>();
}

std::vector<ImportColumn> columns_of_people() {
  std::vector<ImportColumn> columns;
  for (const std::string& name : people_columns) {
    const bool many = name == "roles" || name == "responsibilities";
    columns.push_back({ImportColumn::Kind::field, name, name, {}, {{"type", "string"}}, many});
  }
  return columns;
}

/// The people of a table, and what is wrong with them.
std::pair<ImportReview, std::vector<Invitation>> draft_people(Moment& moment, const Call& call,
                                                              const std::vector<CsvRow>& rows) {
  const auto columns = columns_of_people();
  ImportedTable table = imported_rows(rows, columns, [](const auto&, const auto&) { return std::nullopt; });
  ImportReview review;
  review.records = table.rows.size();
  for (InvalidField& wrong : table.errors) add(review, std::move(wrong));
  std::vector<Invitation> people;
  std::set<std::string> addresses;
  for (const ImportedRow& row : table.rows) {
    const Invitation& person =
        people.emplace_back(Invitation{row.input.value("name", ""), row.input.value("email", ""),
                                       row.input.value("language", call.who.organisation.language),
                                       texts_of(row.input, "roles"), texts_of(row.input, "responsibilities")});
    for (const InvalidField& wrong : invalid_in(moment.context, person)) add(review, at_cell(row, wrong));
    if (!addresses.insert(email_key(person.email)).second) {
      add(review, at_cell(row, {"/email", "is in the table twice"}));
    } else if (find_person_by_email(moment.at, person.email)) {
      add(review, at_cell(row, {"/email", "is in use"}));
    }
  }
  return {std::move(review), std::move(people)};
}

Refusal refused(ImportReview review) {
  return Refusal{Reason::invalid, "the table has errors: nothing of it is stored", {}, std::move(review.errors), {}};
}

/// What is adopted from a table keeps its SHA-256 beside that of the source that was approved: a table may be derived
/// from that file, and this says which one it was.
void mark_with_table(Decision& decision, std::string_view table) {
  const std::string hash = sha256_hex(table);
  for (Change& change : decision.changes) {
    if (const auto mark = change.set.find("adopted"); mark != change.set.end()) (*mark)["from_table"] = hash;
  }
}

/// Rows below the header, and the header.
Result<std::vector<CsvRow>> table_of(const ImportWish& wish) { return read_csv(wish.text, wish.most_rows + 1); }

const Refusal empty_table = invalid_field("#row=2", "there is nothing to import");

Result<void> may_import(const Context& context, const Call& call, const ImportWish& wish) {
  if (wish.type == imported_people) return require_administrator(call.who);
  if (auto known = chosen(context, wish.type, wish.command); !known) return known.error();
  return require(call.who, Scope::write);
}

}  // namespace

Result<std::vector<std::string>> import_columns(const Context& context, const std::string& type,
                                                const std::string& command) {
  if (type == imported_people) return people_columns;
  auto what = chosen(context, type, command);
  if (!what) return what.error();
  std::vector<std::string> names;
  for (const ImportColumn& column : import_columns(*what->definition, *what->command)) names.push_back(column.name);
  return names;
}

Result<ImportReview> review_import(Context& context, const Call& call, const ImportWish& wish) {
  if (auto may = may_import(context, call, wish); !may) return may.error();
  auto rows = table_of(wish);
  if (!rows) return rows.error();
  Snapshot at = context.store.read();
  StoredFacts facts(context.store, at);
  facts.know(call.who.reader);
  Moment moment{context, at, facts, context.clock()};
  if (wish.type == imported_people) return draft_people(moment, call, *rows).first;
  auto drafted = draft_records(moment, call, *chosen(context, wish.type, wish.command), *rows);
  if (!drafted) return drafted.error();
  return std::move(drafted->review);
}

std::vector<std::string> made_ids(const Imported& imported) {
  std::vector<std::string> ids;
  std::string_view rest = imported.performed.uuid;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    ids.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return ids;
}

Result<Imported> import_table(Context& context, const Call& call, const ImportWish& wish) {
  if (auto may = may_import(context, call, wish); !may) return may.error();
  auto rows = table_of(wish);
  if (!rows) return rows.error();
  std::vector<std::string> tokens;
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    if (wish.type == imported_people) {
      auto [review, people] = draft_people(moment, call, *rows);
      if (!review.errors.empty()) return refused(std::move(review));
      if (people.empty()) return empty_table;
      tokens.clear();
      for (std::size_t i = 0; i < people.size(); ++i) tokens.push_back(make_token(setup_token_prefix));
      return invite_all(moment, call, people, tokens);
    }
    auto drafted = draft_records(moment, call, *chosen(context, wish.type, wish.command), *rows);
    if (!drafted) return drafted.error();
    if (!drafted->review.errors.empty()) return refused(std::move(drafted->review));
    if (drafted->together.made.empty()) return empty_table;
    Planned planned;
    planned.status = 201;
    for (const RecordId made : drafted->together.made) {
      if (!drafted->uuids.contains(made)) drafted->uuids.emplace(made, context.new_uuid());
      planned.uuid.append(planned.uuid.empty() ? "" : ",").append(drafted->uuids.at(made));
    }
    mark_with_table(drafted->together.decision, wish.text);
    planned.events = events_of(moment, drafted->together.decision, {call.who.person.id, {}, false},
                               context.workflows->hash, drafted->uuids);
    return planned;
  });
  if (!performed) return performed.error();
  if (performed->repeated) tokens.clear();
  return Imported{*performed, std::move(tokens)};
}

}  // namespace assay
