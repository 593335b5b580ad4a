// Every command once and more: what the log says afterwards is what the rows say.
#include "commands/demo.h"
#include "commands/evidence.h"
#include "commands/items.h"
#include "commands/machine.h"
#include "commands/reports.h"
#include "commands/sign_in.h"
#include "commands/tokens.h"
#include "jobs/office.h"
#include "storage/evidence.h"
#include "storage/items.h"

namespace assay::test::replay_test {
namespace {

using namespace std::chrono_literals;

template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().detail << to_json(result.error()).dump());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The demo's story told in an office, and the rest of what can be done told behind it.
struct Mix : Office {
  using Office::Office;

  Principal maria() { return principal("maria.keller@elbwerk.example"); }
  Principal lead() { return principal("anna.lindqvist@elbwerk.example"); }
  Principal top() { return principal("ines.vogt@elbwerk.example"); }

  RecordRow only(const char* type) {
    const Principal who = maria();
    Snapshot at = store->read();
    const auto rows = list_records(at, ListQuery{type, {}}, who.reader);
    REQUIRE_FALSE(rows.empty());
    return rows.front();
  }
  std::int64_t version_of(RecordId id) {
    Snapshot at = store->read();
    return find_record(at, id)->version;
  }
  Call call(const Principal& who, RecordId id) { return Call{who, version_of(id)}; }

  void people_and_tokens() {
    const Principal boss = principal("jonas.brandt@elbwerk.example");
    const auto invited = must(invite_person(*context, Call{boss}, {"Nora", "nora@elbwerk.example"}));
    const auto renewed = must(renew_invitation(*context, Call{boss}, invited.performed.uuid));
    must(accept_invitation(*context, renewed.token, password));
    must(
        change_person(*context, Call{boss, person("nora@elbwerk.example").version}, invited.performed.uuid,
                      {{}, "de", std::vector<std::string>{"internal_auditor"}, std::vector<std::string>{"site:Kiel"}}));
    const Principal nora = principal("nora@elbwerk.example");
    const auto token =
        must(make_personal_token(*context, Call{nora}, {"script", {"read", "write"}, clock.now() + 24h}));
    REQUIRE(principal_of_token(*context, token.token));
    must(revoke_token(*context, Call{nora, 1}, token.performed.uuid));
    must(make_personal_token(*context, Call{nora}, {"forgotten", {"read"}, clock.now() + 24h}));
    const auto link = must(renew_invitation_at_machine(*context, "nora@elbwerk.example"));
    must(accept_invitation(*context, link.token, password));
    SignInThrottle throttle{SignInSettings{}};
    const auto session = must(sign_in(*context, {}, throttle, "nora@elbwerk.example", password, {"127.0.0.1"}));
    must(sign_out(*context, session.session));
    must(change_password(*context, Call{nora}, throttle, "127.0.0.1", password, "another long password"));
    must(remove_person(*context, Call{boss, person("nora@elbwerk.example").version}, invited.performed.uuid));
  }

  void checklist(Catalogues& catalogues) {
    const RecordRow audit = only("audit");
    const Principal who = lead();
    must(plan_items(*context, catalogues, call(who, audit.id), audit.uuid,
                    {{"4.2-q1", "whole", who.person.uuid}, {"4.3-q1", "site:Hamburg", who.person.uuid}}));
    const auto item = [&](const char* question, const char* subject) {
      Snapshot at = store->read();
      return find_item(at, audit.id, "iso27001-2022", question, subject).value();
    };
    const ItemRow answered = item("4.2-q1", "whole"), dropped = item("4.3-q1", "site:Hamburg");
    must(answer_item(*context, catalogues, Call{who, answered.version}, audit.uuid, answered.uuid,
                     {"answered", "not_applicable", "no such parties", 3, "notes"}));
    must(drop_item(*context, Call{who, dropped.version}, audit.uuid, dropped.uuid, "left to the next audit"));
    EvidenceWish wish{"interview", "Interview", "with the head of operations"};
    wish.details = {{"role", "Head of operations"}};
    wish.item = answered.uuid;
    const auto evidence = must(attach_evidence(*context, Call{who}, "audit", audit.uuid, wish));
    wish.supersedes = evidence.uuid;
    const auto second = must(attach_evidence(*context, Call{who}, "audit", audit.uuid, wish));
    must(withdraw_evidence(*context, Call{who, 1}, "audit", audit.uuid, second.uuid, "the wrong person"));
  }

