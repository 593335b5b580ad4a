// Engagements: plans of two audits never have somebody in two sessions at a time, however close they are issued.
#include <array>
#include <barrier>
#include <thread>

#include "commands/fieldwork.h"

namespace assay::test::engagements_test {
namespace {

/// One session of the lead auditor on a day of June, from one hour until another.
Json plan_on(const Fieldwork& work, int day, const char* from, const char* until) {
  const std::string date = fmt::format("2026-06-{:02}T", day);
  return {{"sessions", Json::array({{{"auditor", work.names.at(lead)},
                                     {"topics", "All"},
                                     {"starts", date + from + ":00Z"},
                                     {"ends", date + until + ":00Z"},
                                     {"zone", "Europe/Berlin"},
                                     {"mode", "on_site"}}})}};
}

/// A further audit of that week whose plan can be issued; returns its id.
std::string ready(Fieldwork& work) {
  work.begin();
  work.act(planner, "reschedule", {{"planned_from", "2026-06-01"}, {"planned_to", "2026-06-08"}, {"reason", "June"}});
  REQUIRE(work.plan("A.8.13-q1", auditor));
  return work.audit;
}

struct Issue {
  Fieldwork& work;
  Principal who;
  std::int64_t version;
  RecordCommand command;

  Issue(Fieldwork& in, const std::string& audit, Json input, const std::string& name = "issue_plan")
      : work(in),
        who(in.principal(lead)),
        version(in.version(audit)),
        command{"audit", audit, name, std::move(input)} {}
  Result<Performed> operator()() const { return command_record(*work.context, Call{who, version}, command); }
};

TEST_CASE("a plan is refused while another audit engages the auditor at that time") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  const std::string one = ready(work), other = ready(work);
  REQUIRE(said(Issue(work, one, plan_on(work, 1, "08:00", "10:00"))()) == "granted");

  const auto refused = Issue(work, other, plan_on(work, 1, "09:30", "11:00"))();
  REQUIRE(said(refused) == "no_clash.engaged");
  CHECK(refused.error().unmet.front().detail ==
        "The auditor of session 1 (2026-06-01T09:30:00Z) has a session elsewhere at that time "
        "(2026-06-01T08:00:00.000Z – 2026-06-01T10:00:00.000Z).");
  CHECK(refused.error().unmet.front().values.dump().find(one) == std::string::npos);
  CHECK(said(Issue(work, other, plan_on(work, 1, "10:00", "11:00"))()) == "granted");

  Json longer = plan_on(work, 1, "09:00", "11:00");
  longer["reason"] = "One more hour";
  CHECK(said(Issue(work, other, longer, "revise_plan")()) == "no_clash.engaged");
  work.audit = one;
  SECTION("until it is postponed") { work.act(planner, "postpone", {{"reason", "Later"}}); }
  SECTION("until it is cancelled") { work.act(planner, "cancel", {{"reason", "Not needed"}}); }
  CHECK(said(Issue(work, other, longer, "revise_plan")()) == "granted");
  check_replay(*work.store);
}

TEST_CASE("of two plans that are issued at once one is refused") {
  ASSAY_EACH_ENGINE(engine);
  Fieldwork work(engine);
  for (int day = 1; day <= 8; ++day) {
    const std::string one = ready(work), other = ready(work);
    const Issue first(work, one, plan_on(work, day, "08:00", "10:00")),
        second(work, other, plan_on(work, day, "09:00", "11:00"));
    std::array<std::string, 2> told;
    std::barrier start(2);
    std::thread thread([&] {
      start.arrive_and_wait();
      told[1] = said(second());
    });
    start.arrive_and_wait();
    told[0] = said(first());
    thread.join();
    std::sort(told.begin(), told.end());
    CHECK(told == std::array<std::string, 2>{"granted", "no_clash.engaged"});
  }
}

}  // namespace
}  // namespace assay::test::engagements_test
