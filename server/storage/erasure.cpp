// What an erasure takes out of the log.
#include "storage/erasure.h"

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/event_log.h"
#include "storage/notes.h"
#include "storage/people.h"

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

/// Rewrites the payloads of a subject's events and gives it a new key.
template <class Redacted>
void redact(Connection& to, Subject subject, std::int64_t id, const std::string& key, Redacted redacted) {
  for (const auto& [sequence, text] : to.all<std::int64_t, std::string>(
           "SELECT e.sequence, p.facts FROM event e JOIN event_payload p ON p.sequence = e.sequence"
           " WHERE e.subject_id = :id AND e.subject = :subject AND e.record IS NULL ORDER BY e.sequence",
           with("id", id), with("subject", name_of(subject)))) {
    const std::string payload = canonical(redacted(Json::parse(text)));
    to.run("UPDATE event_payload SET facts = :facts, redacted = :redacted WHERE sequence = :sequence",
           with("facts", payload), with("redacted", commitment_of(key, payload)), with("sequence", sequence));
  }
  to.run("DELETE FROM subject_key WHERE subject = :subject AND id = :id", with("subject", name_of(subject)),
         with("id", id));
  to.run("INSERT INTO subject_key (subject, id, key) VALUES (:subject, :id, :key)", with("subject", name_of(subject)),
         with("id", id), with("key", key));
}

void forget_deliveries(Connection& to, Subject subject, std::int64_t id) {
  to.run(
      "UPDATE attempt SET request_headers = '', request_body = '', response_headers = '', response_body = ''"
      " WHERE delivery IN (SELECT d.id FROM delivery d WHERE d.position IN (SELECT s.position FROM sealed s"
      " JOIN event e ON e.sequence = s.sequence"
      " WHERE e.subject_id = :id AND e.subject = :subject AND e.record IS NULL))",
      with("id", id), with("subject", name_of(subject)));
}

}  // namespace

bool erases(const EventDraft& draft) { return draft.subject == Subject::person && draft.type == "person.erased"; }

bool is_redacted(Connection& to, std::int64_t position) {
  // Written to before it is looked at, so that an erasure at the same time comes wholly before or wholly after.
  to.run(
      "UPDATE event_payload SET redacted = redacted WHERE sequence IN (SELECT e.sequence FROM sealed s"
      " JOIN event e ON e.sequence = s.sequence"
      " WHERE s.position = :position AND e.subject IN ('person', 'token') AND e.record IS NULL)",
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

}  // namespace assay
