// The key file: encrypts secrets at rest, so that the database alone (a backup, a leaked disk) does not tell them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The key file cannot be used, or a sealed text cannot be opened; what() is a sentence for the operator.
struct KeyfileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One or more AES-256 keys, newest first. The newest seals, all of them open. Constant after creation: any thread.
///
/// The file is text: the line "assay-keys/1", then for each key its id (8 hex digits that follow from the key) and the
/// key in base64. It belongs to the user of the server and nobody else may read it.
class Keyfile {
 public:
  /// Makes a new file of mode 0600 with one fresh key; it is on disk, its folder synced, on return.
  /// Throws KeyfileError if `path` exists or cannot be written.
  static Keyfile create(const std::filesystem::path& path);
  /// Throws KeyfileError if the file is missing, is not a plain file, belongs to somebody else than this user or root,
  /// may be read or written by others, or is not what create() or rotate() wrote.
  static Keyfile open(const std::filesystem::path& path);
  /// Puts a fresh key in front of those in the file (written beside it, synced, renamed) and returns the new content.
  /// What was sealed before still opens; seal it anew to be rid of the old key. Throws KeyfileError.
  static Keyfile rotate(const std::filesystem::path& path);

  /// AES-256-GCM under the newest key with a random 96-bit nonce: "v1.<key id>.<base64url>". `context` names the
  /// place of the secret ("webhook_endpoint/17/secret"); it is authenticated and not part of the text, so a text that
  /// was copied to another place does not open there.
  std::string seal(std::string_view plaintext, std::string_view context) const;
  /// What was sealed. Throws KeyfileError if the text was changed, was sealed for another context or under a key that
  /// is not in the file.
  std::string open(std::string_view sealed, std::string_view context) const;
  /// What tells two texts apart without telling what they are to somebody who lacks the key file: HMAC-SHA256 in hex
  /// under a key that is derived from the newest one for this `context`.
  std::string fingerprint(std::string_view text, std::string_view context) const;
  /// True if `sealed` is not under the newest key, so it should be sealed anew.
  bool needs_reseal(std::string_view sealed) const;

  /// Id of the newest key.
  const std::string& newest_id() const { return keys_.front().id; }

 private:
  struct Key {
    std::string id;
    std::array<std::uint8_t, 32> bytes;
    Key();
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();
    static Key fresh();
  };

  explicit Keyfile(std::vector<Key> keys) : keys_(std::move(keys)) {}
  static std::vector<Key> parse(std::string_view text, const std::filesystem::path& path);
  static std::string text_of(const std::vector<Key>& keys);

  std::vector<Key> keys_;  // never empty, newest first
};

}  // namespace assay
