// A management system on the shipped record types, as its header says.
#include "workflows/management_system.h"

namespace assay::test {

RecordId system_in(Company& company, const std::string& state) {
  return company.facts.add("management-system", state,
                           {{"title", "Operations"},
                            {"standards", {"ISO/IEC 27001:2022"}},
                            {"risk_method", "Likelihood and impact, five steps each"},
                            {"acceptable_levels", {"low", "medium"}}});
}

RecordId system_of(Company& company, RecordId record) { return company.facts.linked(record, "system").front(); }

RecordId beside(Company& company, RecordId record, const std::string& type, const std::string& state, Json body,
                const Seats& seats) {
  return company.facts.add(type, state, std::move(body), {{"system", system_of(company, record)}}, seats);
}

std::string tick(Company& company, RecordId id, const char* command) {
  Actor clock;
  clock.timer = true;
  return answer(company.act(clock, id, command));
}

}  // namespace assay::test
