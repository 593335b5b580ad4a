// A snapshot as a decision sees it, which remembers the version of everything that it was asked for.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/facts.h"
#include "storage/records.h"
#include "storage/store.h"

namespace assay {

/// What came of questions to plugins, by the text of the question.
using PluginAnswers = std::map<std::string, PluginAnswer>;
/// Questions to plugins, by their text.
using PluginQuestions = std::map<std::string, PluginQuestion>;

class StoredFacts final : public Facts {
 public:
  StoredFacts(Store& store, Snapshot& at);
  ~StoredFacts() override;

  /// Takes a row of this very snapshot, so that it is not read again.
  void know(const RecordRow& row);

  /// Says that a command on this record, of this very snapshot, is decided next, so that what it is likely to ask is
  /// read in one journey; `looks_back`: also who has done what on it.
  void foresee_command(const RecordRow& row, PersonId by, bool looks_back);

  /// Answers that were got before this snapshot was taken; they outlive the facts. One counts when what its plugin was
  /// shown, and the organisation with what it has set for the plugin, are still the same.
  void know(const PluginAnswers& answers);

  /// Who asks, and outlives the facts: what they may not name is not there for their commands.
  void know(const Reader& reader);

  const RecordView* record(RecordId id) const override;
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override;
  std::vector<RecordId> naming(RecordId id, const Definition& type, const LinkDefinition& link) const override;
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override;
  std::vector<PersonId> held(RecordId id, std::string_view name) const override;
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override;
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override;
  std::string person_uuid(PersonId person) const override;
  std::optional<PersonId> anybody(std::string_view uuid, OrganisationId organisation) const override;
  bool has_left(PersonId person) const override;
  bool is_awaited(PersonId person) const override;
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override;
  bool may_name(PersonId person, RecordId id) const override;
  bool number_given(std::string_view type, std::string_view number, OrganisationId organisation) const override;
  std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                   OrganisationId organisation) const override;
  std::vector<RecordId> engaging(PersonId person, const Definition& type) const override;
  std::vector<ItemView> items(RecordId audit) const override;
  std::vector<std::string> responsibilities(PersonId person) const override;
  std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const override;
  std::optional<Instant> performed_at(RecordId id, std::string_view command) const override;
  std::optional<Instant> reported_at(RecordId id) const override;
  std::optional<Instant> evidence_at(RecordId id) const override;
  bool has_file(RecordId id, std::string_view sha256) const override;
  std::vector<EvidencedItem> evidenced_items(RecordId id) const override;
  std::optional<PluginAnswer> judged(const PluginQuestion& question) const override;

  /// Everything that was read so far, each once, in ascending order (the order in which PostgreSQL locks).
  std::vector<Dependency> dependencies() const;
  /// What was asked of plugins and had no answer.
  PluginQuestions unanswered() const;
  /// The roots of the records that were read.
  std::unordered_map<std::int64_t, std::int64_t> roots() const;
  /// The record and all above it when they have all been read, else nothing.
  std::vector<RecordId> line(RecordId id) const;
  /// Of trees whose roots were read: the root of the tree that each hangs in, as far as that was read too, or none.
  std::unordered_map<std::int64_t, std::optional<std::int64_t>> trees() const;

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

}  // namespace assay
