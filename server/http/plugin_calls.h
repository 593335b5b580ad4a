// How handlers call plugins: with what the host lends to a call for the organisation of who asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "commands/catalogues.h"
#include "http/api.h"
#include "plugins/plugin.h"
#include "storage/records.h"

namespace assay {

/// Settings of the organisation and the present time (plugins/call_services.h).
Result<CallServices> services_of(const Api& api, const Plugin& plugin);

/// The plugin of that id; invalid_field("/plugin") when there is none that works and implements the extension.
Result<Plugin*> plugin_for(const Api& api, const std::string& id, std::string_view extension);

/// The seed of an audit: the first 8 bytes, big-endian, of an HMAC of its id under the server's key file. Without that
/// nobody can calculate it beforehand; the same as long as the newest key is.
std::uint64_t seed_of(const Api& api, const RecordRow& audit);

/// What the evidence that an input of report/1 names says, by the files of the organisation of who asks.
EvidenceReader evidence_in(const Api& api, const Json& report_input);

/// Where each question of a catalogue goes in another version of it: {plugin, plugin_version, from_hash, to_hash,
/// mapping, new}, by the plugin that offers it or another one with migrate/1 that knows both. A proposal. Refuses as
/// unsupported when there is none.
Result<Json> propose_mapping(const Api& api, const PinnedCatalogue& from, const OfferedCatalogue& to,
                             const std::string& language);

/// What plugins say of the answers to one catalogue.
struct ScoredCatalogue {
  Json scored = Json::array();      // {plugin, version, title, minimum, maximum, scores}, by plugin
  Json not_scored = Json::array();  // {plugin, version, title, reason}: of those that failed or had no time
};

/// Scores of each catalogue of an audit, in the order of `inputs` (commands/checklist_inputs.h), by every plugin that
/// scores it. One that fails is no fault of the others: it is told beside them, and not asked again for the next
/// catalogue; one in quarantine is not asked at all. Refuses what is no plugin's fault, such as an input that is not
/// valid.
Result<std::vector<ScoredCatalogue>> scores_of(const Api& api, const std::vector<Json>& inputs,
                                               const std::string& language);

}  // namespace assay
