// A record type as data: what its JSON definition says, with every name resolved (format: workflows/README.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/requirements.h"

namespace assay {

/// How a field is kept: in the record's body, as append-only versions, only in the event that brought it, or as a
/// dossier that the effect `freeze` writes.
enum class Keep { body, list, event, dossier };

/// A line of what a field is offered to begin with: a count, or a list, of the records that it describes.
struct PrefillLine {
  std::string name;                                // by which labels in other languages find it
  std::string label = {};                          // what it counts or lists
  std::string type = {};                           // of the records
  std::vector<std::string> in = {};                // states and "#groups" of it; none: all
  Json where = Json::object();                     // x-filter field -> list of values
  std::string during = {}, from = {}, to = {};     // "created" or an x-filter date of theirs, between dates of ours
  std::map<std::string, std::string> linked = {};  // their link -> our link: both name the same record
  std::string by = {};                             // "state" or an x-filter enum: counted by its values
  bool list = false;                               // names each record instead
  std::string link = {};                           // within `with`: their link to the record that is listed
  std::vector<PrefillLine> with = {};              // counts that stand behind each record of a list
};

struct FieldDefinition {
  std::string name;
  Json schema = Json::object();  // draft-07 subset that the validator enforces; empty for a list
  Keep keep = Keep::body;
  std::vector<std::string> list_of = {};  // a list keeps a version of these fields, with `by`, `at` and `second`
  std::vector<std::string> dossier = {};  // paths to the records that a dossier freezes
  std::string audience = "client";        // body | client | public
  bool filter = false;                    // x-filter: lists may filter and sort by it
  bool person = false;                    // names a person, or a list of them (x-person)
  std::string catalogue_items = {};       // x-catalogue: lists the numbers of the items with this attribute
  std::string label = {};
  Json form = Json::object();             // badge, widget, order, help: for interfaces only
  std::vector<PrefillLine> prefill = {};  // what a form offers while the field is empty
};

/// The line of that name, also within a list; null when there is none.
const PrefillLine* find_line(const FieldDefinition& field, std::string_view name);

struct LinkDefinition {
  std::string name;
  std::string to;         // type on the other end, short name
  bool parent = false;    // gives root, tenancy and inherited seats
  bool many = false;      // may name several records; a parent never does
  std::string back = {};  // the link's name seen from the other end
  std::string label = {};
};

struct SeatDefinition {
  std::string name;
  int max = 0;                    // 0: any number
  std::string label = {};         // of one person
  std::string label_plural = {};  // of several; empty: as of one
  bool personal = false;          // the record is about who sits there: it awaits nobody and is never handed over
  bool left = false;              // somebody who has left may sit there, too
};

/// A command that records in a state wait for.
struct NextCommand {
  std::string command;
  Json when = Json::object();  // field -> list of values: waited for by records of which this is true; empty: by all
};

struct StateDefinition {
  std::string name;
  std::set<std::string> groups = {};
  bool end = false;
  bool client = false;  // clients see records in it
  std::string label = {};
  std::vector<NextCommand> next = {};  // what records in it wait for; none: they rest
};

struct GuardUse {
  std::string name;  // as in the guard table, e.g. "linked_all" or "linked_all/2"
  Json parameters = Json::object();
  std::optional<std::string> waiver = {};
};

/// True for {"day", "plus"?}: a date reckoned from another one; and for {"at", "field"}: a field of the record there.
bool is_day(const Json& value);
bool is_elsewhere(const Json& value);
/// True for {"some", "in"}: whether a record at the end of the path is in one of these states.
bool is_some(const Json& value);
/// True for {"choose", "of"}: one of several values, by the option of a policy that holds for the record.
bool is_choice(const Json& value);
/// True for {"calculate", "from", "take"}: a part of what a named calculation gives (domain/calculated.h).
bool is_calculated(const Json& value);

struct EffectUse {
  std::string kind;  // set append assign clear create send tell freeze waive dispose erase_person
                     // restrict_person lift_restriction
  Json parameters = Json::object();
};

/// A JSON Schema as text, made when it is first asked for, by whichever thread.
struct SchemaText {
  std::once_flag made;
  std::string text;
};

/// What a command may take over as it stood elsewhere. The input names state, number and the day of entering it; the
/// record is marked as adopted for ever.
struct Adoption {
  std::map<std::string, std::vector<std::string>> states = {};  // state -> fields that must say something in it
  std::string under = {};                                       // link to the record that permits it
  std::string until = {};  // date field of that record: what entered its state later is not adopted; may be empty
  std::vector<std::string> keep = {};  // fields of that record that the mark keeps
};

struct CommandDefinition {
  std::string name;
  std::string event = {};              // what happened, in the past tense: "issued"
  std::set<std::string> from = {};     // states, groups expanded; empty: makes a record
  std::optional<std::string> to = {};  // absent: the state stays
  std::vector<std::string> by = {};  // roles | seats | "timer" | "via:TYPE" | "anyone" (any person of the organisation)
  std::vector<std::string> second = {};  // roles of which another person confirms
  std::vector<std::string> must = {};    // fields, links, seats that the input names
  std::vector<std::string> may = {};
  std::vector<std::string> anew = {};  // fields among `may` that say afterwards what this input gives, or nothing
  std::vector<GuardUse> guards = {};
  std::vector<EffectUse> effects = {};
  std::string why = {};  // clause
  std::string label = {};
  std::string endpoint = {};  // "items" | "answers" | "evidence" | "reports" | "catalogue": done only through that
                              // sub-resource, which writes rows beside the record; empty: by the generic endpoint
  std::map<std::string, std::shared_ptr<SchemaText>, std::less<>> schemas = {};  // of the input, by language
  std::optional<Adoption> adopts = {};  // in place of `to`: the input names the state

