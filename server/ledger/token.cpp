// Making and recognising bearer tokens.
#include "ledger/token.h"

#include <boost/crc.hpp>
#include <cstdint>
#include <stdexcept>

#include "ledger/digest.h"
#include "ledger/random.h"

namespace assay {
namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t random_characters = 30;
constexpr std::size_t checksum_characters = 6;

std::string checksum(std::string_view characters) {
  boost::crc_32_type crc;
  crc.process_bytes(characters.data(), characters.size());
  std::uint32_t rest = crc.checksum();
  std::string text(checksum_characters, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, rest /= 62) *digit = base62[rest % 62];
  return text;
}

}  // namespace

std::string make_token(std::string_view prefix, std::string_view random) {
  if (random.size() < token_random_bytes) throw std::invalid_argument("too few random bytes for a token");
  std::string characters;
  for (const char c : random) {
    const auto byte = static_cast<unsigned char>(c);
    // 248 is the largest multiple of 62 in a byte: what lies above would favour the first eight characters.
    if (byte >= 248) continue;
    characters += base62[byte % 62];
    if (characters.size() == random_characters) return std::string(prefix) + characters + checksum(characters);
  }
  throw std::runtime_error("the bytes for a token are not random");
}

std::string make_token(std::string_view prefix) { return make_token(prefix, random_bytes(token_random_bytes)); }

bool well_formed(std::string_view token, std::string_view prefix) {
  if (!token.starts_with(prefix)) return false;
  token.remove_prefix(prefix.size());
  if (token.size() != random_characters + checksum_characters) return false;
  if (token.find_first_not_of(base62) != std::string_view::npos) return false;
  return checksum(token.substr(0, random_characters)) == token.substr(random_characters);
}

std::string token_hash(std::string_view token) { return sha256_hex(token); }

}  // namespace assay
