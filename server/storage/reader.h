// Who reads: every query takes a Reader and returns only what that person may see.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "domain/ids.h"

namespace assay {

/// A person as far as visibility goes. Types in `whole` are seen entirely within the organisation (a role reads them);
/// of every other type only records below the person's seats, and below what grants open to them.
struct Reader {
  PersonId person;
  OrganisationId organisation;
  std::set<std::string> whole;
  bool administrator = false;  // sees organisation-level subjects: people, tokens of others, webhooks, their events
  bool privacy = false;        // sees people who were erased or are restricted
  bool client = false;         // holds roles of the client's side at most: sees no field that is kept from clients
  bool outsider = false;       // holds roles, and all of them from outside: knows of people by records alone
  bool granted = false;        // grants open records to them
  /// Where queries put the records that they have shown, and how often, of which some may be seen by a grant alone.
  /// Without it nothing is seen by a grant: what nobody could note is not shown.
  std::shared_ptr<std::map<RecordId, int>> shown = {};
  /// Grants that open nothing any more, though nothing has ended them yet.
  std::vector<RecordId> lapsed = {};

  void note(RecordId record) const {
    if (shown) ++(*shown)[record];
  }
  /// Takes back one note() of what is not shown after all.
  void forget(RecordId record) const {
    if (!shown) return;
    const auto noted = shown->find(record);
    if (noted != shown->end() && --noted->second == 0) shown->erase(noted);
  }
};

}  // namespace assay
