// Links among records of one type (recurrences, follow-ups, what is replaced) do not lead back to their beginning.
#include "workflows/company.h"

namespace assay::test::succession_test {
namespace {

TEST_CASE("a nonconformity does not recur from itself, nor from one that recurs from it") {
  Company company;
  const auto revise = [&](RecordId id, RecordId previous) {
    return answer(company.act(company.auditor, id, "revise", {{"previous", {company.name(previous)}}}));
  };
  const RecordId first = company.nonconformity_in("draft"), second = company.nonconformity_in("draft"),
                 third = company.nonconformity_in("draft");
  CHECK(revise(first, first) == "invalid /previous");
  CHECK(revise(second, first) == "-> draft");
  CHECK(revise(third, second) == "-> draft");
  CHECK(revise(first, second) == "invalid /previous");
  CHECK(revise(first, third) == "invalid /previous");
  CHECK(revise(third, first) == "-> draft");  // two paths, no ring
}

}  // namespace
}  // namespace assay::test::succession_test
