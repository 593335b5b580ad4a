// A running audit's move to a newer version of its catalogue.
#include "commands/catalogue_move.h"

#include <algorithm>
#include <map>
#include <vector>

#include "commands/items.h"
#include "commands/records.h"

namespace assay {
namespace {

constexpr int item_page = 500;

std::vector<ItemRow> items_of_audit(Snapshot& at, RecordId audit) {
  std::vector<ItemRow> all;
  for (;;) {
    auto page = list_items(at, audit, all.empty() ? 0 : all.back().id, item_page);
    const bool last = std::ssize(page) < item_page;
    all.insert(all.end(), std::make_move_iterator(page.begin()), std::make_move_iterator(page.end()));
    if (last) return all;
  }
}

enum class Fate { kept, changed, left };

bool has_question(const std::vector<std::string>& sorted, const std::string& question) {
  return std::binary_search(sorted.begin(), sorted.end(), question);
}

/// What becomes of each item. An item that an earlier move has left behind is compared with the catalogue that it has.
class Fates {
 public:
  Fates(Catalogues& catalogues, Snapshot& at, const Json& to) : catalogues_(catalogues), at_(at), to_(to) {}

  Fate of(const ItemRow& item) {
    auto known = differences_.find(item.catalogue);
    if (known == differences_.end()) {
      const CataloguePtr has = catalogues_.find(at_, item.catalogue);
      if (!has) throw std::runtime_error("catalogue " + item.catalogue + " is missing");
      known = differences_.emplace(item.catalogue, compare_catalogues(has->content, to_)).first;
    }
    if (has_question(known->second.kept, item.question)) return Fate::kept;
    return has_question(known->second.changed, item.question) ? Fate::changed : Fate::left;
  }

 private:
  Catalogues& catalogues_;
  Snapshot& at_;
  const Json& to_;
  std::map<std::string, CatalogueDifference> differences_ = {};
};

std::map<std::string, std::string> items_by_question(const Json& catalogue) {
  std::map<std::string, std::string> all;
  for (const Json& item : catalogue.at("items")) {
    for (const Json& question : item.at("questions")) all.emplace(question.at("id"), item.at("id"));
  }
  return all;
}

bool has_answer(const ItemRow& item) { return item.status == "answered" || item.status == "review"; }

/// The events of the items that move.
std::vector<EventDraft> item_moves(Moment& moment, const Call& call, Catalogues& catalogues, const RecordRow& audit,
                                   const OfferedCatalogue& to) {
  const Json content = Json::parse(to.text);
  const auto items = items_by_question(content);
  Fates fates(catalogues, moment.at, content);
  std::vector<EventDraft> events;
  for (ItemRow& item : items_of_audit(moment.at, audit.id)) {
    if (item.catalogue_id != to.id || item.catalogue == to.hash) continue;
    const Fate fate = fates.of(item);
    if (fate == Fate::left) continue;
    item.catalogue = to.hash;
    item.item = items.at(item.question);
    if (fate == Fate::changed && has_answer(item)) item.status = "review";
    ++item.version;
    events.push_back(item_event(moment, call.who.person.id, audit, item, "moved"));
  }
  return events;
}

}  // namespace

Result<CatalogueMove> propose_move(Catalogues& catalogues, Snapshot& at, const RecordRow& audit,
                                   const OfferedCatalogue& to) {
  const auto chosen = chosen_catalogue(Json::parse(audit.body), to.id);
  if (!chosen) return chosen.error();
  CatalogueMove move;
  move.from = catalogues.find(at, chosen->hash);
  if (!move.from) throw std::runtime_error("catalogue " + chosen->hash + " is missing");
  const Json content = Json::parse(to.text);
  if (move.from->content.at("language") != content.at("language"))
    return invalid_field("/to", "is in another language than the audit's catalogue");
  move.questions = compare_catalogues(move.from->content, content);
  Fates fates(catalogues, at, content);
  for (const ItemRow& item : items_of_audit(at, audit.id)) {
    if (item.catalogue_id != to.id) continue;
    const Fate fate = fates.of(item);
    if (fate == Fate::left) {
      ++move.left;
    } else if (fate == Fate::kept) {
      ++move.kept;
    } else {
      ++(has_answer(item) ? move.reviewed : move.changed);
    }
  }
  return move;
}

Result<Performed> move_catalogue(Context& context, Catalogues& catalogues, const Call& call,
                                 std::string_view audit_uuid, const OfferedCatalogue& to, std::string_view accepted) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto audit = visible_record(moment, call.who, audit_uuid);
    if (!audit) return audit.error();
    if (auto version = require_version(call, audit->version); !version) return version.error();
    if (to.hash != accepted) return invalid_field("/to", "is not the SHA-256 of what the plugin offers now");
    auto move = propose_move(catalogues, moment.at, *audit, to);
    if (!move) return move.error();
    if (move->from->hash == to.hash) return refuse(Reason::wrong_state, "the audit has this catalogue already");
    const Json body = Json::parse(audit->body);
    const bool own = body.value("catalogue_id", "") == to.id;
    const std::string_view command = own ? "move_catalogue" : "move_further_catalogue";
    const auto set = context.store.workflow_set(audit->workflow_set);
    auto decision = permit(moment, call, *audit, command,
                           own ? input_of(to, set->types.at(audit->type), command) : further_input(body, to));
    if (!decision) return decision.error();
    (void)moment.facts.items(audit->id);  // nothing may be answered or planned meanwhile
    Planned planned;
    planned.uuid = audit->uuid;
    planned.events = events_of(moment, *decision, {call.who.person.id, {}, false}, audit->workflow_set);
    Json questions = to_json(move->questions);
    questions.erase("kept");
    planned.events.front().facts["moved"] = {
        {"from", move->from->hash}, {"to", to.hash}, {"questions", std::move(questions)}};
    auto items = item_moves(moment, call, catalogues, *audit, to);
    planned.events.insert(planned.events.end(), std::make_move_iterator(items.begin()),
                          std::make_move_iterator(items.end()));
    planned.beside = [&to](Connection& connection) { put_catalogue(connection, to.hash, to.text); };
    return planned;
  });
}

}  // namespace assay