  void report() {
    const RecordRow audit = only("audit");
    const Principal who = lead();
    auto writer = files->create(who.organisation.uuid, 1000);
    must(writer->write(std::string_view("report")));
    const StoredFile file = must(writer->finish());
    must(command_record(*context, call(who, audit.id), {"audit", audit.uuid, "terminate", {{"reason", "a fire"}}}));
    must(may_attach_report(*context, who, "audit", audit.uuid));
    must(attach_report(*context, Call{who}, "audit", audit.uuid,
                       {"report-html", "1", "html", "en", "package", "hash", "report.html", "text/html", file}));
  }

  /// A programme is moved in under an approved adoption, by whom it was not approved; twice, with numbers of both
  /// kinds.
  RecordId adopted() {
    const Principal mover = maria(), approver = top();
    auto writer = files->create(mover.organisation.uuid, 1000);
    must(writer->write(std::string_view("number;title\nP/7;Audits of three years\n")));
    const StoredFile table = must(writer->finish());
    const auto adoption = must(create_record(*context, Call{mover},
                                             {"adoption",
                                              {},
                                              "prepare_system",
                                              {{"title", "From the folders of last year"},
                                               {"description", "Programmes that run."},
                                               {"source_name", "programmes.csv"},
                                               {"source_sha256", table.sha256}}}));
    EvidenceWish source{"file", "The source"};
    source.file_name = "programmes.csv";
    source.media_type = "text/csv";
    source.file = table;
    must(attach_evidence(*context, Call{mover}, "adoption", adoption.uuid, source));
    const auto act = [&](const Principal& who, const char* command, Json input = Json::object()) {
      std::int64_t version = 0;
      {
        Snapshot at = store->read();
        version = find_record(at, adoption.uuid, mover.reader)->version;
      }
      return command_record(*context, Call{who, version}, {"adoption", adoption.uuid, command, std::move(input)});
    };
    const auto adopt = [&](const Principal& who, const std::string& number) {
      return create_record(*context, Call{who},
                           {"audit-programme",
                            {},
                            "adopt",
                            {{"adoption", adoption.uuid},
                             {"state", "running"},
                             {"number", number},
                             {"entered_on", "2024-03-01"},
                             {"title", "Audits of three years"},
                             {"objectives", "Conformity."},
                             {"scope", "All"},
                             {"criteria", {"ISO/IEC 27001"}},
                             {"cycle_from", "2024-01-01"},
                             {"cycle_to", "2026-12-31"},
                             {"edition", "ISO 19011:2018"},
                             {"programme_manager", {mover.person.uuid}},
                             {"risks_and_opportunities", "Few."},
                             {"frequency", "Yearly"},
                             {"methods", "On site"},
                             {"responsibilities", "As charted."},
                             {"next_review_on", "2024-12-01"}}});
    };
    CHECK(adopt(mover, "P/7").error().reason == Reason::unmet);  // nobody has approved it
    must(act(mover, "submit", {{"checks", "Read twice."}}));
    CHECK(act(mover, "approve_system").error().reason == Reason::unmet);
    must(act(approver, "approve_system"));
    const auto first = must(adopt(mover, "P/7"));
    const auto year = static_cast<int>(local_date(clock.now(), mover.organisation.zone).year());
    must(adopt(mover, number_of("AP-{year}-{seq:3}", year, 800)));
    CHECK(adopt(mover, "P/7").error().invalid.at(0).pointer == "/number");
    Snapshot at = store->read();
    const auto row = find_record(at, first.uuid, mover.reader).value();
    CHECK(row.number == "P/7");
    CHECK(local_date(row.state_since, mover.organisation.zone) == parse_date("2024-03-01"));
    CHECK(row.due == parse_date("2024-12-01"));
    const Json mark = Json::parse(row.body).at("adopted");
    CHECK(mark.at("source_sha256") == table.sha256);
    CHECK(mark.at("approved_by") == approver.person.uuid);
    return row.id;
  }

