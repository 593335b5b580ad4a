// A dossier: what a decision rests on, frozen by hash.
#include "domain/dossier.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <set>

#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay {
namespace {

std::string hash_of(const Json& value) {
  const std::string text = canonical(value);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace

Json frozen(const Facts& facts, RecordId of, const std::vector<std::string>& paths, Instant at) {
  std::set<RecordId> ids;
  for (const std::string& path : paths) {
    for (const RecordId id : walk(facts, of, path)) {
      if (id != of) ids.insert(id);
    }
  }
  Json records = Json::array();
  for (const RecordId id : ids) {
    const RecordView& record = record_at(facts, id);
    records.push_back({{"id", record.uuid},
                       {"type", record.definition->type},
                       {"number", record.number},
                       {"state", record.state},
                       {"hash", hash_of({{"fields", *record.body}, {"state", record.state}})}});
  }
  std::string hash = hash_of(records);
  return {{"at", to_text(at)}, {"hash", std::move(hash)}, {"records", std::move(records)}};
}

namespace guard {
namespace {

const Json* entry_of(const Json& records, const Json& id) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const Json& one) { return one["id"] == id; });
  return found == records.end() ? nullptr : &*found;
}

UnmetGuard moved(const GuardContext& context, const char* code, const std::string& field, const Json& entry) {
  Json values{
      {"field", field}, {"other_type", entry["type"]}, {"other_number", entry["number"]}, {"record", entry["id"]}};
  return unmet(context, "dossier_unchanged", code, std::move(values));
}

}  // namespace

Unmet dossier_unchanged(const GuardContext& context) {
  const std::string field(text_parameter(context, "dossier"));
  const auto kept = context.record.body->find(field);
  if (kept == context.record.body->end()) {
    return {unmet(context, "dossier_unchanged", "empty", {{"field", field}})};
  }
  const auto& paths = context.record.definition->fields.at(field).dossier;
  const Json& before = kept->at("records");
  const Json now = frozen(context.facts, context.record.id, paths, context.now.at);
  Unmet found;
  for (const Json& entry : before) {
    const Json* same = entry_of(now["records"], entry["id"]);
    if (!same) {
      found.push_back(moved(context, "gone", field, entry));
    } else if ((*same)["hash"] != entry["hash"]) {
      found.push_back(moved(context, "changed", field, entry));
    }
  }
  for (const Json& entry : now["records"]) {
    if (!entry_of(before, entry["id"])) found.push_back(moved(context, "added", field, entry));
  }
  return found;
}

}  // namespace guard
}  // namespace assay
