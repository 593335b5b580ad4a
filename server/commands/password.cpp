// Password hashes by libargon2.
#include "commands/password.h"

#include <argon2.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace assay {
namespace {

struct Turns {
  std::mutex mutex;
  std::condition_variable free;
  PasswordLoad load{std::max(2U, std::thread::hardware_concurrency())};
};
Turns& turns() {
  static Turns all;
  return all;
}

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

std::string parameters(const PasswordCost& cost) {
  return fmt::format("$argon2id$v={}$m={},t={},p={}$", static_cast<int>(ARGON2_VERSION_NUMBER), cost.memory_kib,
                     cost.passes, cost.lanes);
}

}  // namespace

PasswordTurn::PasswordTurn() {
  Turns& all = turns();
  std::unique_lock lock(all.mutex);
  ++all.load.waiting;
  all.free.wait(lock, [&] { return all.load.running < all.load.limit; });
  --all.load.waiting;
  ++all.load.running;
  ++all.load.all;
  all.load.most = std::max(all.load.most, all.load.running);
}

PasswordTurn::~PasswordTurn() {
  Turns& all = turns();
  {
    const std::lock_guard lock(all.mutex);
    --all.load.running;
  }
  all.free.notify_one();
}

PasswordLoad password_load() {
  Turns& all = turns();
  const std::lock_guard lock(all.mutex);
  return all.load;
}

std::string hash_password(std::string_view password, std::string_view salt, const PasswordCost& cost) {
  if (salt.size() != salt_bytes) throw std::invalid_argument("the salt of a password is 16 bytes");
  if (password.size() > max_password_bytes) throw std::invalid_argument("the password is too long");
  std::string encoded(argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, salt_bytes, hash_bytes, Argon2_id),
                      '\0');
  const PasswordTurn turn;
  const int code = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(), password.size(),
                                         salt.data(), salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (code != ARGON2_OK) throw std::runtime_error(fmt::format("argon2id: {}", argon2_error_message(code)));
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool password_matches(std::string_view password, const std::string& encoded) {
  if (password.size() > max_password_bytes) return false;
  const PasswordTurn turn;
  const int code = argon2id_verify(encoded.c_str(), password.data(), password.size());
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  return code == ARGON2_OK;
}

void spend_password_check(std::string_view password, const PasswordCost& cost) {
  hash_password(password.substr(0, max_password_bytes), std::string(salt_bytes, '\0'), cost);
}

bool needs_rehash(std::string_view encoded, const PasswordCost& cost) { return !encoded.starts_with(parameters(cost)); }

}  // namespace assay
