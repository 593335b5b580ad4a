// Full-text search: the index beside the rows, and the queries on it.
#include "storage/search.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "storage/access.h"
#include "storage/events.h"
#include "storage/projection.h"
#include "storage/record_columns.h"
#include "storage/sql_text.h"
#include "storage/store_base.h"
#include "storage/workflow_sets.h"

namespace assay {
namespace {

// Changes with the rules of domain/search_text: an index that was built by others is built anew at the start.
constexpr std::string_view search_rules = "3";
constexpr std::int64_t indexed_at_once = 100;

/// Words as the text of a tsvector, with their places.
void append_vector(std::string& to, std::string_view words, std::string_view weight, std::size_t& place) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    to.append("'").append(words.substr(0, end)).append("':").append(std::to_string(++place)).append(weight).append(" ");
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

/// Takes the words of a row out of SQLite's index, which has to be told them again, as it keeps no copy.
void forget_words(Connection& to, std::int64_t place) {
  const auto old =
      to.one<std::string, std::string>("SELECT open, kept FROM search_text WHERE id = :id", with("id", place));
  if (!old) return;
  to.send("INSERT INTO search_index (search_index, rowid, open, kept) VALUES ('delete', :id, :open, :kept)",
          with("id", place), with("open", std::get<0>(*old)), with("kept", std::get<1>(*old)));
}

void put_text(Connection& to, std::int64_t place, RecordId record, const SearchText& text) {
  const std::string open = text.all_open();
  if (to.engine() == Engine::sqlite) {
    forget_words(to, place);
    to.send(
        "INSERT INTO search_text (id, record, open, kept) VALUES (:id, :record, :open, :kept)"
        " ON CONFLICT (id) DO UPDATE SET open = :open, kept = :kept",
        with("id", place), with("record", record), with("open", open), with("kept", text.kept));
    to.send("INSERT INTO search_index (rowid, open, kept) VALUES (:id, :open, :kept)", with("id", place),
            with("open", open), with("kept", text.kept));
    return;
  }
  std::string words;
  std::size_t at = 0;
  append_vector(words, open, "A", at);
  append_vector(words, text.kept, "", at);
  to.send(
      "INSERT INTO search_text (id, record, open, kept, words) VALUES (:id, :record, :open, :kept,"
      " CAST(:words AS TSVECTOR)) ON CONFLICT (id) DO UPDATE SET open = EXCLUDED.open, kept = EXCLUDED.kept,"
      " words = EXCLUDED.words",
      with("id", place), with("record", record), with("open", open), with("kept", text.kept), with("words", words));
}

/// The query in the language of the engine. Words hold nothing that has a meaning there.
std::string match_of(const SearchQuery& query, Engine engine, bool client) {
  const bool sqlite = engine == Engine::sqlite;
  std::string text;
  for (const Phrase& phrase : query.phrases) {
    if (!text.empty()) text += sqlite ? " AND " : " & ";
    text += sqlite ? "\"" : "(";
    for (std::size_t i = 0; i < phrase.words.size(); ++i) {
      const bool begun = phrase.prefix && i + 1 == phrase.words.size();
      if (sqlite) {
        text.append(i == 0 ? "" : " ").append(phrase.words[i]);
      } else {
        text.append(i == 0 ? "'" : " <-> '").append(phrase.words[i]).append("'");
        if (client || begun) text.append(":").append(begun ? "*" : "").append(client ? "A" : "");
      }
    }
    text += sqlite ? (phrase.prefix ? "\" *" : "\"") : ")";
  }
  return sqlite && client ? "{open} : (" + text + ")" : text;
}

SqlText search_sql(const SearchFor& what, const Reader& reader, const std::string& match, Engine engine) {
  SqlText text;
  text.add("SELECT " ASSAY_RECORD_COLUMNS ", s.id FROM ");
  if (engine == Engine::sqlite) {
    // The order of its rows is that of the pages, so that nothing is sorted and a page ends the search.
    text.add(
        "search_index CROSS JOIN search_text s ON s.id = search_index.rowid CROSS JOIN record r ON r.id = s.record");
    text.add(" WHERE search_index MATCH ", match);
    if (what.before != 0) text.add(" AND search_index.rowid < ", what.before);
  } else {
    text.add("search_text s JOIN record r ON r.id = s.record WHERE s.words @@ CAST(", match).add(" AS TSQUERY)");
    if (what.before != 0) text.add(" AND s.id < ", what.before);
  }
  text.add(" AND r.organisation = ", reader.organisation);
  if (!what.type.empty()) text.add(" AND r.type = ", what.type);
  text.add(" AND (EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id)");
  if (!reader.whole.empty()) text.list(" OR r.type IN ", reader.whole);
  text.add(") ORDER BY ").add(engine == Engine::sqlite ? "search_index.rowid" : "s.id");
  text.add(" DESC LIMIT ", what.limit);
  return text;
}

void index_record(Connection& to, std::int64_t place) {
  const auto row = to.one<std::string, std::string, std::string, std::string>(
      "SELECT type, workflow_set, number, body FROM record WHERE id = :id", with("id", place / 2));
  if (!row) return;
  const auto& [type, hash, number, body] = *row;
  SearchText text = search_text(to.sets().at(hash)->types.at(type), parse_stored(body));
  text.number = number;
  put_text(to, place, RecordId{place / 2}, text);
}

void index_item(Connection& to, std::int64_t place) {
  using Text = std::string;
  auto row = to.one<RecordId, Text, Text, Text, Text, Text, Text, Text>(
      "SELECT i.audit, i.question, i.item, i.subject, i.reason, i.notes, r.type, r.workflow_set FROM item i"
      " JOIN record r ON r.id = i.audit WHERE i.id = :id",
      with("id", place / 2));
  if (!row) {
    if (to.engine() == Engine::sqlite) forget_words(to, place);
    to.run("DELETE FROM search_text WHERE id = :id", with("id", place));
    return;
  }
  ItemRow item{};
  Text type, set;
  std::tie(item.audit, item.question, item.item, item.subject, item.reason, item.notes, type, set) = std::move(*row);
  // The answers of an audit that its client sees are notes of the auditors.
  const bool kept = is_for_clients(to.sets().at(set)->types.at(type));
  put_text(to, place, item.audit, search_text(field_texts(item), kept));
}

void index_place(Connection& to, std::int64_t place) {
  if (place % 2 == 0) {
    index_record(to, place);
  } else {
    index_item(to, place);
  }
}

/// How far the index has come: all events up to `position`, and while it is built anew all records and items up to
/// these ids.
struct Progress {
  std::int64_t position;
  std::optional<std::int64_t> record, item;

