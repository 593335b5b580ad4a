// The parts of an exploration: what of a record matters in a world, the facts of a state, and the moves from it.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/explore.h"

namespace assay {

/// A state of a world: a byte for each cell of each record that it has room for.
using Bytes = std::string;

/// What matters of the records of one type in a world, and where it stands among the cells of a record: its state (0:
/// there is none), fields, waivers, marks, the checklist item, seats, links, performances, who has ever held which
/// seat.
struct Shape {
  struct Field {
    std::string name;
    bool by_value;  // else only whether it is filled
  };
  const Definition* definition = nullptr;
  std::vector<Field> fields;                            // kept ones, a cell each
  std::set<std::string> inputs;                         // all fields of which it matters what an input says
  std::vector<std::string> waivers, seats, links, did;  // waivers share a cell
  std::vector<std::string> held;                        // those of the seats whose past holders matter
  Json body = Json::object();                           // what is taken as filled
  std::map<std::string, std::uint8_t> since;            // command -> its mark: performed after what was attached
  std::uint8_t evidence_ends = 0, report_ends = 0;      // marks that end when something is attached here
  std::vector<std::pair<std::string, std::set<std::string>>> report_ends_at;  // path, commands whose marks end there
  bool evidence = false, report = false, item = false;

  static constexpr std::uint8_t has_evidence = 1, has_report = 2;  // the first marks
  std::size_t waiver_cell() const { return 1 + fields.size(); }
  std::size_t mark_cell() const { return waiver_cell() + 1; }
  std::size_t item_cell() const { return mark_cell() + 1; }  // planned, auditor, result, answered by
  std::size_t seat_cell() const { return item_cell() + (item ? 4 : 0); }
  std::size_t link_cell() const { return seat_cell() + seats.size(); }
  std::size_t did_cell() const { return link_cell() + links.size(); }
  std::size_t held_cell() const { return did_cell() + did.size(); }
  std::size_t size() const { return held_cell() + held.size(); }
};

/// True when the world tries the command: people and timers give it, or an effect sends it.
bool tries(const ProofWorld& world, const Definition& type, const CommandDefinition& command);

/// The set as it is explored: what a world cannot tell is free, texts have no pattern, and each claim with guards is a
/// command beside those that it is about.
WorkflowSet explored(const WorkflowSet& set, const Proof& proof, const ProofWorld& world);
/// The name of such a command, and of the copy of a command whose effects give it.
std::string probe_of(const Claim& claim, const std::string& command);
std::string sender_of(const Claim& claim, const std::string& command);
/// A guard that the claim says to hold at the command, that is free in the world, and that the command itself has not:
/// as text.
std::optional<std::string> unguarded(const WorkflowSet& set, const ProofWorld& world, const Claim& claim,
                                     const CommandName& name);

/// What matters in the world of the set, by type; with `only`, what that command, its claims and what effects give look
/// at.
std::map<std::string, Shape> shapes_of(const WorkflowSet& explored, const ProofWorld& world,
                                       const CommandName* only = nullptr);

/// A value that the field's schema accepts; the same each time.
Json sample(const Json& schema, const std::string& person);

/// One try: a command on a record (or to make one), by a person and perhaps a second one, or by a timer.
struct Try {
  std::optional<std::size_t> slot = {};  // absent: it makes a record
  const Definition* type = nullptr;
  const CommandDefinition* command = nullptr;
  Actor actor = {};
  Json input = Json::object();
};

/// When, and for whom, everything happens in a world: in 2126, when all sample days and what policies add to them have
/// gone by.
inline const Now the_moment{Instant(std::chrono::seconds(4'922'899'200)), "Etc/UTC"};
constexpr OrganisationId the_organisation{1};

/// A state that differs in one thing from another one, and in what.
struct Nearby {
  Bytes state;
  std::string change;
};

/// The facts of one state at a time. Records are slots, people are numbers.
class BoundedFacts final : public Facts {
 public:
  BoundedFacts(const WorkflowSet& explored, const ProofWorld& world);

  struct Slot {
    const Shape* shape;
    std::size_t base;   // its first cell
    std::size_t place;  // among those of its type
  };
  const WorkflowSet& set() const { return set_; }
  const std::vector<Slot>& slots() const { return slots_; }
  const Shape& shape(const std::string& type) const { return shapes_.at(type); }
  std::size_t people() const { return world_.people.size(); }

  Bytes beginning() const;
  /// All questions are about this state until the next call; it outlives them.
  void look_at(const Bytes& state) {
    state_ = &state;
    std::fill(now_.begin(), now_.end(), nullptr);
  }
  bool exists(std::size_t slot) const { return (*state_)[slots_[slot].base] != 0; }
  const std::string& state_of(std::size_t slot) const;
  /// The places of the records of a type that exist, a bit each.
  std::uint8_t existing(const std::string& type) const;
  /// The state after a granted try in the present one; nothing when the world has no room for a new record.
  std::optional<Bytes> after(const Try& what, const Decision& decision);

  /// Each state that differs in one thing of what matters from this one, whether or not anything leads to it.
  std::vector<Nearby> around(const Bytes& state, const std::map<std::string, Shape>& matters) const;

  /// The least of the states that differ only in who of equal people, and which record of a type, is which; `which` is
  /// the renaming that leads to it.
  Bytes least(const Bytes& state, std::size_t& which);
  /// Whether plugins allow what they are asked about: a world tells nothing of them, so that both answers are free.
  void let_plugins_allow(bool allow) { plugins_allow_ = allow; }
  /// True when a plugin was asked since the last call.
  bool took_plugins() { return std::exchange(plugin_asked_, false); }

  /// Where a slot and a person go in a renaming.
  std::size_t slot_in(std::size_t renaming, std::size_t slot) const { return renamings_[renaming].slots[slot]; }
  std::size_t person_in(std::size_t renaming, std::size_t person) const { return renamings_[renaming].people[person]; }

  static PersonId person_id(std::size_t person) { return PersonId{static_cast<std::int64_t>(person) + 1}; }
  static RecordId record_id(std::size_t slot) { return RecordId{static_cast<std::int64_t>(slot) + 1}; }
  const std::string& name_of(PersonId person) const { return world_.people[static_cast<std::size_t>(person) - 1].name; }
  std::string name_of(std::size_t slot) const;  // "audit 1"
  static std::string uuid_of(PersonId person);
  static std::string uuid_of(RecordId record);
  /// The slot that a record's public id means; nothing when it is none.
  static std::optional<std::size_t> slot_named(std::string_view uuid);

  const RecordView* record(RecordId id) const override;
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override;
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override;
  std::vector<PersonId> held(RecordId id, std::string_view name) const override;
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override;
  std::optional<PersonId> anybody(std::string_view uuid, OrganisationId organisation) const override {
    return person(uuid, organisation);
  }
  bool has_left(PersonId) const override { return true; }     // free in every world, as is
  bool is_awaited(PersonId) const override { return false; }  // what awaits whoever has
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override;
  std::string person_uuid(PersonId person) const override { return uuid_of(person); }
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override;
  bool number_given(std::string_view type, std::string_view number, OrganisationId organisation) const override;
  std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                   OrganisationId organisation) const override;
  std::vector<RecordId> engaging(PersonId, const Definition&) const override { return {}; }  // no world has such guards
  std::vector<ItemView> items(RecordId audit) const override;
  std::vector<std::string> responsibilities(PersonId person) const override;
  std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const override;
  std::optional<Instant> performed_at(RecordId id, std::string_view command) const override;
  std::optional<Instant> reported_at(RecordId id) const override;
  std::optional<Instant> evidence_at(RecordId id) const override;
  bool has_file(RecordId id, std::string_view sha256) const override;
  std::vector<EvidencedItem> evidenced_items(RecordId id) const override;
  std::optional<PluginAnswer> judged(const PluginQuestion& question) const override;

 private:
  struct Renaming {
    std::vector<std::size_t> slots, people;
    std::array<std::uint8_t, 256> person_set = {};
    std::map<std::string, std::array<std::uint8_t, 256>> record_set = {};  // by type
    std::vector<std::uint8_t> values = {};                                 // 0: not known yet
  };

  class Changes;
  /// True when a link leads to a record that is not there.
  bool leads_nowhere(const Bytes& state) const;

  const Slot& slot_of(RecordId id) const { return slots_[static_cast<std::size_t>(id) - 1]; }
  std::uint8_t cell(const Slot& slot, std::size_t offset) const {
    return static_cast<std::uint8_t>((*state_)[slot.base + offset]);
  }
  std::uint8_t code_of(const Shape::Field& field, const Json& value) const;
  Json value_of(const Slot& slot, std::size_t field) const;
  void change(Bytes& state, const Slot& slot, const Change& change, const std::map<RecordId, RecordId>& made) const;
  void perform(Bytes& state, const Slot& slot, const std::string& command, const Actor& actor) const;
  void beside(Bytes& state, const Slot& slot, const Try& what) const;
  void end_marks(Bytes& state, const Slot& slot) const;
  void add_renamings();
  bool alike(std::size_t one, std::size_t other) const;
  std::uint8_t renamed_value(Renaming& renaming, std::uint8_t code) const;
  Bytes renamed(const Bytes& state, Renaming& renaming) const;

  const WorkflowSet& set_;
  const ProofWorld& world_;
  std::map<std::string, Shape> shapes_;
  std::vector<Slot> slots_;
  std::map<std::string, std::size_t> first_;  // slot of a type
  std::size_t size_ = 0;
  const Bytes* state_ = nullptr;
  bool plugins_allow_ = true;
  mutable bool plugin_asked_ = false;
  std::vector<Renaming> renamings_;
  mutable std::vector<Json> values_;  // by code - 1
  mutable std::map<std::string, std::uint8_t> codes_;
  mutable std::vector<std::unordered_map<std::string, RecordView>> views_;  // by slot and its cells up to the waivers
  mutable std::vector<const RecordView*> now_;  // of the present state, as far as they were asked for
};

/// What decide() says to the try in the present state, or to the same with another command in its place.
Result<Decision> decide_try(const WorkflowSet& explored, const BoundedFacts& facts, const Try& what,
                            const std::string& command);

/// What people and timers can try in a state.
class Tries {
 public:
  Tries(const WorkflowSet& explored, const ProofWorld& world, const BoundedFacts& facts);

  /// Calls `act` with every try of the present state, the same ones in the same order each time, until it says false.
  /// With `only`, those of this command.
  void each(const std::function<bool(const Try&)>& act, const CommandDefinition* only = nullptr);

 private:
  using Act = std::function<bool(const Try&)>;
  bool each_of(const CommandDefinition& command, const Shape& shape, std::optional<std::size_t> slot, const Act& act);
  bool with_seconds(Try& what, const Act& act);
  bool timer_runs(std::size_t slot, const CommandDefinition& command) const;
  bool may(PersonId who, std::size_t slot, const std::vector<std::string>& roles) const;
  /// Every input worth a try; the records that it may name are those of the present state.
  const std::vector<Json>& inputs(const CommandDefinition& command, const Shape& shape, std::optional<std::size_t> slot,
                                  PersonId actor);
  struct Member {
    std::string name;
    std::vector<Json> options;  // nothing (discarded) where it is left out
  };
  struct Asked {
    const CommandDefinition& command;
    const Shape& shape;
    std::optional<std::size_t> slot;
    PersonId actor;
  };
  static void combine(const std::vector<Member>& members, std::set<Json>& all);
  std::string key_of(const Asked& asked) const;
  Member member(const Asked& asked, const std::string& name, bool must) const;
  std::vector<Json> field_options(const Shape& shape, const FieldDefinition& field) const;
  std::vector<Json> seat_options(const Shape& shape, const std::string& seat, bool must) const;
  std::vector<Json> link_options(const Asked& asked, const LinkDefinition& link) const;
  std::vector<Json> item_options(const Asked& asked, const Json& schema) const;

  const ProofWorld& world_;
  const BoundedFacts& facts_;
  std::vector<std::string> results_;
  std::map<std::string, std::vector<const CommandDefinition*>> commands_;
  std::map<std::string, std::vector<Json>> known_;
};

/// A way through the states: in each, which of its tries was taken.
using Way = std::vector<std::pair<Bytes, std::uint32_t>>;

/// The way as people read it, from the beginning and with the names that records and people have there.
std::vector<std::string> told(const WorkflowSet& explored, BoundedFacts& facts, Tries& tries, const Way& way);

}  // namespace assay
