// The catalogues that a record has chosen: the one that it works by and, of audits of more than one standard, further
// ones; chosen, added and removed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/catalogues.h"
#include "commands/perform.h"

namespace assay {

/// A catalogue as a record's fields name it.
struct ChosenCatalogue {
  std::string plugin, plugin_version;
  std::string package_hash;  // empty in records that began under definitions of earlier releases
  std::string id, version, hash, title;
};

/// The record's own catalogue, then its further ones in the order in which they were added; each id once.
std::vector<ChosenCatalogue> chosen_catalogues(const Json& body);

/// The one of this id, or the record's own when the id is empty. Refuses wrong_state when none has been chosen, and
/// invalid, at /catalogue, when the record has no such catalogue.
Result<ChosenCatalogue> chosen_catalogue(const Json& body, std::string_view id = {});

/// What the command of such a record takes of its own catalogue: the fields that name it, and those with `x-catalogue`.
Json input_of(const OfferedCatalogue& offered, const Definition& type, std::string_view command);

/// What a command takes of the further catalogues: all of them, with `offered` behind the others or in the place of the
/// version that the record has.
Json further_input(const Json& body, const OfferedCatalogue& offered);

/// Pins a record to its own catalogue (command "select_catalogue"); a running audit reads only what is pinned. Needs
/// the version. Refuses invalid when it is one of the further catalogues.
Result<Performed> select_catalogue(Context& context, const Call& call, std::string_view uuid,
                                   const OfferedCatalogue& offered);

/// Adds a further catalogue (command "add_catalogue"). Needs the version. Refuses wrong_state when the record has
/// chosen none of its own, and invalid when it has this one.
Result<Performed> add_catalogue(Context& context, const Call& call, std::string_view uuid,
                                const OfferedCatalogue& offered);

/// Takes a further catalogue away again (command "remove_catalogue"), by its hash. Needs the version. Refuses
/// not_found when there is no such further catalogue, and wrong_state while items of it are planned.
Result<Performed> remove_catalogue(Context& context, const Call& call, std::string_view uuid, std::string_view hash);

}  // namespace assay
