// Who reads: every query takes a Reader and returns only what that person may see.
#pragma once

#include <set>
#include <string>

#include "domain/ids.h"

namespace assay {

/// A person as far as visibility goes. Types in `whole` are seen entirely within the organisation (a role reads them);
/// of every other type only records below the person's seats.
struct Reader {
  PersonId person;
  OrganisationId organisation;
  std::set<std::string> whole;
  bool administrator = false;  // sees organisation-level subjects: people, tokens of others, webhooks, their events
  bool privacy = false;        // sees people who were erased or are restricted
  bool client = false;         // holds roles of the client's side at most: sees no field that is kept from clients
};

}  // namespace assay
