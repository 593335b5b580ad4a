// What somebody at the machine itself may do, who could read the data folder anyway: a way back in for people.
#pragma once

#include <string>
#include <string_view>

#include "commands/people.h"

namespace assay {

/// A new one-time link for the person with this e-mail address, also for the last administrator. The event names no
/// actor. Refuses not_found, and wrong_state for somebody who has left.
Result<Invited> renew_invitation_at_machine(Context& context, std::string_view email);

/// Invites somebody as an administrator of an organisation that has no active one, as after everybody who was one has
/// been erased again. The event names no actor. Refuses not_found, wrong_state when somebody could act, and what
/// invite_person() refuses of the invitation.
Result<Invited> invite_administrator_at_machine(Context& context, std::string_view organisation,
                                                const Invitation& invitation);

/// An active administrator of the organisation, with all scopes: for commands that an administrator gives at the
/// machine. `email` names one of several; empty: the first. Refuses not_found when there is none.
Result<Principal> administrator_at_machine(Context& context, std::string_view organisation, std::string_view email);

}  // namespace assay
