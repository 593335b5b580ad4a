// Leaving: what awaits a person is told, handed to successors by one act, and seen by them; nobody leaves silently.
#include "commands/hand_over.h"

#include "commands/tasks.h"
#include "jobs/office.h"

namespace assay::test::hand_over_test {
namespace {

constexpr const char* leaver = "nora@elbwerk.example";
constexpr const char* heir = "maria@elbwerk.example";
constexpr const char* verifier = "ines@elbwerk.example";

/// Nora owns an action that Ines verifies, chairs a review, and has reported something; Maria has no seat anywhere.
struct Leaving : Office {
  explicit Leaving(std::string_view engine) : Office(engine) {
    join(leaver, {"isms_manager"});
    join(heir, {});
    join(verifier, {"top_management"});
    nonconformity = make("nonconformity", "receive",
                         {{"source", "customer"},
                          {"issuer", "Hafen"},
                          {"issuer_number", "7"},
                          {"issuer_grade", "A"},
                          {"title", "No restore test"},
                          {"grade", "major"},
                          {"clause", "A.8.13"},
                          {"requirement", "Backups are tested"},
                          {"finding", "No test"},
                          {"objective_evidence", "Log"},
                          {"action_owner", {uuid(leaver)}},
                          {"verifier", {uuid(verifier)}}});
    review = make("management-review", "schedule",
                  {{"title", "Review"},
                   {"planned_on", "2026-07-01"},
                   {"period_from", "2025-05-01"},
                   {"period_to", "2026-04-30"},
                   {"chair", {uuid(leaver)}}});
    reported = make("nonconformity", "report",
                    {{"title", "A door"}, {"source", "own_observation"}, {"finding", "Open"}}, leaver);
  }

