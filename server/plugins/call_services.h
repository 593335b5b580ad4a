// What an organisation has set for a plugin, as its calls have it.
#pragma once

#include "commands/plugin_settings.h"
#include "domain/time.h"
#include "plugins/plugin.h"

namespace assay {

/// Settings of the organisation, without secrets, and the time. Of what was set for another version of the plugin, what
/// this one does not take is left out and logged, and its default holds.
Result<CallServices> services_for(const OrganisationRow& organisation, const Plugin& plugin, Instant now);

}  // namespace assay