  bool creates() const { return from.empty(); }
};

struct TimerDefinition {
  std::string name;
  std::set<std::string> during = {};  // "while": states, groups expanded
  Json when = Json::object();         // field -> list of values
  std::string from = {};              // date field from which it counts
  std::string after = {};             // policy: days after `from`
  std::string extended = {};          // date field that replaces the computed day when it is set
  std::string remind = {};            // policy: days around the due day
  std::vector<std::string> tell = {};
  std::string misfire = "latest";  // all | latest | skip
  std::string fires = {};          // command of this type with by: ["timer"]
  std::string overtaken_by = {};   // date field: from that day on `instead` is given in place of `fires`
  std::string instead = {};        // command of this type with by: ["timer"]; empty: there is none
  std::string label = {};
};

/// Where the records of a type say which policies hold for them and what hangs below them.
struct OverridesDefinition {
  std::string list;    // list field; its last element with a policy counts
  std::string policy;  // field in its elements: the name of the policy
  std::string value;   // and its number, or the option of a choice
};

/// What records of a type give to the holders of a seat, as long as they are in some states: sight of the records that
/// they link to and of all that hangs below, and perhaps the right to act there in a role from outside.
struct GrantsDefinition {
  std::string to;                     // seat
  std::vector<std::string> over;      // links to what is shown
  std::set<std::string> during = {};  // "while": states, groups expanded
  std::string role = {};              // field that names the role in which holders may act; empty: they only read
  Json work = Json::object();         // field -> values with which they may
  std::string until = {};             // date field: the last day; empty: until the state ends it
};

/// Which records of a type engage people: nobody has sessions in two of them, or of other such types, at a time.
struct EngagesDefinition {
  std::string field;                  // its sessions, each with `auditor`, `starts` and `ends`
  std::set<std::string> during = {};  // "while": states, groups expanded
};

/// One record type. Immutable once loaded; shared between threads.
struct Definition {
  std::string workflow;  // "internal/audit"
  std::string type;      // short name, "audit": what links and events say
  int version = 1;
  std::string plural;  // URL segment, "audits"
  std::string label;
  std::string label_plural;
  std::string title;               // field whose value names a record for people
  std::string number;              // pattern, "NC-{year}-{seq:4}"
  bool is_register = false;        // guards look its records up by the values of x-filter fields
  bool root = false;               // starts a tree of its own even though it has a parent
  std::vector<std::string> read;   // roles that see every record of the type; others see those below their seats
  std::vector<std::string> holds;  // what may hang below besides records: answers, evidence, reports
  std::map<std::string, LinkDefinition> links;
  std::map<std::string, SeatDefinition> people;
  std::map<std::string, FieldDefinition> fields;
  std::map<std::string, StateDefinition> states;
  std::map<std::string, CommandDefinition> commands;
  std::map<std::string, TimerDefinition> timers;
  std::vector<OverridesDefinition> overrides;
  std::string policies_from;  // link to the record whose policies hold here, too; empty: those of the parent
  std::optional<GrantsDefinition> grants;
  std::optional<EngagesDefinition> engages;
  std::string retention;                    // policy: how long its records are kept after their end; empty: for ever
  std::vector<std::string> retention_from;  // paths to records whose end counts where it is later
  std::vector<std::string> state_order;     // as written, for people
  std::vector<std::string> command_order;
  std::vector<std::string> kept_from_clients;  // fields of the audience `body`
  std::map<std::string, Json> labels;          // language -> tree of labels, same keys as the definition
  std::string source;                          // file that it came from, for messages