  /// The review of the adopted programme was due long before it came: its timer fires with nothing to wait for.
  void fire_late(RecordId programme) {
    std::vector<DueTimer> due;
    {
      Snapshot at = store->read();
      due = due_timers(at, clock.now(), 100);
    }
    std::size_t fired = 0;
    for (const DueTimer& timer : due) {
      if (timer.record != programme) continue;
      CHECK(timer.timer == "review_due");
      must(fire_timer(*context, timer));
      ++fired;
    }
    CHECK(fired == 1);
    Snapshot at = store->read();
    CHECK(Json::parse(find_record(at, programme)->body).at("review_overdue") == true);
  }

  /// A command that needs a second person: declined once, confirmed once.
  void second_person() {
    const RecordRow review = only("management-review");
    const Principal first = maria(), second = top();
    const RecordCommand cancel{"management-review", review.uuid, "cancel", {{"reason", "merged with the next one"}}};
    for (const bool confirmed : {false, true}) {
      CHECK(must(command_record(*context, call(first, review.id), cancel)).status == 202);
      std::string proposal;
      {
        Snapshot at = store->read();
        proposal = open_proposals(at, review.id).at(0).uuid;
      }
      if (confirmed) {
        must(confirm_proposal(*context, call(second, review.id), "management-review", review.uuid, proposal));
      } else {
        must(decline_proposal(*context, call(second, review.id), "management-review", review.uuid, proposal, "no"));
      }
    }
    CHECK(find(review.id).state == "cancelled");
  }
  RecordRow find(RecordId id) {
    Snapshot at = store->read();
    return find_record(at, id).value();
  }

  std::size_t fire_timers() {
    clock.advance(24h * 120);
    std::vector<DueTimer> due;
    {
      Snapshot at = store->read();
      due = due_timers(at, clock.now(), 100);
    }
    for (const DueTimer& timer : due) must(fire_timer(*context, timer));
    return due.size();
  }

  void webhooks() {
    const Principal boss = principal("jonas.brandt@elbwerk.example");
    const UrlRule any = [](std::string_view) { return std::optional<std::string>(); };
    const auto made = must(make_webhook(*context, Call{boss}, {.url = "https://receiver.example/"}, any));
    const std::string& uuid = made.performed.uuid;
    must(change_webhook(*context, Call{boss, 1}, uuid, {.types = std::vector<std::string>{"audit.*"}}, any));
    must(rotate_webhook_secret(*context, Call{boss, 2}, uuid));
    std::int64_t id = 0;
    {
      Snapshot at = store->read();
      id = find_webhook(at, uuid, boss.reader)->id;
    }
    must(disable_webhook(*context, id, "gone"));
    must(change_webhook(*context, Call{boss, 4}, uuid, {.state = "on"}, any));
    const auto tested = must(test_webhook(*context, Call{boss}, uuid));
    must(redeliver(*context, Call{boss}, uuid, tested.uuid));
    must(replay_webhook(*context, Call{boss, 7}, uuid, 0));
    must(remove_webhook(*context, Call{boss, 8}, uuid));
  }
};

TEST_CASE("after every command the log says what the rows say") {
  ASSAY_EACH_ENGINE(engine);
  Mix mix(engine);
  Catalogues catalogues;
  found_demo(*mix.context, catalogues, shipped_checklist());
  mix.people_and_tokens();
  mix.checklist(catalogues);
  mix.report();
  mix.webhooks();
  mix.fire_late(mix.adopted());
  mix.second_person();
  CHECK(mix.fire_timers() > 0);
  check_replay(*mix.store);
}

}  // namespace
}  // namespace assay::test::replay_test