  bool operator==(const Progress&) const = default;
  bool is_built() const { return !record && !item; }
};

Progress progress_of(Connection& at, std::string_view lock = {}) {
  const auto row = at.one<std::int64_t, std::optional<std::int64_t>, std::optional<std::int64_t>>(
      "SELECT position, record, item FROM search_progress" + std::string(lock));
  return {std::get<0>(row.value()), std::get<1>(row.value()), std::get<2>(row.value())};
}

/// Whoever else indexes waits until the end of the transaction.
Progress locked_progress(Connection& to) {
  return progress_of(to, to.engine() == Engine::postgresql ? " FOR UPDATE" : "");
}

void put_progress(Connection& to, const Progress& reached) {
  to.run("UPDATE search_progress SET position = :position, record = :record, item = :item",
         with("position", reached.position), with("record", reached.record), with("item", reached.item));
}

// Of `s`, which gives sequences and positions.
#define ASSAY_EVENTS_TO_INDEX                                                                                       \
  " s JOIN event e ON e.sequence = s.sequence LEFT JOIN event_payload p ON p.sequence = e.sequence WHERE e.subject" \
  " IN ('record', 'item')"
#define ASSAY_INDEXED_COLUMNS "e.subject, e.subject_id, e.version, e.workflow_set, p.facts FROM "

/// Where in the index what an event changed stands; nothing when nothing is found by that.
std::optional<std::int64_t> changed_place(Connection& at, std::string_view subject, std::int64_t id,
                                          std::int64_t version, const std::string& set,
                                          const std::optional<std::string>& payload) {
  if (subject == name_of(Subject::item)) return 2 * id + 1;
  if (version == 1 || !payload) return 2 * id;
  const Json facts = parse_stored(*payload);
  const Definition* type = at.sets().at(set)->find(text_of(facts, "type"));
  if (facts.contains("disposed")) return 2 * id;
  if (type != nullptr && !touches_search(*type, member(facts, "set"), member(facts, "append"))) return {};
  return 2 * id;
}

/// Indexes what the events that `sql` gives have changed, the columns above after a position; their number, and the
/// last position.
std::pair<std::int64_t, std::int64_t> index_events(Connection& to, std::string_view sql,
                                                   std::span<const Binding> bindings) {
  std::set<std::int64_t> places;
  std::int64_t events = 0, last = 0;
  to.each<std::int64_t, std::string, std::int64_t, std::int64_t, std::string, std::optional<std::string>>(
      sql, bindings, [&](auto&& row) {
        const auto& [position, subject, id, version, set, facts] = row;
        ++events;
        last = position;
        if (const auto place = changed_place(to, subject, id, version, set, facts)) places.insert(*place);
      });
  for (const auto place : places) index_place(to, place);
  return {events, last};
}

/// The next `most` rows of a table of an index that is built anew, after the id `reached`, which ends as nothing.
std::int64_t index_rows(Connection& to, std::string_view table, std::int64_t most,
                        std::optional<std::int64_t>& reached) {
  const auto rows =
      to.all<std::int64_t>("SELECT id FROM " + std::string(table) + " WHERE id > :after ORDER BY id LIMIT :most",
                           with("after", reached.value()), with("most", most));
  for (const auto& [id] : rows) index_place(to, 2 * id + (table == "item" ? 1 : 0));
  if (static_cast<std::int64_t>(rows.size()) < most) {
    reached.reset();
  } else {
    reached = std::get<0>(rows.back());
  }
  return static_cast<std::int64_t>(rows.size());
}

bool has_unsealed(Store& store) {
  Snapshot at = store.read();
  return !at.connection().all<std::int64_t>("SELECT e.sequence FROM unsealed" ASSAY_EVENTS_TO_INDEX " LIMIT 1").empty();
}

}  // namespace

std::vector<FieldText> field_texts(const ItemRow& item) {
  std::vector<FieldText> texts;
  for (const auto& [name, text] :
       {std::pair("item", &item.item), std::pair("question", &item.question), std::pair("subject", &item.subject),
        std::pair("reason", &item.reason), std::pair("notes", &item.notes)}) {
    if (!text->empty()) texts.push_back({name, *text});
  }
  return texts;
}

std::vector<SearchHit> search(Snapshot& at, const SearchFor& what, const Reader& reader) {
  auto& connection = at.connection();
  const std::string match = match_of(what.query, connection.engine(), reader.client);
  const SqlText text = search_sql(what, reader, match, connection.engine());
  std::vector<SearchHit> hits;
  connection.each<ASSAY_RECORD_TYPES, std::int64_t>(text.sql, text.bindings(), [&hits](auto&& row) {
    const auto id = std::get<record_column_count>(row);
    hits.push_back({id, record_from(row)});
  });
  for (SearchHit& hit : hits) {
    reader.note(hit.record.id);
    if (hit.id % 2 != 0) hit.item = find_item(at, hit.record.id, hit.id / 2);
  }
  return hits;
}

std::int64_t index_changed(Connection& to, std::int64_t most) {
  Progress reached = locked_progress(to);
  const Progress before = reached;
  // Read before the events: what is sealed meanwhile comes after it.
  const auto newest = to.value<std::int64_t>("SELECT COALESCE(MAX(position), 0) FROM sealed");
  std::int64_t done = 0;
  if (newest > reached.position) {
    const std::array<Binding, 2> bindings{with("position", reached.position), with("most", most)};
    const auto [events, last] = index_events(to,
                                             "SELECT s.position, " ASSAY_INDEXED_COLUMNS "sealed" ASSAY_EVENTS_TO_INDEX
                                             " AND s.position > :position ORDER BY s.position LIMIT :most",
                                             bindings);
    done = events;
    reached.position = events < most ? std::max(newest, last) : last;
  }
  if (done < most && reached.record) done += index_rows(to, "record", most - done, reached.record);
  if (done < most && reached.item && !reached.record) done += index_rows(to, "item", most - done, reached.item);
  if (reached != before) put_progress(to, reached);
  return done;
}

Result<bool> catch_up_search(Store& store, std::int64_t most) {
  // Others wait here, not with a connection that commands could use.
  static std::mutex turn;
  const std::lock_guard lock(turn);
  // First what has no position yet: what is given one meanwhile is among the newest below.
  if (has_unsealed(store)) {
    auto written = store.write([](Connection& to) {
      locked_progress(to);
      index_events(to, "SELECT CAST(0 AS BIGINT), " ASSAY_INDEXED_COLUMNS "unsealed" ASSAY_EVENTS_TO_INDEX, {});
    });
    if (!written) return written.error();
  }
  const auto look = [&store] {
    Snapshot at = store.read();
    return std::pair(progress_of(at.connection()), last_sealed(at));
  };
  auto [reached, newest] = look();
  const auto is_complete = [&] { return reached.position >= newest && reached.is_built(); };
  for (; !is_complete() && most > 0; most -= indexed_at_once) {
    const auto piece = std::min(most, indexed_at_once);
    auto written = store.write([piece](Connection& to) { index_changed(to, piece); });
    if (!written) return written.error();
    reached = look().first;
  }
  return is_complete();
}

void forget_found(Connection& to, RecordId record) {
  // Whoever indexes at the same time would put what they have read back.
  if (to.engine() == Engine::postgresql) locked_progress(to);
  if (to.engine() == Engine::sqlite) {
    for (const auto& [place] :
         to.all<std::int64_t>("SELECT id FROM search_text WHERE record = :record", with("record", record)))
      forget_words(to, place);
  }
  to.run("DELETE FROM search_text WHERE record = :record", with("record", record));
}

Result<void> build_search(Store& store) {
  std::int64_t done = 1;
  while (done > 0) {
    auto written = store.write([&done](Connection& to) { done = index_changed(to, indexed_at_once); });
    if (!written) return written;
  }
  return {};
}

void reset_search(Connection& to) {
  locked_progress(to);  // as whoever indexes or starts at the same time
  put_meta(to, "search", search_rules);
  if (to.engine() == Engine::sqlite) to.run("INSERT INTO search_index (search_index) VALUES ('delete-all')");
  to.run("DELETE FROM search_text");
  to.run("UPDATE search_progress SET position = (SELECT COALESCE(MAX(position), 0) FROM sealed), record = 0, item = 0");
}

void prepare_search(Connection& to) {
  if (find_meta(to, "search") == search_rules) return;
  Transaction transaction(to, begin_writing(to));
  reset_search(to);
  transaction.commit();
}

}  // namespace assay
