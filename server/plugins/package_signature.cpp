// The signature of a package as text.
#include "plugins/package_signature.h"

#include <fmt/format.h>

#include "ledger/digest.h"

namespace assay {
namespace {

constexpr std::string_view algorithm = "ed25519 ";
constexpr std::size_t key_digits = 64, signature_bytes = 64;

}  // namespace

std::string signature_text(const SigningKey& key, std::string_view manifest_text) {
  return fmt::format("{}{} {}\n", algorithm, key.public_key().id(), to_base64(key.sign(manifest_text)));
}

Result<PackageSignature> parse_signature(std::string_view text, const std::filesystem::path& file) {
  const auto no = [&](std::string_view reason) {
    return refuse(Reason::invalid, fmt::format("{}: {}", file.string(), reason));
  };
  if (!text.starts_with(algorithm)) return no("the signature is not of the form `ed25519 KEY SIGNATURE`");
  text.remove_prefix(algorithm.size());
  if (text.size() < key_digits + 2 || text[key_digits] != ' ' || text.back() != '\n')
    return no("the signature is not of the form `ed25519 KEY SIGNATURE`");
  const std::string_view key = text.substr(0, key_digits);
  if (!from_hex(key) || key.find_first_of("ABCDEF") != std::string_view::npos)
    return no("the signature names its key by no 64 lower-case hex digits");
  auto bytes = from_base64(text.substr(key_digits + 1, text.size() - key_digits - 2));
  if (!bytes || bytes->size() != signature_bytes) return no("the signature is not 64 bytes in base64");
  return PackageSignature{std::string(key), std::move(*bytes)};
}

}  // namespace assay
