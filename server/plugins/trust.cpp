// Which plugin packages are trusted, and for what.
#include "plugins/trust.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ledger/digest.h"
#include "plugins/package_signature.h"
#include "plugins/semantic_version.h"

namespace assay {
namespace {

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool covers(const std::string& prefix, const std::string& id) {
  return id == prefix || (id.starts_with(prefix) && id[prefix.size()] == '.');
}

TrustedKey key_from(const Json& facts) {
  const auto raw = from_base64(facts.at("public_key").get<std::string>());
  const auto key = raw ? PublicKey::of(*raw) : std::nullopt;
  if (!key) throw std::runtime_error("its public key is none");
  TrustedKey trusted{*key,
                     facts.at("owner"),
                     facts.at("ids").get<std::vector<std::string>>(),
                     facts.at("extensions").get<std::vector<std::string>>(),
                     facts.at("tiers").get<std::vector<std::string>>(),
                     {}};
  if (!facts.at("not_after").is_null()) {
    trusted.not_after = parse_date(facts.at("not_after").get<std::string>());
    if (!trusted.not_after) throw std::runtime_error("its last day is none");
  }
  return trusted;
}

void take_package(PluginTrust& trust, const PluginAct& act) {
  const std::string hash = act.facts.at("hash");
  if (act.act == "package_installed") {
    const std::string id = act.facts.at("id"), version = act.facts.at("version");
    trust.packages[hash] = {hash, id, version, act.facts.at("key"), act.at, false};
    trust.versions[id].emplace(version, hash);
  } else if (act.act == "package_retired") {
    trust.packages.at(hash).retired = true;
  } else if (act.act == "package_removed") {
    trust.packages.erase(hash);
  } else if (act.act == "package_revoked") {
    trust.revoked_packages[hash] = act.facts.at("reason");
  } else {
    throw std::runtime_error("this version does not know it");
  }
}

void take_act(PluginTrust& trust, const PluginAct& act) {
  if (act.act == "key_trusted") {
    TrustedKey key = key_from(act.facts);
    std::string id = key.key.id();
    trust.keys.insert_or_assign(std::move(id), std::move(key));
  } else if (act.act == "key_removed") {
    trust.keys.erase(act.facts.at("key").get<std::string>());
  } else if (act.act == "key_revoked") {
    trust.revoked_keys[act.facts.at("key")] = act.facts.at("reason");
  } else if (act.act == "ids_allowed") {
    trust.allowed_ids.reset();
    if (!act.facts.at("ids").is_null()) trust.allowed_ids = act.facts.at("ids").get<std::vector<std::string>>();
  } else {
    take_package(trust, act);
  }
}

}  // namespace

bool TrustedKey::allows_in_process() const { return contains(tiers, tier_in_process); }

std::optional<std::string> PluginTrust::newest(const std::string& id) const {
  const auto known = versions.find(id);
  if (known == versions.end()) return {};
  const auto last = std::max_element(
      known->second.begin(), known->second.end(),
      [](const auto& left, const auto& right) { return compare_versions(left.first, right.first) < 0; });
  return last->first;
}

PluginTrust trust_of(const std::vector<PluginAct>& acts) {
  PluginTrust trust;
  for (const PluginAct& act : acts) {
    try {
      take_act(trust, act);
    } catch (const std::exception& error) {
      throw PluginJournalError(fmt::format("line {}: {}: {}", act.number, act.act, error.what()));
    }
  }
  return trust;
}

Json facts_of(const TrustedKey& key) {
  return {{"public_key", to_base64(key.key.raw())},
          {"key", key.key.id()},
          {"owner", key.owner},
          {"ids", key.ids},
          {"extensions", key.extensions},
          {"tiers", key.tiers},
          {"not_after", key.not_after ? Json(to_text(*key.not_after)) : Json(nullptr)}};
}

Result<void> not_revoked(const PluginTrust& trust, const PackageHead& package, const std::filesystem::path& file) {
  const auto no = [&](const std::string& reason) {
    return refuse(Reason::not_permitted, fmt::format("{}: {}", file.string(), reason));
  };
  const std::string& hash = package.manifest.hash;
  if (const auto revoked = trust.revoked_packages.find(hash); revoked != trust.revoked_packages.end())
    return no(fmt::format("the package {} is revoked: {}", hash, revoked->second));
  if (package.signature.empty()) return {};
  const auto signature = parse_signature(package.signature, file);
  if (!signature) return signature.error();
  if (const auto revoked = trust.revoked_keys.find(signature->key); revoked != trust.revoked_keys.end())
    return no(fmt::format("is signed with key id {}, which is revoked: {}", signature->key, revoked->second));
  return {};
}

Result<const TrustedKey*> vouched(const PluginTrust& trust, const PackageHead& package,
                                  const std::filesystem::path& file, Date day) {
  const auto no = [&](const std::string& reason, Reason kind = Reason::not_permitted) {
    return refuse(kind, fmt::format("{}: {}", file.string(), reason));
  };
  const Manifest& manifest = package.manifest;
  if (auto fine = not_revoked(trust, package, file); !fine) return fine.error();
  if (package.signature.empty()) return no("is not signed: there is no manifest.sig (`assay plugin sign`)");
  const auto signature = parse_signature(package.signature, file);
  if (!signature) return signature.error();
  const auto found = trust.keys.find(signature->key);
  if (found == trust.keys.end())
    return no(fmt::format("is signed with key id {}, which is not trusted (`assay plugin trust add`)", signature->key));
  const TrustedKey& key = found->second;
  if (!key.key.verifies(package.text, signature->bytes))
    return no("the signature is wrong: the manifest is not what the key has signed", Reason::invalid);
  if (key.not_after && day > *key.not_after)
    return no(fmt::format("the key of {} expired: its last day was {}", key.owner, to_text(*key.not_after)));
  if (std::none_of(key.ids.begin(), key.ids.end(), [&](const auto& prefix) { return covers(prefix, manifest.id); }))
    return no(fmt::format("the key of {} may not sign {}, only {}", key.owner, manifest.id, fmt::join(key.ids, ", ")));
  for (const std::string& extension : manifest.extensions) {
    if (!key.extensions.empty() && !contains(key.extensions, extension))
      return no(fmt::format("the key of {} may not sign the extension {}", key.owner, extension));
  }
  if (trust.allowed_ids && !contains(*trust.allowed_ids, manifest.id))
    return no(fmt::format("the plugin {} is not on the list of allowed ones", manifest.id));
  return &key;
}

}  // namespace assay
