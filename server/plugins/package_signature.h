// The signature of a package: Ed25519 over the exact bytes of its manifest, which holds the hash of every file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "domain/refusal.h"
#include "ledger/signing.h"

namespace assay {

/// What manifest.sig says.
struct PackageSignature {
  std::string key;    // id of the key; only to find it
  std::string bytes;  // 64
};

/// The one line of manifest.sig: "ed25519 <key id> <signature in base64>".
std::string signature_text(const SigningKey& key, std::string_view manifest_text);

/// Refused as invalid, naming `file`: anything that signature_text() does not write.
Result<PackageSignature> parse_signature(std::string_view text, const std::filesystem::path& file);

}  // namespace assay
