// Checklist items.
#include "commands/items.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

#include "commands/chosen_catalogues.h"
#include "commands/records.h"
#include "storage/evidence.h"

namespace assay {
namespace {

constexpr std::size_t plan_limit = 2000;
constexpr std::size_t subject_limit = 200;
constexpr std::size_t text_limit = 20'000;

bool is_subject(std::string_view subject) {
  if (subject == "whole") return true;
  const auto colon = subject.find(':');
  const auto kind = subject.substr(0, colon);
  return (kind == "site" || kind == "process" || kind == "zone") && colon != std::string_view::npos &&
         colon + 1 < subject.size() && subject.size() <= subject_limit;
}

/// The audit's catalogues, or why there is none.
Result<std::vector<CataloguePtr>> pinned_catalogues(Moment& moment, Catalogues& catalogues, const RecordRow& audit) {
  std::vector<CataloguePtr> pinned;
  for (const ChosenCatalogue& chosen : chosen_catalogues(Json::parse(audit.body))) {
    pinned.push_back(catalogues.find(moment.at, chosen.hash));
    if (!pinned.back()) throw std::runtime_error("catalogue " + chosen.hash + " is missing");
  }
  if (pinned.empty()) return refuse(Reason::wrong_state, "no catalogue has been selected for this audit");
  return pinned;
}

/// The catalogue that has the question; nothing, and a word in `wrong`, when there is no such one or more than one.
CataloguePtr catalogue_of(const std::vector<CataloguePtr>& pinned, const ItemPlan& plan, const std::string& pointer,
                          std::vector<InvalidField>& wrong) {
  CataloguePtr found;
  for (const CataloguePtr& one : pinned) {
    if (!plan.catalogue.empty() && one->id != plan.catalogue) continue;
    if (!one->item_of_question.contains(plan.question)) continue;
    if (found) {
      wrong.push_back({pointer + "/catalogue", "is needed: several catalogues of the audit have this question"});
      return nullptr;
    }
    found = one;
  }
  const auto is_named = [&](const CataloguePtr& one) { return one->id == plan.catalogue; };
  if (!plan.catalogue.empty() && std::none_of(pinned.begin(), pinned.end(), is_named)) {
    wrong.push_back({pointer + "/catalogue", "is not a catalogue of the audit"});
  } else if (!found) {
    wrong.push_back({pointer + "/question",
                     plan.catalogue.empty() ? "is in no catalogue of the audit" : "is not in this catalogue"});
  }
  return found;
}

/// Of each plan the catalogue that has its question.
Result<std::vector<CataloguePtr>> check_plans(const std::vector<CataloguePtr>& pinned,
                                              const std::vector<ItemPlan>& plans) {
  std::vector<InvalidField> wrong;
  if (plans.empty() || plans.size() > plan_limit) wrong.push_back({"/items", "must name 1 to 2000 items"});
  std::vector<CataloguePtr> of_plans;
  std::set<std::tuple<CataloguePtr, std::string_view, std::string_view>> named;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const std::string pointer = "/items/" + std::to_string(i);
    of_plans.push_back(catalogue_of(pinned, plans[i], pointer, wrong));
    if (!named.emplace(of_plans.back(), plans[i].question, plans[i].subject).second) {
      wrong.push_back({pointer, "has the question and subject of an earlier one"});
    }
    if (!is_subject(plans[i].subject)) {
      wrong.push_back(
          {pointer + "/subject", "must be whole, site:NAME, process:NAME or zone:NAME of at most 200 bytes"});
    }
  }
  if (wrong.empty()) return of_plans;
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

/// The row of a plan: the item as it is planned already, or a new one, with the auditor that the plan names. An answer
/// stays with who gave it.
Result<ItemRow> planned_row(Moment& moment, const RecordRow& audit, const PinnedCatalogue& catalogue,
                            const ItemPlan& plan, const std::string& pointer) {
  auto row = find_item(moment.at, audit.id, catalogue.id, plan.question, plan.subject);
  if (!row) {
    row = ItemRow{};
    row->id = moment.context.store.new_id(Subject::item);
    row->uuid = moment.context.new_uuid();
    row->audit = audit.id;
    row->catalogue_id = catalogue.id;
    row->question = plan.question;
    row->item = catalogue.item_of_question.find(plan.question)->second;
    row->subject = plan.subject;
    row->status = "planned";
  }
  row->catalogue = catalogue.hash;
  row->auditor.reset();
  row->auditor_uuid.clear();
  if (plan.auditor) {
    row->auditor = moment.facts.person(*plan.auditor, audit.organisation);
    if (!row->auditor) return invalid_field(pointer + "/auditor", "is nobody of this organisation");
    row->auditor_uuid = *plan.auditor;
  }
  ++row->version;
  return *row;
}

/// Several catalogues may have a question of the same id, and then the items say which one is meant.
Json input_of(const std::vector<CataloguePtr>& of_plans, const std::vector<ItemPlan>& plans, bool several) {
  Json items = Json::array();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const ItemPlan& plan = plans[i];
    Json item = {{"question", plan.question},
                 {"item", of_plans[i]->item_of_question.find(plan.question)->second},
                 {"subject", plan.subject}};
    if (several) item["catalogue"] = of_plans[i]->id;
    if (plan.auditor) item["auditor"] = *plan.auditor;
    items.push_back(std::move(item));
  }
  return {{"items", std::move(items)}};
}

/// The item as the guard not_own_area compares it: whoever answers audits it, to whomever it is assigned.
Json input_of(const ItemRow& row, const Call& call) {
  const Json item = {
      {"question", row.question}, {"item", row.item}, {"subject", row.subject}, {"auditor", call.who.person.uuid}};
  return {{"items", Json::array({item})}};
}

/// Taking an item out of the plan is a decision of the lead auditor, with a reason, once the plan is issued.
Result<Decision> permit_drop(Moment& moment, const Call& call, const RecordRow& audit, std::string_view reason) {
  const Json input = reason.empty() ? Json::object() : Json{{"reason", reason}};
  auto decision = permit(moment, call, audit, "drop_items", input);
  if (decision || decision.error().reason != Reason::wrong_state) return decision;
  return permit(moment, call, audit, "strike_items", input);
}

Result<void> check_answer(const PinnedCatalogue& catalogue, const ItemAnswer& answer) {
  std::vector<InvalidField> wrong;
  const bool answered = answer.status == "answered";
  if (!answered && answer.status != "in_progress") wrong.push_back({"/status", "must be in_progress or answered"});
  const auto result = catalogue.results.find(answer.result);
  if (answered && result == catalogue.results.end()) wrong.push_back({"/result", "is not in the catalogue's scale"});
  if (!answered && !answer.result.empty()) wrong.push_back({"/result", "belongs to an answered item only"});
  if (result != catalogue.results.end() && result->second && answer.reason.empty()) {
    wrong.push_back({"/reason", "is missing: this result needs one"});
  }
  if (answer.maturity && (*answer.maturity < 0 || *answer.maturity > 5))
    wrong.push_back({"/maturity", "must be 0 to 5"});
  if (answer.reason.size() > text_limit) wrong.push_back({"/reason", "must have at most 20000 bytes"});
  if (answer.notes.size() > text_limit) wrong.push_back({"/notes", "must have at most 20000 bytes"});
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

/// Whoever answers is the item's auditor or leads the audit.
Result<void> may_answer(Moment& moment, const Call& call, const RecordRow& audit, const ItemRow& row) {
  if (row.auditor == call.who.person.id) return {};
  const auto leads = moment.facts.seat(audit.id, "lead_auditor");
  if (std::find(leads.begin(), leads.end(), call.who.person.id) != leads.end()) return {};
  return refuse(Reason::not_permitted, "only the auditor of this item or the lead auditor answers it");
}

}  // namespace

EventDraft item_event(const Moment& moment, PersonId actor, const RecordRow& audit, const ItemRow& row,
                      std::string_view what) {
  EventDraft event{Subject::item, row.id, row.uuid, audit.organisation};
  event.record = audit.id;
  event.type = audit.type + ".item_" + std::string(what);
  event.command = std::string(what);
  event.version = row.version;
  event.actor = actor;
  event.at = moment.now;
  event.facts = {{"audit", audit.uuid},
                 {"catalogue", row.catalogue},
                 {"catalogue_id", row.catalogue_id},
                 {"question", row.question},
                 {"item", row.item},
                 {"subject", row.subject},
                 {"auditor", row.auditor ? Json(row.auditor_uuid) : Json(nullptr)},
                 {"status", row.status},
                 {"result", row.result},
                 {"reason", row.reason},
                 {"maturity", row.maturity ? Json(*row.maturity) : Json(nullptr)},
                 {"notes", row.notes},
                 {"answered_by", row.answered_by ? Json(row.answered_by_uuid) : Json(nullptr)},
                 {"answered_at", row.answered_at ? Json(to_text(*row.answered_at)) : Json(nullptr)}};
  event.ids.emplace(audit.uuid, static_cast<std::int64_t>(audit.id));
  if (row.auditor) event.ids.emplace(row.auditor_uuid, static_cast<std::int64_t>(*row.auditor));
  if (row.answered_by) event.ids.emplace(row.answered_by_uuid, static_cast<std::int64_t>(*row.answered_by));
  return event;
}

Result<Performed> plan_items(Context& context, Catalogues& catalogues, const Call& call, std::string_view audit_uuid,
                             const std::vector<ItemPlan>& plans) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto audit = visible_record(moment, call.who, audit_uuid);
    if (!audit) return audit.error();
    if (auto version = require_version(call, audit->version); !version) return version.error();
    auto pinned = pinned_catalogues(moment, catalogues, *audit);
    if (!pinned) return pinned.error();
    auto of_plans = check_plans(*pinned, plans);
    if (!of_plans) return of_plans.error();
    auto decision = permit(moment, call, *audit, "plan_items", input_of(*of_plans, plans, pinned->size() > 1));
    if (!decision) return decision.error();
    (void)moment.facts.items(audit->id);  // makes the present plan a dependency of the new one

