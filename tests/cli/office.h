// A data folder as a server leaves it: an organisation, a record with a file, a webhook.
#pragma once

#include <catch2/catch_all.hpp>
#include <memory>
#include <string>

#include "cli/workspace.h"
#include "commands/people.h"
#include "commands/records.h"
#include "commands/webhooks.h"

namespace assay::test {

inline SettingValues settings_of(const std::string& data, const std::string& database = {}) {
  return SettingValues({{"data", data}, {"database", database}},
                       [](const std::string&) { return std::optional<std::string>(); }, {});
}

/// Opens the folder as a server does; closed with its destruction.
class Office {
 public:
  explicit Office(const SettingValues& settings) : workspace_(settings) {
    auto founded = found_organisation(context(), {"Elbwerk", "UTC", "en", "Jonas", "jonas@elbwerk.example"});
    REQUIRE(founded.has_value());
    auto accepted = accept_invitation(context(), founded->invitation, "a long enough password");
    REQUIRE(accepted.has_value());
    person_ = accepted->person;
    review();
    attach("the minutes");
    const auto who = administrator();
    WebhookWish wish;
    wish.url = "https://tickets.example/hook";
    auto made = make_webhook(context(), Call{who}, wish, [](std::string_view) { return std::optional<std::string>(); });
    REQUIRE(made.has_value());
    secret = made->secret;
    webhook = made->performed.uuid;
  }

  Context& context() { return workspace_.context(); }
  Principal administrator() {
    Snapshot at = context().store.read();
    auto who = principal_of(context(), at, person_, {Scope::read, Scope::write, Scope::admin});
    REQUIRE(who.has_value());
    return *who;
  }
  EventDraft attachment(const std::string& sha256) {
    Snapshot at = context().store.read();
    const auto record = find_record(at, review_, administrator().reader);
    REQUIRE(record.has_value());
    EventDraft event{Subject::evidence, context().store.new_id(Subject::evidence), context().new_uuid(),
                     record->organisation};
    event.record = record->id;
    event.version = 1;
    event.type = "management-review.evidence_attached";
    event.at = system_now();
    event.facts = {{"record", review_}, {"kind", "file"}, {"title", "Minutes"}, {"sha256", sha256}};
    return event;
  }

  std::string webhook, secret, file;  // file: its SHA-256

 private:
  void review() {
    const auto who = administrator();
    auto made = create_record(context(), Call{who},
                              {"management-review",
                               {},
                               "schedule",
                               {{"title", "Review"},
                                {"planned_on", "2026-07-01"},
                                {"period_from", "2025-05-01"},
                                {"period_to", "2026-04-30"}}});
    REQUIRE(made.has_value());
    review_ = made->uuid;
  }
  void attach(const std::string& text) {
    const auto writer = context().files.create(administrator().organisation.uuid, 1000);
    REQUIRE(writer->write(text).has_value());
    file = writer->finish().value().sha256;
    REQUIRE(context().store.commit({{}, {attachment(file)}, {}, {}}).has_value());
  }

  Workspace workspace_;
  PersonRow person_ = {};
  std::string review_;
};

}  // namespace assay::test
