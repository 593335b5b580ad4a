// Password hashes: argon2id, with its parameters inside the stored text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// What one hash costs. The defaults are the first choice of the OWASP Password Storage Cheat Sheet: 19 MiB, two
/// passes.
struct PasswordCost {
  std::uint32_t memory_kib = 19 * 1024;
  std::uint32_t passes = 2;
  std::uint32_t lanes = 1;
};

/// Longer passwords are refused by hash_password() and never match.
inline constexpr std::size_t max_password_bytes = 1024;

/// One computation's turn: as many run at once in the process as it has processors, two at least; more of them would
/// take memory without being faster. The others wait. What follows takes one for each computation.
class PasswordTurn {
 public:
  PasswordTurn();
  ~PasswordTurn();
  PasswordTurn(const PasswordTurn&) = delete;
  PasswordTurn& operator=(const PasswordTurn&) = delete;
};

struct PasswordLoad {
  unsigned limit;         // of `running`
  unsigned running = 0;   // now
  unsigned waiting = 0;   // now
  unsigned most = 0;      // that ran at once since the start
  std::uint64_t all = 0;  // that have begun since the start
};
PasswordLoad password_load();

/// "$argon2id$v=19$m=..,t=..,p=..$salt$hash". `salt` is 16 random bytes. Takes tens of milliseconds and the memory of
/// `cost`; any thread. Throws std::invalid_argument for another salt size or a password that is too long, and
/// std::runtime_error if the memory is not to be had.
std::string hash_password(std::string_view password, std::string_view salt, const PasswordCost& cost = {});

/// True if `encoded` was made from `password`. Takes as long as hash_password(). False for a text that is no hash.
bool password_matches(std::string_view password, const std::string& encoded);

/// Spends the time of one password_matches() under `cost`: for the log-in of a name that does not exist, so that the
/// duration does not tell which names do.
void spend_password_check(std::string_view password, const PasswordCost& cost = {});

/// True if `encoded` was made with other parameters than `cost`: hash anew at the next log-in that succeeds.
bool needs_rehash(std::string_view encoded, const PasswordCost& cost = {});

}  // namespace assay