  std::string uuid(const char* email) { return person(email).uuid; }
  std::string make(const char* type, const char* command, const Json& input, const char* by = "jonas@elbwerk.example") {
    const Principal who = principal(by);
    auto made = create_record(*context, Call{who}, {type, {}, command, input});
    if (!made) FAIL(made.error().detail << to_json(made.error()).dump());
    return made->uuid;
  }
  std::vector<AwaitingRecord> matters() {
    const PersonId id = person(leaver).id;
    Snapshot at = store->read();
    return awaiting(context->store, at, id, 0, 100);
  }
  Result<Performed> give(const HandOverWish& wish) {
    const Principal boss = administrator();
    return hand_over(*context, Call{boss, person(leaver).version}, uuid(leaver), wish);
  }
  Result<Performed> remove(bool left_open = false) {
    const Principal boss = administrator();
    return remove_person(*context, Call{boss, person(leaver).version}, uuid(leaver), left_open);
  }
  std::vector<std::string> seated(const std::string& record, std::string_view seat) {
    const RecordId id = find(record).id;
    Snapshot at = store->read();
    std::vector<std::string> names;
    for (const SeatRow& row : seats_of(at, id)) {
      if (row.seat == seat) names.push_back(row.person_uuid);
    }
    return names;
  }
  bool sees(const char* email, const std::string& record) {
    const Principal who = principal(email);
    Snapshot at = store->read();
    return find_record(at, record, who.reader).has_value();
  }
  std::string nonconformity, review, reported;
};

TEST_CASE("who is awaited does not leave silently, and one act hands it over") {
  ASSAY_EACH_ENGINE(engine);
  Leaving office(engine);
  const auto matters = office.matters();
  REQUIRE(matters.size() == 2);  // not what she merely reported
  CHECK(matters.at(0).seats == std::vector<std::string>{"action_owner"});
  CHECK(matters.at(1).seats == std::vector<std::string>{"chair"});
  const auto silent = office.remove();
  REQUIRE_FALSE(silent);
  CHECK(silent.error().reason == Reason::wrong_state);
  CHECK(silent.error().detail.find("2 records await") == 0);
  CHECK_FALSE(office.sees(heir, office.nonconformity));

  const auto handed = office.give({office.uuid(heir), {}, "Leaves at the end of May", true});
  REQUIRE(handed);
  CHECK(office.person(leaver).state == "left");
  CHECK(office.matters().empty());
  CHECK(office.seated(office.nonconformity, "action_owner") == std::vector{office.uuid(heir)});
  CHECK(office.seated(office.nonconformity, "verifier") == std::vector{office.uuid(verifier)});
  CHECK(office.seated(office.review, "chair") == std::vector{office.uuid(heir)});
  CHECK(office.seated(office.reported, "reporter") == std::vector{office.uuid(leaver)});
  CHECK(office.sees(heir, office.nonconformity));
  CHECK(office.sees(heir, office.review));
  CHECK_FALSE(office.sees(heir, office.reported));
  // The successor acts from the seat.
  const Principal maria = office.principal(heir);
  const auto may = may_perform(*office.context, maria, "nonconformity", office.nonconformity, "respond");
  REQUIRE_FALSE(may);
  CHECK(may.error().reason == Reason::invalid);  // all that is missing is what she has to say
  check_replay(*office.store);
}

TEST_CASE("a hand-over that may not be is refused as a whole, with every reason") {
  ASSAY_EACH_ENGINE(engine);
  Leaving office(engine);
  const std::string maria = office.uuid(heir), ines = office.uuid(verifier), nora = office.uuid(leaver);
  const std::string nobody = "01890a5d-ac96-774b-bcce-b302099a8099";
  struct Row {
    const char* what;
    HandOverWish wish;
    Reason reason;
    std::string named;  // pointer, or guard
  };
  const std::vector<Row> rows = {
      {"no reason", {maria, {}, "", true}, Reason::invalid, "/reason"},
      {"to nobody", {nobody, {}, "x", true}, Reason::invalid, "/to"},
      {"to the leaver", {nora, {}, "x", false}, Reason::invalid, "/to"},
      {"nothing", {{}, {}, "x", false}, Reason::invalid, "/to"},
      {"something left", {{}, {{office.review, {}, maria}}, "x", true}, Reason::invalid, "/to"},
      {"no such matter", {maria, {{office.reported, {}, maria}}, "x", true}, Reason::invalid, "/matters/0"},
      {"no such seat", {maria, {{office.review, "verifier", maria}}, "x", true}, Reason::invalid, "/matters/0"},
      {"named twice",
       {maria, {{office.review, "chair", maria}, {office.review, "chair", ines}}, "x", true},
       Reason::invalid,
       "/matters/1"},
      {"somebody unknown", {maria, {{office.review, {}, nobody}}, "x", true}, Reason::invalid, "/matters/0/to"},
      {"the verifier of the action", {ines, {}, "x", true}, Reason::unmet, "people_differ"},
      {"for one record", {maria, {{office.nonconformity, {}, ines}}, "x", true}, Reason::unmet, "people_differ"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const auto given = office.give(row.wish);
    REQUIRE_FALSE(given);
    const Refusal& refusal = given.error();
    CHECK(refusal.reason == row.reason);
    if (row.reason == Reason::unmet) {
      CHECK(refusal.unmet.at(0).guard == row.named);
      CHECK(refusal.unmet.at(0).values.at("handed") == office.nonconformity);
    } else {
      CHECK(refusal.invalid.at(0).pointer == row.named);
    }
  }
  CHECK(office.matters().size() == 2);
  const Principal maria_herself = office.principal(heir);
  CHECK(hand_over(*office.context, Call{maria_herself, 1}, nora, {maria, {}, "x", false}).error().reason ==
        Reason::not_permitted);
}

TEST_CASE("in parts, to several, and after somebody has left; a proposal finds a new proposer") {
  ASSAY_EACH_ENGINE(engine);
  Leaving office(engine);
  const std::string maria = office.uuid(heir), ines = office.uuid(verifier);
  const Principal nora = office.principal(leaver), boss = office.administrator(), top = office.principal(verifier);
  const std::string other = office.make("nonconformity", "receive",
                                        {{"source", "customer"},
                                         {"issuer", "Hafen"},
                                         {"issuer_number", "8"},
                                         {"issuer_grade", "A"},
                                         {"title", "No log"},
                                         {"grade", "major"},
                                         {"clause", "A.8.15"},
                                         {"requirement", "Logs are kept"},
                                         {"finding", "None"},
                                         {"objective_evidence", "Folder"},
                                         {"action_owner", {maria}}});
  REQUIRE(command_record(*office.context, Call{nora, office.version(other)},
                         {"nonconformity", other, "lower_grade", {{"reason", "One"}, {"regrade_evidence", "Log"}}}));
  REQUIRE(office.matters().size() == 3);
  const auto may_confirm = [&](const Principal& who) {
    Snapshot at = office.store->read();
    const auto tasks = tasks_of(*office.context, at, who, {});
    return std::any_of(tasks.begin(), tasks.end(),
                       [&](const Task& task) { return task.record.uuid == other && !task.proposals.empty(); });
  };
  CHECK(may_confirm(boss));
  CHECK(may_confirm(top));
  CHECK_FALSE(may_confirm(nora));
  CHECK_FALSE(may_confirm(office.principal(heir)));

  // The chair to Ines now, the rest stays: she goes at once.
  REQUIRE(office.give({{}, {{office.review, "chair", ines}}, "First things first", false}));
  CHECK(office.person(leaver).state == "active");
  CHECK(office.seated(office.review, "chair") == std::vector{ines});
  REQUIRE(office.remove(true));
  REQUIRE(office.matters().size() == 2);
  CHECK(office.matters().at(1).proposals.size() == 1);

  // Maria holds no role that may propose it; Jonas, who is an ISMS manager, does.
  CHECK(office.give({maria, {}, "Gone", false}).error().reason == Reason::not_permitted);
  REQUIRE(office.give({maria, {{other, {}, boss.person.uuid}}, "Gone", false}));
  CHECK(office.matters().empty());
  std::string proposal;
  {
    Snapshot at = office.store->read();
    const auto open = open_proposals(at, find_record(at, other, boss.reader)->id);
    REQUIRE(open.size() == 1);
    CHECK(open.front().proposer == boss.person.id);
    proposal = open.front().uuid;
  }
  CHECK(may_confirm(top));
  CHECK_FALSE(may_confirm(boss));
  const auto own =
      confirm_proposal(*office.context, Call{boss, office.version(other)}, "nonconformity", other, proposal);
  CHECK(own.error().reason == Reason::not_permitted);
  REQUIRE(confirm_proposal(*office.context, Call{top, office.version(other)}, "nonconformity", other, proposal));
  CHECK_FALSE(may_confirm(top));
  CHECK(office.give({maria, {}, "Again", true}).error().reason == Reason::wrong_state);
  check_replay(*office.store);
}

}  // namespace
}  // namespace assay::test::hand_over_test
