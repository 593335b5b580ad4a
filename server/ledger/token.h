// Bearer tokens: a prefix that secret scanners know, 30 random characters and a checksum; only their SHA-256 is stored.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

inline constexpr std::string_view personal_token_prefix = "assay_";
inline constexpr std::string_view session_token_prefix = "assays_";
inline constexpr std::string_view setup_token_prefix = "assayi_";  // the one-time link that makes the first account

/// Random bytes that make_token() takes; about half of them are spare for what rejection drops.
inline constexpr std::size_t token_random_bytes = 64;

/// `prefix`, 30 characters of [0-9A-Za-z] drawn without bias (178 bits), and 6 that are the CRC-32 of the 30 in
/// base 62. `random` are token_random_bytes unpredictable bytes. Throws std::invalid_argument for fewer, and
/// std::runtime_error if too few of them can be used, which random bytes do not bring about.
std::string make_token(std::string_view prefix, std::string_view random);
/// The same with bytes from random_bytes().
std::string make_token(std::string_view prefix);

/// True if `token` is `prefix`, 36 characters of base 62, and the checksum holds: worth a look into the database.
bool well_formed(std::string_view token, std::string_view prefix);

/// What is stored and looked up in place of the token: its SHA-256 as 64 hex digits.
std::string token_hash(std::string_view token);

}  // namespace assay
