// A dossier: what a decision rests on, frozen by hash, so that anybody can tell whether it has changed since.
#pragma once

#include <string>
#include <vector>

#include "domain/facts.h"

namespace assay {

/// The records at the end of the paths from `of`, each once, by id, without `of` itself: {"at", "hash", "records":
/// [{"id", "type", "number", "state", "hash"}]}. A record's hash is the SHA-256 of the canonical text of {"fields",
/// "state"}, the whole hash that of the canonical text of "records"; both as 64 hex digits.
Json frozen(const Facts& facts, RecordId of, const std::vector<std::string>& paths, Instant at);

}  // namespace assay
