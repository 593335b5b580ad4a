// Views: what is read, and every name that leads nowhere.
#include <catch2/catch_all.hpp>

#include "domain/small.h"

namespace assay::test::views_test {
namespace {

Ordered view_with(const Ordered& column) {
  return {{"views", {{"list", {{"label", "A list"}, {"types", {"task"}}, {"columns", {column}}}}}}};
}

/// What is wrong with a view of one column, after its place.
std::string fault(Ordered column) {
  column["name"] = "day";
  column["label"] = "Day";
  WorkflowFiles files = small_files();
  files["small/views.json"] = view_with(column).dump();
  const auto loaded = load_workflows(files);
  const auto* set = std::get_if<WorkflowSet>(&loaded);
  const auto flaws = set == nullptr ? std::get<std::vector<Flaw>>(loaded) : check(*set);
  return flaws.empty() ? std::string() : flaws.front().reason;
}

TEST_CASE("a column of days names dates, and policies of calendar days, months or years", "[views]") {
  const Ordered due{{"field", "due"}};
  const auto with = [&due](const char* member, const Ordered& value) {
    Ordered changed = due;
    changed[member] = value;
    return Ordered{{"first_of", {changed}}};
  };
  struct Row {
    Ordered column;
    std::string fault;
  };
  const std::string nowhere = "`day`: `closed_on` leads to a date of none of its types";
  const Row rows[] = {
      {{{"first_of", {due}}}, ""},
      {{{"last_of", {due, {{"field", "closed_on"}, {"path", {"project"}}}}}}, ""},
      {with("plus", {"five_days"}), ""},
      {with("when", {{"grade", {"major"}}}), ""},
      {{{"first_of", {due}}, {"last_of", {due}}}, "a column has `first_of` or `last_of`"},
      {{{"first_of", {due}}, {"field", "due"}},
       "a column says one of `field`, `seats`, `turn`, `days_since`, `first_of` and `last_of`"},
      {{{"first_of", Ordered::array()}},
       "a column says one of `field`, `seats`, `turn`, `days_since`, `first_of` and `last_of`"},
      {with("field", "closed_on"), nowhere},
      {with("field", "title"), "`day`: `title` leads to a date of none of its types"},
      {with("plus", {"three_working_days"}),
       "`day`: \"three_working_days\" is no policy of calendar days, months or years"},
      {with("plus", {"soon"}), "`day`: \"soon\" is no policy of calendar days, months or years"},
      {with("when", {{"grade", "major"}}), "must be a list of at least one value"},
      {with("when", {{"colour", {"red"}}}), "`day`: `colour` is a field of none of its types"},
  };
  for (const Row& row : rows) {
    INFO(row.column.dump());
    CHECK(fault(row.column) == row.fault);
  }
}

}  // namespace
}  // namespace assay::test::views_test
