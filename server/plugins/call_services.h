// What an organisation has set for a plugin, as its calls have it.
#pragma once

#include "commands/plugin_settings.h"
#include "domain/time.h"
#include "plugins/plugin.h"

namespace assay {

/// Settings of the organisation, without secrets, and the time. Refuses as plugin_failed when what was set is not valid
/// for the plugin (any more): it is not called with something else.
Result<CallServices> services_for(const OrganisationRow& organisation, const Plugin& plugin, Instant now);

}  // namespace assay
