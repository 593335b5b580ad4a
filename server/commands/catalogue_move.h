// A running audit's move to a newer version of its catalogue: proposed, and done when a person accepts it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "commands/chosen_catalogues.h"
#include "domain/catalogue_difference.h"

namespace assay {

/// What a move would do. Questions are told by id; items by how many there are.
struct CatalogueMove {
  CataloguePtr from;
  CatalogueDifference questions;
  std::int64_t kept = 0;      // items whose question stays as it is; their answers too
  std::int64_t reviewed = 0;  // answered items whose question changes: the answer stays, and is to be given anew
  std::int64_t changed = 0;   // items without an answer whose question changes
  std::int64_t left = 0;      // items whose question goes: they stay with the catalogue that they have
};

/// Of that of the audit's catalogues which has the id of `to`. The host's default: by the stable ids of questions.
/// Callers check the audit's visibility first. Refuses wrong_state when the audit has no catalogue, and invalid when
/// `to` is none of its catalogues or in another language.
Result<CatalogueMove> propose_move(Catalogues& catalogues, Snapshot& at, const RecordRow& audit,
                                   const OfferedCatalogue& to);

/// Moves the audit to `to` (command "move_catalogue", or "move_further_catalogue") as propose_move() says; its event
/// keeps both hashes and the questions that changed, came and went. `accepted` is the hash that the person has seen.
/// Needs the audit's version. No answer is lost. Refuses besides: invalid when `to` is not what was accepted,
/// wrong_state when the audit has it already.
Result<Performed> move_catalogue(Context& context, Catalogues& catalogues, const Call& call, std::string_view audit,
                                 const OfferedCatalogue& to, std::string_view accepted);

}  // namespace assay