    Planned planned;
    planned.uuid = audit->uuid;
    planned.events = events_of(moment, *decision, {call.who.person.id, {}, false}, audit->workflow_set);
    for (std::size_t i = 0; i < plans.size(); ++i) {
      auto row = planned_row(moment, *audit, *(*of_plans)[i], plans[i], "/items/" + std::to_string(i));
      if (!row) return row.error();
      planned.events.push_back(item_event(moment, call.who.person.id, *audit, *row, "planned"));
    }
    return planned;
  });
}

Result<Performed> drop_item(Context& context, const Call& call, std::string_view audit_uuid, std::string_view item,
                            std::string_view reason) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto audit = visible_record(moment, call.who, audit_uuid);
    if (!audit) return audit.error();
    auto row = find_item(moment.at, audit->id, item);
    if (!row) return refuse(Reason::not_found, "there is no such item");
    if (auto version = require_version(call, row->version); !version) return version.error();
    if (row->status == "answered" || row->status == "review")
      return refuse(Reason::wrong_state, "the item has an answer and stays in the plan");
    (void)moment.facts.evidence_at(audit->id);  // nothing may be attached to the item meanwhile
    if (has_evidence_of_item(moment.at, audit->id, row->id))
      return refuse(Reason::wrong_state, "evidence refers to the item, which stays in the plan");
    auto decision = permit_drop(moment, call, *audit, reason);
    if (!decision) return decision.error();
    ++row->version;
    Planned planned;
    planned.uuid = row->uuid;
    planned.status = 204;
    planned.events = {item_event(moment, call.who.person.id, *audit, *row, "dropped")};
    planned.events.front().facts["removed"] = true;
    if (!reason.empty()) planned.events.front().facts["said"] = {{"reason", std::string(reason)}};
    (void)moment.facts.items(audit->id);
    return planned;
  });
}

