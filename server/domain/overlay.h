// The facts as they would be after what a decision has done so far, so that later steps see earlier ones.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/decide.h"

namespace assay {

/// Reads through to the facts below and lays drafts, seats and links over them. Lives for one decision; not
/// thread-safe.
class Overlay final : public Facts {
 public:
  explicit Overlay(const Facts& below) : below_(below) {}

  /// The record to be changed: copied from below when it is first asked for. Null when there is none.
  RecordView* draft(RecordId id);
  /// A record to be: -1, -2, ... in the order of making. In no state until it is given one.
  RecordView& create(const Definition& definition, OrganisationId organisation, Instant now);
  /// The record as it was before the decision; null when it is new.
  const RecordView* before(RecordId id) const { return is_new(id) ? nullptr : below_.record(id); }

  /// Who held the seat before the decision.
  std::vector<PersonId> seat_before(RecordId id, std::string_view name) const {
    return is_new(id) ? std::vector<PersonId>{} : below_.seat(id, name);
  }

  void seat_people(RecordId id, const std::string& name, std::vector<PersonId> people);
  /// Gives the items that have no result yet and are `from`'s to `to`.
  void hand_items(RecordId audit, PersonId from, PersonId to);
  void add_link(RecordId from, const LinkDefinition& link, RecordId to);
  void note_performed(RecordId id, const std::string& command, const Actor& actor, Instant now);

  const RecordView* record(RecordId id) const override;
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override;
  /// As they stood before the decision.
  std::vector<RecordId> naming(RecordId id, const Definition& type, const LinkDefinition& link) const override {
    return is_new(id) ? std::vector<RecordId>{} : below_.naming(id, type, link);
  }
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override;
  std::vector<PersonId> held(RecordId id, std::string_view name) const override;
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override;
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override;
  std::string person_uuid(PersonId person) const override;
  std::optional<PersonId> anybody(std::string_view uuid, OrganisationId organisation) const override {
    return below_.anybody(uuid, organisation);
  }
  bool has_left(PersonId person) const override { return below_.has_left(person); }
  bool is_awaited(PersonId person) const override { return below_.is_awaited(person); }
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override;
  bool may_name(PersonId person, RecordId id) const override { return is_new(id) || below_.may_name(person, id); }
  bool number_given(std::string_view type, std::string_view number, OrganisationId organisation) const override;
  /// As they stood before the decision: a step that changes a register rests on no other entry of it.
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
  std::optional<PluginAnswer> judged(const PluginQuestion& question) const override { return below_.judged(question); }

 private:
  static bool is_new(RecordId id) { return static_cast<std::int64_t>(id) < 0; }

  using Named = std::pair<RecordId, std::string>;

  const Facts& below_;
  std::int64_t made_ = 0;
  std::map<RecordId, RecordView> drafts_;
  std::map<Named, std::vector<PersonId>> seats_;
  std::map<Named, std::vector<RecordId>> links_;     // added, seen from both ends
  std::map<RecordId, std::vector<ItemView>> items_;  // as handed over
  std::map<RecordId, std::vector<std::pair<std::string, PersonId>>> performed_;
  std::map<std::pair<RecordId, std::string>, Instant> performed_at_;
};

}  // namespace assay