  const LinkDefinition* parent() const;  // null: stands alone
};

struct RoleDefinition {
  std::string name;
  std::string side;  // body | client | organisation | outside
  std::string label;
  bool told_all = false;  // is told fields of the audience `body` whatever its side
};

/// How people call a policy and what it offers in a language other than English.
struct PolicyWords {
  std::string label;
  std::string source;                          // empty: as in English
  std::map<std::string, std::string> options;  // option -> label, of all that there are
  std::map<std::string, std::string> presets;  // preset -> label, of all that there are
};

struct PolicyDefinition {
  std::string name;
  Json value;           // a number, a list of numbers, a table (a list of rows of numbers), or an option
  std::string unit;     // one of days (is_day_unit) | "count" | "percent" | "auditor_days" | "share" | "choice"
  std::string unit_by;  // a choice that gives the unit of days in its place; may be empty
  std::map<std::string, std::string> options;  // of a choice: what may be chosen -> label
  std::map<std::string, Json> presets;         // other values in use, by the name of the practice
  std::optional<std::pair<int, int>> between;  // least and most that a record may set; absent: none may
  std::string source;                          // clause or document
  std::string edition;
  std::string label;
  std::string file;                                       // that it came from, for messages
  std::map<std::string, PolicyWords, std::less<>> words;  // language -> how it is called there