Result<Performed> answer_item(Context& context, Catalogues& catalogues, const Call& call, std::string_view audit_uuid,
                              std::string_view item, const ItemAnswer& answer) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto audit = visible_record(moment, call.who, audit_uuid);
    if (!audit) return audit.error();
    auto row = find_item(moment.at, audit->id, item);
    if (!row) return refuse(Reason::not_found, "there is no such item");
    if (auto version = require_version(call, row->version); !version) return version.error();
    auto catalogue = catalogues.find(moment.at, row->catalogue);
    if (!catalogue) throw std::runtime_error("catalogue " + row->catalogue + " is missing");
    if (auto fine = check_answer(*catalogue, answer); !fine) return fine.error();
    auto decision = permit(moment, call, *audit, "answer_items", input_of(*row, call));
    if (!decision) return decision.error();
    if (auto may = may_answer(moment, call, *audit, *row); !may) return may.error();

    row->status = answer.status;
    row->result = answer.result;
    row->reason = answer.reason;
    row->maturity = answer.maturity;
    row->notes = answer.notes;
    row->answered_by.reset();
    row->answered_by_uuid.clear();
    row->answered_at.reset();
    if (answer.status == "answered") {
      row->answered_by = call.who.person.id;
      row->answered_by_uuid = call.who.person.uuid;
      row->answered_at = moment.now;
    }
    ++row->version;
    Planned planned;
    planned.uuid = row->uuid;
    planned.events = {item_event(moment, call.who.person.id, *audit, *row, "answered")};
    return planned;
  });
}

}  // namespace assay
