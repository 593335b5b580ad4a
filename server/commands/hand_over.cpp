// Handing over what awaits somebody.
#include "commands/hand_over.h"

#include <algorithm>
#include <map>

#include "commands/items.h"
#include "commands/people.h"
#include "commands/records.h"
#include "domain/hand_over.h"

namespace assay {
namespace {

constexpr std::size_t reason_limit = 4000;

/// Who takes what, by the names of the wish.
class Heirs {
 public:
  Heirs(Moment& moment, const Call& call, const PersonRow& leaver, const HandOverWish& wish)
      : facts_(moment.facts), organisation_(call.who.organisation.id), leaver_(leaver), wish_(wish) {
    if (wish.to) rest_ = person(*wish.to, "/to");
    for (std::size_t i = 0; i < wish.matters.size(); ++i) {
      const auto& one = wish.matters[i];
      const std::string pointer = "/matters/" + std::to_string(i);
      const auto to = person(one.to, pointer + "/to");
      const Key key{one.record, one.seat.value_or(std::string())};
      if (!named_.emplace(key, Heir{to, pointer}).second) wrong_.push_back({pointer, "is named twice"});
    }
  }

  /// What of the record is handed over; nothing of it where nobody is named.
  std::optional<Succession> of(const AwaitingRecord& from) {
    Succession found{from.id};
    const auto rest = heir(from.record.uuid, {}, rest_);
    for (const std::string& seat : from.seats) {
      if (const auto to = heir(from.record.uuid, seat, rest)) found.seats.emplace(seat, *to);
    }
    if (rest && from.items > 0) found.items = rest;
    for (const ProposalRow& proposal : from.proposals) {
      if (rest) found.proposals.push_back({{proposal.command, proposal.input}, *rest});
    }
    complete_ =
        complete_ && found.seats.size() == from.seats.size() && (rest || (from.items == 0 && from.proposals.empty()));
    if (found.seats.empty() && !found.items && found.proposals.empty()) return {};
    return found;
  }

  bool complete() const { return complete_; }

  /// What the wish names wrongly; after of() was asked for all that awaits the person.
  std::vector<InvalidField> wrong() const {
    auto all = wrong_;
    for (const auto& [key, heir] : named_) {
      if (!heir.used) all.push_back({heir.pointer, "names nothing that awaits this person"});
    }
    return all;
  }

 private:
  using Key = std::pair<std::string, std::string>;
  struct Heir {
    std::optional<PersonId> to;
    std::string pointer;
    bool used = false;
  };

  std::optional<PersonId> person(const std::string& uuid, const std::string& pointer) {
    const auto found = facts_.person(uuid, organisation_);
    if (found && *found != leaver_.id) return found;
    wrong_.push_back(
        {pointer, found ? "is the person whose matters are handed over" : "is nobody of this organisation"});
    return {};
  }

  std::optional<PersonId> heir(const std::string& record, const std::string& seat, std::optional<PersonId> otherwise) {
    const auto found = named_.find({record, seat});
    if (found == named_.end()) return otherwise;
    found->second.used = true;
    return found->second.to;
  }

  StoredFacts& facts_;
  OrganisationId organisation_;
  const PersonRow& leaver_;
  const HandOverWish& wish_;
  std::optional<PersonId> rest_;
  std::map<Key, Heir> named_;
  std::vector<InvalidField> wrong_;
  bool complete_ = true;
};

/// The events of items that change hands, and what the record's event says of proposals.
void add_beside(Moment& moment, const Call& call, const PersonRow& leaver, const AwaitingRecord& from,
                const Succession& succession, EventDraft& event, std::vector<EventDraft>& more) {
  for (std::size_t i = 0; i < succession.proposals.size(); ++i) {
    const auto to = moment.facts.person_uuid(succession.proposals[i].to);
    event.facts["proposes"][from.proposals[i].uuid] = to;
    event.ids.emplace(to, static_cast<std::int64_t>(succession.proposals[i].to));
  }
  if (!succession.items) return;
  (void)moment.facts.items(from.id);  // makes the present plan a dependency of the new one
  for (ItemRow& item : open_items_of(moment.at, from.id, leaver.id)) {
    item.auditor = succession.items;
    item.auditor_uuid = moment.facts.person_uuid(*succession.items);
    ++item.version;
    more.push_back(item_event(moment, call.who.person.id, from.record, item, "handed_over"));
  }
}

Result<void> acceptable(const HandOverWish& wish) {
  if (wish.reason.empty() || wish.reason.size() > reason_limit)
    return invalid_field("/reason", "must have 1 to 4000 bytes");
  if (wish.matters.size() > hand_over_limit) return invalid_field("/matters", "names more than 1000");
  return {};
}

Result<Planned> plan_of(Moment& moment, const Call& call, PersonRow person, const HandOverWish& wish) {
  const auto all = awaiting(moment.context.store, moment.at, person.id, 0, hand_over_limit + 1);
  Heirs heirs(moment, call, person, wish);
  std::vector<Succession> successions;
  std::vector<const AwaitingRecord*> from;
  for (const AwaitingRecord& one : all) {
    moment.facts.know(one.record);
    auto found = heirs.of(one);
    if (!found) continue;
    successions.push_back(std::move(*found));
    from.push_back(&one);
  }
  auto wrong = heirs.wrong();
  if (wrong.empty() && from.size() > hand_over_limit) {
    wrong.push_back({"/to", "would take more than 1000 records at once: name some of them in `matters` first"});
  } else if (wrong.empty() && wish.leave && !heirs.complete()) {
    wrong.push_back({"/to", "something would be left without a successor"});
  } else if (wrong.empty() && from.empty() && !wish.leave) {
    wrong.push_back({"/to", "nothing is handed over"});
  }
  if (!wrong.empty()) return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};

  const SetOf set_of = [&](const RecordView& record) -> const WorkflowSet& {
    return *moment.context.store.workflow_set(record.workflow_set);
  };
  auto decision = hand_over(moment.facts, person.id, successions, now_for(moment, call.who.organisation), set_of);
  if (!decision) return decision.error();
  auto events = events_of(moment, *decision, Actor{call.who.person.id}, {});
  std::vector<EventDraft> more;
  for (std::size_t i = 0; i < from.size(); ++i)
    add_beside(moment, call, person, *from[i], successions[i], events[i], more);

  const Json said = {{"reason", wish.reason}, {"records", from.size()}};
  auto planned = wish.leave ? plan_leaving(moment, call, std::move(person), said)
                            : Result<Planned>(plan_noting(moment, call, std::move(person), "handed_over", said));
  if (!planned) return planned;
  events.insert(events.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  events.insert(events.begin(), std::make_move_iterator(planned->events.begin()),
                std::make_move_iterator(planned->events.end()));
  planned->events = std::move(events);
  return planned;
}

}  // namespace

Result<Performed> hand_over(Context& context, const Call& call, std::string_view uuid, const HandOverWish& wish) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  if (auto fine = acceptable(wish); !fine) return fine.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto person = find_person(moment.at, uuid, call.who.reader);
    if (!person) return refuse(Reason::not_found, "there is no such person");
    if (auto version = require_version(call, person->version); !version) return version.error();
    return plan_of(moment, call, std::move(*person), wish);
  });
}

}  // namespace assay
