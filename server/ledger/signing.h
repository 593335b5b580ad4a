// Ed25519 (RFC 8032): keys as PEM files that other tools read, and signatures.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace assay {

/// A key file cannot be read or written; what() is a sentence for the operator that names the file.
struct SigningKeyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A public key. A value.
class PublicKey {
 public:
  static constexpr std::size_t size = 32;

  /// Of 32 raw bytes; nothing for any other number.
  static std::optional<PublicKey> of(std::string_view raw);
  /// Reads a PEM file of at most 16 KiB with a SubjectPublicKeyInfo (RFC 8410). Throws SigningKeyError.
  static PublicKey read(const std::filesystem::path& path);

  std::string_view raw() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  /// SHA-256 of the raw bytes as 64 hex digits: how people name the key.
  std::string id() const;
  std::string pem() const;
  /// Of exactly these bytes. `signature` is raw; any that has not 64 bytes is wrong.
  bool verifies(std::string_view bytes, std::string_view signature) const;

 private:
  std::array<std::uint8_t, size> bytes_ = {};
};

/// A private key.
class SigningKey {
 public:
  /// Makes a key, written as PKCS #8 in PEM to a new file of mode 0600 that is on disk on return. Throws
  /// SigningKeyError, also when there is something under that name.
  static SigningKey create(const std::filesystem::path& path);
  /// Throws SigningKeyError when the file is no plain file, can be read or written by other users, or holds no Ed25519
  /// key.
  static SigningKey open(const std::filesystem::path& path);

  PublicKey public_key() const;
  /// 64 raw bytes.
  std::string sign(std::string_view bytes) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit SigningKey(evp_pkey_st* key) : key_(key) {}
  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace assay
