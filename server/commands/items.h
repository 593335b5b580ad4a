// Checklist items: planned and assigned by who leads the audit, answered by the auditor to whom they are assigned.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/catalogues.h"
#include "commands/perform.h"
#include "storage/items.h"

namespace assay {

struct ItemPlan {
  std::string question;
  std::string subject = "whole";            // or site:NAME, process:NAME, zone:NAME
  std::optional<std::string> auditor = {};  // person uuid
  std::string catalogue = {};               // id; needed when several catalogues of the audit have the question
};
/// The event that gives an item the row that it holds, with its new version; `what` in the past tense.
EventDraft item_event(const Moment& moment, PersonId actor, const RecordRow& audit, const ItemRow& row,
                      std::string_view what);

/// Plans items of the audit's catalogues, or reassigns those that are planned already. Needs the audit's version.
/// Every conflict with an auditor's own work is named (guard not_own_area).
Result<Performed> plan_items(Context& context, Catalogues& catalogues, const Call& call, std::string_view audit,
                             const std::vector<ItemPlan>& plans);
/// Takes an item out of the plan that has no answer and no evidence. Once the plan is issued only the lead auditor
/// does, with a reason, which the event keeps. Needs the item's version.
Result<Performed> drop_item(Context& context, const Call& call, std::string_view audit, std::string_view item,
                            std::string_view reason = {});

struct ItemAnswer {
  std::string status = "answered";   // in_progress | answered
  std::string result = {};           // of the catalogue's scale; mandatory when answered
  std::string reason = {};           // mandatory for results that need one
  std::optional<int> maturity = {};  // 0..5
  std::string notes = {};
};
/// By the auditor of the item, or the lead auditor, unless they answer for it themselves (guard not_own_area). Needs
/// the item's version; the audit's does not move.
Result<Performed> answer_item(Context& context, Catalogues& catalogues, const Call& call, std::string_view audit,
                              std::string_view item, const ItemAnswer& answer);

}  // namespace assay
