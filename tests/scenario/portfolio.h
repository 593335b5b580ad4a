// A certification body and the clients that it takes over as they stood elsewhere, told through the API.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/stage.h"

namespace assay::test {

/// The file that the portfolio comes from; its adoption names the SHA-256.
extern const std::string portfolio_source;
/// What the preparer of an adoption says of that file.
Json portfolio(const std::string& title);

/// Once for each stage. People: mover and approver (certification managers), planner (no role, manages the programmes),
/// body_lead (certification auditor), technical (technical reviewer), decider (decision maker); the last three are
/// competent for ports. Names: portfolio, the adoption that mover prepared and approver approved.
void set_the_body(Stage& stage);

/// Makes a record as it stood elsewhere, by a command that adopts, under the portfolio; kept under `name`, returns
/// "plural/id".
std::string adopted(Stage& stage, const std::string& name, const std::string& plural, const std::string& command,
                    Json input);
/// What a contract, and a programme of certification in its first cycle, say that are adopted, whosever they are.
Json adopted_contract();
Json adopted_cycle();
/// The scope of all that a client of the portfolio has.
Json port_scope();

struct TakenOver {
  std::string key, name, number, representative;  // K-NUMBER, V-NUMBER and P-NUMBER; the name of a person without roles
};
/// A client that moves in, with a contract in force and a running programme (which says `more`); kept as KEY_client,
/// KEY_contract and KEY_programme. KEY_customer represents it.
void move_in(Stage& stage, const TakenOver& client, const Json& more = Json::object());

/// Competent for ports until day(300), by one scheme, as `second` confirms; kept as "PERSON_competence".
void make_competent(Stage& stage, const std::string& who, const char* function, const std::string& second,
                    const char* scheme = "iso_27001");

/// `who` confirms what somebody else has proposed for the record "plural/id".
void confirm_proposal(Stage& stage, const std::string& who, const std::string& record);

/// What happens, as certification managers see it: administrators see nothing of a body's work for its clients.
class BodyFeed {
 public:
  explicit BodyFeed(Stage& stage) : stage_(stage) { happened(); }
  /// The types of the events since the last call or, at the first, since the feed was made: "EVENT EVENT".
  std::string happened();

 private:
  Stage& stage_;
  std::int64_t seen_ = 0;
};

/// What planner says of a surveillance of two days in the programme of client KEY, within 200 days from a day on.
Json surveillance_of(const Stage& stage, const std::string& key, const std::string& title, int from = 0);
/// The team is body_lead; `competence` says why, and is kept from clients.
void propose_team(Stage& stage, const std::string& audit, const std::string& competence = "Three audits of ports.");
/// The input of a plan for body_lead: as many sessions as an audit of so many days takes, from today on, a day each.
Json plan_of(const Stage& stage, int days);
/// The customer accepts the team, and body_lead issues a plan of today with these questions of ISO/IEC 27001.
void agree_on_plan(Stage& stage, const std::string& customer, const std::string& audit,
                   const std::vector<std::string>& questions = {});
/// The actual time of the audit, as its plan has it.
Json time_as_planned(Stage& stage, const std::string& audit);

}  // namespace assay::test
