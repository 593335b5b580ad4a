// What erasures and disposals take out of the log.
#include "storage/erasure.h"

#include <map>
#include <utility>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/event_log.h"
#include "storage/notes.h"
#include "storage/people.h"
#include "storage/search.h"

namespace assay {
namespace {

/// What stays of the facts of a person's event: that somebody was in this state with these roles.
Json redacted_person(const Json& facts, const std::string& pseudonym) {
  Json left = {{"name", pseudonym}, {"email", ""}, {"responsibilities", Json::array()}};
  for (const char* name : {"language", "state", "roles", "restricted"}) {
    if (const auto found = facts.find(name); found != facts.end()) left[name] = *found;
  }
  return left;
}

Json redacted_token(Json facts) {
  facts["name"] = "";
  return facts;
}

/// What a record was, where it hung and stood, who held its seats, and when: what its row, its links and its number are
/// made of.
Json redacted_record(const Json& facts) {
  Json left = Json::object();
  for (const char* name : {"type", "state", "created", "number", "since", "parent", "links", "seated", "unseated",
                           "timers", "fired", "reminded", "told", "disposed"}) {
    if (const auto found = facts.find(name); found != facts.end()) left[name] = *found;
  }
  return left;
}

/// The payload of one event as it is left, committed to under its subject's new key.
void put_redacted(Connection& to, std::int64_t sequence, const std::string& key, const Json& facts) {
  const std::string payload = canonical(facts);
  to.run("UPDATE event_payload SET facts = :facts, redacted = :redacted WHERE sequence = :sequence",
         with("facts", payload), with("redacted", commitment_of(key, payload)), with("sequence", sequence));
}

void replace_key(Connection& to, std::string_view subject, std::int64_t id, const std::string& key) {
  to.run("DELETE FROM subject_key WHERE subject = :subject AND id = :id", with("subject", subject), with("id", id));
  to.run("INSERT INTO subject_key (subject, id, key) VALUES (:subject, :id, :key)", with("subject", subject),
         with("id", id), with("key", key));
}

/// Rewrites the payloads of a subject's events and gives it a new key.
template <class Redacted>
void redact(Connection& to, Subject subject, std::int64_t id, const std::string& key, Redacted redacted) {
  for (const auto& [sequence, text] : to.all<std::int64_t, std::string>(
           "SELECT e.sequence, p.facts FROM event e JOIN event_payload p ON p.sequence = e.sequence"
           " WHERE e.subject_id = :id AND e.subject = :subject AND e.record IS NULL ORDER BY e.sequence",
           with("id", id), with("subject", name_of(subject)))) {
    put_redacted(to, sequence, key, redacted(Json::parse(text)));
  }
  replace_key(to, name_of(subject), id, key);
}

constexpr std::string_view forget_attempts =
    "UPDATE attempt SET request_headers = '', request_body = '', response_headers = '', response_body = ''"
    " WHERE delivery IN (SELECT d.id FROM delivery d WHERE d.position IN (SELECT s.position FROM sealed s"
    " JOIN event e ON e.sequence = s.sequence WHERE ";

void forget_deliveries(Connection& to, Subject subject, std::int64_t id) {
  to.run(std::string(forget_attempts) + "e.subject_id = :id AND e.subject = :subject AND e.record IS NULL))",
         with("id", id), with("subject", name_of(subject)));
}

}  // namespace

bool erases(const EventDraft& draft) { return draft.subject == Subject::person && draft.type == "person.erased"; }

bool disposes(const EventDraft& draft) {
  return draft.subject == Subject::record && draft.version > 1 && draft.facts.contains("disposed");
}

bool is_redacted(Connection& to, std::int64_t position) {
  // Written to before it is looked at, so that an erasure at the same time comes wholly before or wholly after.
  to.run(
      "UPDATE event_payload SET redacted = redacted WHERE sequence IN (SELECT e.sequence FROM sealed s"
      " JOIN event e ON e.sequence = s.sequence"
      " WHERE s.position = :position)",
      with("position", position));
  return to.value<std::int64_t>(
             "SELECT COUNT(*) FROM event_payload p JOIN sealed s ON s.sequence = p.sequence"
             " WHERE s.position = :position AND p.redacted <> ''",
             with("position", position)) > 0;
}

void erase_from_log(Connection& to, const EventDraft& erasure, const std::string& key) {
  const PersonId person{erasure.id};
  const std::string pseudonym = pseudonym_of(erasure.uuid);
  redact(to, Subject::person, erasure.id, key, [&](const Json& facts) { return redacted_person(facts, pseudonym); });
  for (const auto& [token] :
       to.all<std::int64_t>("SELECT id FROM token WHERE person = :person", with("person", person))) {
    redact(to, Subject::token, token, to_hex(random_bytes(32)), redacted_token);
    forget_deliveries(to, Subject::token, token);
  }
  to.run("UPDATE token SET name = '' WHERE person = :person", with("person", person));
  forget_deliveries(to, Subject::person, erasure.id);
  to.run("DELETE FROM credential WHERE person = :person", with("person", person));
  drop_invitations(to, person);
  drop_sessions_of(to, person);
  forget_notes_of(to, person);
}

void dispose_from_log(Connection& to, const EventDraft& disposal, const std::string& key) {
  const RecordId record{disposal.id};
  std::map<std::pair<std::string, std::int64_t>, std::string> keys = {
      {{std::string(name_of(Subject::record)), disposal.id}, key}};
  for (const auto& [sequence, subject, id, text] : to.all<std::int64_t, std::string, std::int64_t, std::string>(
           "SELECT e.sequence, e.subject, e.subject_id, p.facts FROM event e"
           " JOIN event_payload p ON p.sequence = e.sequence WHERE e.record = :record ORDER BY e.sequence",
           with("record", record))) {
    const auto [own, fresh] = keys.try_emplace({subject, id});
    if (fresh) own->second = to_hex(random_bytes(32));
    const bool of_record = subject == name_of(Subject::record);
    put_redacted(to, sequence, own->second, of_record ? redacted_record(Json::parse(text)) : Json::object());
  }
  for (const auto& [subject, own] : keys) replace_key(to, subject.first, subject.second, own);
  to.run(std::string(forget_attempts) + "e.record = :record))", with("record", record));
  forget_found(to, record);
  forget_notes(to, record);
}

}  // namespace assay