  /// In `language`, else in English.
  const std::string& label_in(std::string_view language) const;
  const std::string& source_in(std::string_view language) const;
  const std::string& option_in(const std::string& option, std::string_view language) const;
  /// In English a preset is called by its name.
  const std::string& preset_in(const std::string& preset, std::string_view language) const;
};

/// A day that a column of a view compares with others.
struct ViewDay {
  std::vector<std::string> path = {};  // links to the record whose `field` it is; empty: the row's own
  std::string field = {};
  Json plus = Json::array();   // policies that are added
  Json when = Json::object();  // field of the row -> values: counts for these rows alone
};

/// What stands in a column of a view; one of the members says it.
struct ViewColumn {
  std::string name;
  std::string label = {};
  std::vector<std::string> path = {};   // links to the record whose `field` it is; empty: the row's own
  std::string field = {};               // a field; or title, type, number, state, due, kept_until, created, updated
  std::vector<std::string> seats = {};  // who holds these on the record or above it
  bool turn = false;                    // whose turn it is: people on seats, else the roles
  std::string days_since = {};          // days from this date (a field, due, created or state_since) until today
  std::vector<ViewDay> days = {};       // the first of these days ...
  bool last_day = false;                // ... or the last of them
};

/// A named list over record types: a register, a log, a calendar.
struct ViewDefinition {
  std::string name;
  std::string label = {};
  std::vector<std::string> types = {};  // none: all types
  std::vector<std::string> in = {};     // states and "#groups"; none: all
  bool open = false;                    // only states that are no end
  bool ended = false;                   // only states that are one
  std::string past = {};                // only where this date, "due" or an x-filter field, lies before today
  std::string sort = "created";         // created, updated, due, number or an x-filter text or date of all types
  bool descending = false;
  std::vector<ViewColumn> columns = {};
  std::string from = {}, to = {};  // columns: first and last day, which make it a calendar
  std::map<std::string, std::map<std::string, std::string>> labels =
      {};                   // language -> column, "" for the view -> label
  std::string source = {};  // file that it came from
};

/// Definitions, roles and policies that are pinned together under one hash. Immutable; shared between threads.
struct WorkflowSet {
  std::string hash;                         // SHA-256 of `text`, given by whoever loads it
  std::string text;                         // canonical JSON of all files: what the database keeps
  std::map<std::string, Definition> types;  // by short name
  std::map<std::string, RoleDefinition> roles;
  std::map<std::string, PolicyDefinition> policies;
  std::map<std::string, RequirementList, std::less<>> requirements;
  std::map<std::string, ViewDefinition, std::less<>> views;
  std::map<std::string, std::map<std::string, std::string>> role_labels;  // language -> role -> label
  std::map<std::string, std::map<std::string, std::string>, std::less<>>
      guard_texts;  // language -> "guard.code" -> template

  const Definition* find(std::string_view type) const;
  const Definition* find_plural(std::string_view plural) const;
  /// The type and link that end at `type` under the back name `back`; null when there is none.
  const LinkDefinition* back_link(std::string_view type, std::string_view back, const Definition** from) const;
  /// True for a role of the side `outside` where some type grants access: it counts on records that a grant covers, and
  /// nowhere else.
  bool counts_by_grant(std::string_view role) const;
};

/// True for a type that clients see, in some of its states at least.
bool is_for_clients(const Definition& definition);

/// True when each field that `when` names has one of its values; a field that says nothing is null.
bool meets(const Json& when, const Json& fields);

/// True when it is said by its fields, too, what a record in the state waits for.
bool waits_by_fields(const Definition& definition, const std::string& state);
/// The commands that a record in the state waits for, which has these fields; each once. None for a state that rests or
/// is unknown.
std::vector<std::string> awaited_in(const Definition& definition, const std::string& state, const Json& fields);
/// The roles and seats whose turn it is on such a record: who gives one of these commands. In order.
std::set<std::string> turn_in(const Definition& definition, const std::string& state, const Json& fields);

/// False when all that its states wait for is said by seats of the record itself.
bool waits_for_seats_above(const Definition& definition);

using WorkflowSetPtr = std::shared_ptr<const WorkflowSet>;

/// Label of a path such as "commands.issue" or "enums.grade.major" in `language`, else the English one, else the last
/// segment. The paths of the type's own names are "label" and "label_plural".
std::string label_of(const Definition& definition, std::string_view path, std::string_view language);

/// The paths that have an English label but none in `language`.
std::vector<std::string> missing_labels(const Definition& definition, std::string_view language);

/// A record's number from a pattern such as "NC-{year}-{seq:4}": the width is a minimum.
std::string number_of(std::string_view pattern, int year, std::int64_t sequence);

/// What a number was made of; nothing for one that the pattern does not give.
struct NumberParts {
  int year = 0;               // 0 when the pattern names none
  std::int64_t sequence = 0;  // the greatest value when it has more digits than that holds
};
std::optional<NumberParts> parts_of_number(std::string_view pattern, std::string_view number);
/// The greatest sequence that an adopted number of the pattern may have: two digits more than the pattern is wide, so
/// that a slip of the pen does not move the sequence on for ever.
std::int64_t most_adopted_sequence(std::string_view pattern);

}  // namespace assay
