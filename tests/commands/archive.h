// An office in which somebody has acted who is to be erased.
#pragma once

#include <array>
#include <iterator>

#include "commands/erasures.h"
#include "commands/hand_over.h"
#include "commands/machine.h"
#include "commands/sign_in.h"
#include "commands/tokens.h"
#include "jobs/office.h"
#include "storage/awaiting.h"
#include "storage/backup.h"
#include "storage/compaction.h"
#include "storage/erased_list.h"
#include "storage/notes.h"
#include "storage/tasks.h"

namespace assay::test {

using namespace std::chrono_literals;

inline constexpr const char *officer = "dora@elbwerk.example", *boss = "jonas@elbwerk.example",
                            *heir = "hanna@elbwerk.example";
inline constexpr const char* leaver = "zacharias.quintenzweig@leaver.example";
inline constexpr const char* their_name = "Zacharias Quintenzweig";

template <class T>
T granted(Result<T> result) {
  if (!result) FAIL(result.error().detail << to_json(result.error()).dump());
  return std::move(*result);
}

/// What stands in the way, as "guard.code" or the detail of the refusal.
inline std::string refused(const Result<Performed>& result) {
  if (result) return "granted";
  std::string text;
  for (const UnmetGuard& unmet : result.error().unmet)
    text += (text.empty() ? "" : " ") + unmet.guard + "." + unmet.code;
  return text.empty() ? result.error().detail : text;
}

/// An office with a data protection officer, and somebody who has acted in it and is to be erased.
struct Archive : Office {
  explicit Archive(std::string_view engine) : Office(engine) {
    join(officer, {"data_protection_officer"});
    join(heir, {"isms_manager"});
    const Principal administrator = this->administrator();
    const auto invited =
        granted(invite_person(*context, Call{administrator},
                              {their_name, leaver, "de", {"isms_manager", "internal_auditor"}, {"site:Kiel"}}));
    REQUIRE(accept_invitation(*context, invited.token, password));
    leaver_uuid = invited.performed.uuid;
    granted(make_personal_token(*context, Call{principal(leaver)},
                                {"laptop of Zacharias Quintenzweig", {"read"}, clock.now() + 24h}));
    granted(change_person(*context, Call{principal(leaver), person(leaver).version}, leaver_uuid,
                          {.name = "Zacharias Quintenzweig-Meier"}));
    review_of_theirs = granted(create_record(*context, Call{principal(leaver)},
                                             {"management-review",
                                              {},
                                              "schedule",
                                              {{"title", "Review"},
                                               {"chair", {leaver_uuid}},
                                               {"planned_on", "2026-07-01"},
                                               {"period_from", "2025-05-01"},
                                               {"period_to", "2026-04-30"}}}))
                           .uuid;
  }

  PersonRow leaver_row() {
    Snapshot at = store->read();
    return find_person_anywhere(at, leaver_uuid).value();
  }
  void leave(bool left_open) {
    const Principal who = administrator();
    granted(remove_person(*context, Call{who, leaver_row().version}, leaver_uuid, left_open));
  }
  void hand_everything_over() {
    const Principal who = administrator();
    granted(hand_over(*context, Call{who, leaver_row().version}, leaver_uuid,
                      {person(heir).uuid, {}, "Zacharias Quintenzweig leaves"}));
  }
  Result<Performed> act(const char* who, const std::string& type, const std::string& record, const std::string& command,
                        Json input) {
    const Principal principal = this->principal(who);
    return command_record(*context, Call{principal, row(type, record).version},
                          {type, record, command, std::move(input)});
  }
  RecordRow row(const std::string&, const std::string& record) {
    const Principal who = principal(officer);
    Reader reader = who.reader;
    reader.whole.insert("management-review");
    Snapshot at = store->read();
    return find_record(at, record, reader).value();
  }
  std::string request(const std::string& kind) {
    const auto made = granted(create_record(
        *context, Call{principal(officer)},
        {"privacy-request",
         {},
         "receive",
         {{"subject", "Everything"}, {"kind", kind}, {"received_on", "2026-05-20"}, {"concerns", leaver_uuid}}}));
    granted(act(officer, "privacy-request", made.uuid, "check_identity", {{"identity", "By letter"}}));
    granted(act(officer, "privacy-request", made.uuid, "assess", {{"assessment", "Nothing needs the name any more"}}));
    return made.uuid;
  }
  /// Proposes; the answer of the officer's own part.
  Result<Performed> erase(const std::string& request) {
    return act(officer, "privacy-request", request, "erase", {{"measures", "As logged"}, {"answer", "It is done"}});
  }
  Result<Performed> confirm(const char* who, const std::string& request) {
    std::string proposal;
    const RecordRow of = row("privacy-request", request);
    {
      Snapshot at = store->read();
      proposal = open_proposals(at, of.id).at(0).uuid;
    }
    const Principal second = principal(who);
    return confirm_proposal(*context, Call{second, of.version}, "privacy-request", request, proposal);
  }
  void erase_for_good() {
    hand_everything_over();
    leave(false);
    const std::string asked = request("erasure");
    CHECK(granted(erase(asked)).status == 202);
    granted(confirm(boss, asked));
  }
  /// The position of the first event about the person, or whatever it is.
  std::int64_t told(PersonId id) { return told(Subject::person, static_cast<std::int64_t>(id)); }
  std::int64_t told(Subject subject, std::int64_t id) {
    for (const Event& event : log()) {
      if (event.draft.subject == subject && event.draft.id == id) return event.position;
    }
    FAIL("nothing was told of them");
    return 0;
  }
  /// Everything that has happened, once all of it has its position.
  std::vector<Event> log() {
    for (int i = 0; i < 200; ++i) {
      Snapshot at = store->read();
      if (at.connection().value<std::int64_t>("SELECT COUNT(*) FROM unsealed") == 0)
        return events_after(at, find_person_anywhere(at, leaver_uuid)->organisation, 0, 10'000);
      store->wait_for_events(store->last_position(), 50ms);
    }
    FAIL("some events get no position");
    return {};
  }

  std::string leaver_uuid, review_of_theirs;
};

inline std::string bytes_in(const fs::path& file) {
  std::ifstream from(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>()};
}

}  // namespace assay::test
