// What a decision may look at: a snapshot of records, seats, roles and checklist items, read through one interface.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/definition.h"
#include "domain/ids.h"
#include "domain/json.h"
#include "domain/time.h"

namespace assay {

struct RecordView {
  RecordId id;
  std::string uuid;
  const Definition* definition;  // of the record's own workflow set
  OrganisationId organisation;
  std::string state;
  std::int64_t version;
  StoredJson body;  // fields, lists, and "waived": names of waived guards
  std::string number;
  Instant created;
  Instant state_since;            // when it came into its state
  std::string workflow_set = {};  // hash of the set that it is pinned to
};

/// A checklist item of an audit: a question put to a subject, assigned to an auditor.
struct ItemView {
  std::string catalogue;  // catalogue id
  std::string question;   // "A.8.13-q1"
  std::string item;       // clause or control, "A.8.13"
  std::string subject;    // "whole" or "site:Hamburg", "process:backup", "zone:cell 3"
  std::optional<PersonId> auditor;
  std::string result;  // empty until answered
  std::optional<PersonId> answered_by = {};
};

/// What a piece of evidence is about, when it supports a checklist item.
struct EvidencedItem {
  std::string item;     // clause or control, "A.8.13"
  std::string subject;  // as of ItemView
  std::string question = {};
};

/// What a guard of a plugin is asked about a command.
struct PluginQuestion {
  std::string plugin;  // its id
  OrganisationId organisation;
  Json input;  // as sdk/schema/guard-input.json says, but for the language
};

/// What came of it. Of `failed`, `unknown` and `unasked` the reason says why there is no
/// answer.
struct PluginAnswer {
  enum class Verdict {
    allow,
    warn,
    deny,
    failed,   // the plugin is not there, or did not answer as it should
    unknown,  // it has no such guard
    unasked,  // it was busy, or would have been shown what a plugin may not be shown: whoever asks can bring that about
  } verdict = Verdict::failed;
  std::string reason = {};
  std::string version = {};                              // of the plugin that was asked; empty when there is none
  std::string package = {};                              // hash of its package
  std::optional<std::chrono::seconds> retry_after = {};  // when it may answer, if that is known
};

/// A consistent snapshot. An implementation that reads a database records the version of everything it was asked for,
/// so that the commit can verify it. Two calls with the same arguments give the same answer. Not thread-safe.
class Facts {
 public:
  virtual ~Facts() = default;
  /// Null when there is no such record (never because of rights: deciding is not reading).
  virtual const RecordView* record(RecordId id) const = 0;
  /// The records that `id` points at by the link `name`, or that point at `id` when `name` is a link's back name; by
  /// id.
  virtual std::vector<RecordId> linked(RecordId id, std::string_view name) const = 0;
  /// Records of `type` whose link `link` names this one, also when the record's own set does not know that type.
  virtual std::vector<RecordId> naming(RecordId id, const Definition& type, const LinkDefinition& link) const {
    (void)type;
    return linked(id, link.back);
  }
  /// Who holds the seat on this very record; by id.
  virtual std::vector<PersonId> seat(RecordId id, std::string_view name) const = 0;
  /// Who holds the seat on this very record, or has held it at any time; by id.
  virtual std::vector<PersonId> held(RecordId id, std::string_view name) const = 0;
  /// Roles of the person in the organisation; none for somebody outside of it or who has left.
  virtual std::vector<std::string> roles(PersonId person, OrganisationId organisation) const = 0;
  /// The person behind a public id within the organisation; nothing when unknown or gone.
  virtual std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const = 0;
  virtual std::string person_uuid(PersonId person) const = 0;
  /// The same as person(), for somebody who has left, too: for seats that are about a person who need not be here.
  virtual std::optional<PersonId> anybody(std::string_view uuid, OrganisationId organisation) const = 0;
  /// True for somebody who has left the organisation. Nobody comes back.
  virtual bool has_left(PersonId person) const = 0;
  /// True while a seat that is not personal, a checklist item without a result or a proposal of theirs awaits the
  /// person in a record that has not come to its end. Means something only of somebody who has left, to whom nothing
  /// new is given.
  virtual bool is_awaited(PersonId person) const = 0;
  /// The record behind a public id within the organisation; nothing when unknown.
  virtual std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const = 0;
  /// False when the person, as far as it is known what they see, may not name the record in what they say: it is then
  /// to be as if it were not there. Who decides without readers lets everybody name everything.
  virtual bool may_name(PersonId person, RecordId id) const {
    (void)person, (void)id;
    return true;
  }
  /// True when a record of this type has the number.
  virtual bool number_given(std::string_view type, std::string_view number, OrganisationId organisation) const = 0;
  /// The records of a register type whose x-filter field has the value, or a list with it; by id.
  virtual std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                           OrganisationId organisation) const = 0;
  /// The records of a type with `engages` that are in one of its states and on which the person holds a seat; by id.
  virtual std::vector<RecordId> engaging(PersonId person, const Definition& type) const = 0;
  /// The planned checklist items of an audit, by catalogue, question and subject.
  virtual std::vector<ItemView> items(RecordId audit) const = 0;
  /// What the person answers for in daily work: "item:A.8.13", "process:backup", "site:Hamburg".
  virtual std::vector<std::string> responsibilities(PersonId person) const = 0;
  /// Who performed one of these commands on the record.
  virtual std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const = 0;
  /// When the command was last performed on the record; nothing when it never was. A mere proposal performs nothing.
  virtual std::optional<Instant> performed_at(RecordId id, std::string_view command) const = 0;
  /// When the newest report was attached to the record; nothing when it has none.
  virtual std::optional<Instant> reported_at(RecordId id) const = 0;
  /// When the newest piece of evidence was attached to the record itself; withdrawn ones do not count.
  virtual std::optional<Instant> evidence_at(RecordId id) const = 0;
  /// True when a file of this SHA-256 (hexadecimal, lower case) is attached to the record as evidence and not
  /// withdrawn.
  virtual bool has_file(RecordId id, std::string_view sha256) const = 0;
  /// What the pieces of evidence attached to the record are about, each once; withdrawn ones do not count.
  virtual std::vector<EvidencedItem> evidenced_items(RecordId id) const = 0;
  /// What came of this very question, which was asked before the decision; nothing when it was not: nothing is decided
  /// then.
  virtual std::optional<PluginAnswer> judged(const PluginQuestion& question) const = 0;
};

}  // namespace assay
