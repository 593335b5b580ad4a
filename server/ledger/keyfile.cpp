// The key file on disk, and AES-256-GCM with its keys.
#include "ledger/keyfile.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "ledger/digest.h"
#include "ledger/random.h"

namespace assay {
namespace {

constexpr std::string_view file_head = "assay-keys/1\n";
constexpr std::string_view sealed_head = "v1.";
constexpr std::size_t id_size = 8, key_size = 32, nonce_size = 12, tag_size = 16;
constexpr std::size_t key_line = id_size + 1 + 44 + 1;  // id, space, base64 of 32 bytes, end of line
constexpr off_t largest_file = 16 * 1024;               // some 300 keys

/// A file descriptor that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

/// A text that is wiped when it goes.
struct Secret {
  std::string text;
  explicit Secret(std::string value) : text(std::move(value)) {}
  ~Secret() { OPENSSL_cleanse(text.data(), text.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
};

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
  throw KeyfileError("key file " + path.string() + " " + std::string(what));
}
[[noreturn]] void fail_errno(const std::filesystem::path& path, std::string_view what) {
  const std::string reason = std::strerror(errno);
  fail(path, std::string(what) + ": " + reason);
}

void sync_folder(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0 || ::fsync(descriptor.get()) != 0) fail_errno(path, "cannot sync its folder");
}

/// Writes a file that must not exist yet and syncs it; what was begun is removed on failure.
void write_new(const std::filesystem::path& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) fail_errno(path, "cannot be created");
  try {
    while (!text.empty()) {
      const auto written = ::write(file.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail_errno(path, "cannot be written");
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) fail_errno(path, "cannot be synced");
  } catch (const KeyfileError&) {
    ::unlink(path.c_str());
    throw;
  }
}

void check_file(const std::filesystem::path& path, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) fail(path, "is not a plain file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) fail(path, "belongs to another user");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    fail(path, "can be read or written by other users: set its mode to 0600");
  }
  const auto rest = status.st_size - static_cast<off_t>(file_head.size());
  if (rest <= 0 || status.st_size > largest_file || rest % static_cast<off_t>(key_line) != 0) {
    fail(path, "has a wrong size: it is not complete, or not a key file");
  }
}

std::string read_checked(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) fail_errno(path, "cannot be opened");
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) fail_errno(path, "cannot be examined");
  check_file(path, status);
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto got = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_errno(path, "cannot be read");
    if (got == 0) fail(path, "became shorter while it was read");
    filled += static_cast<std::size_t>(got);
  }
  return text;
}

/// What the tag covers beside the text: everything that decides how it is read, and the place it belongs to.
std::string associated_data(std::string_view head_and_id, std::string_view context) {
  return std::string(head_and_id) + "." + std::string(context);
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

int length_of(std::string_view bytes) {
  if (bytes.size() > 1'000'000) throw std::length_error("a secret of more than a megabyte is not sealed");
  return static_cast<int>(bytes.size());
}

std::string encrypt(const std::array<std::uint8_t, key_size>& key, std::string_view nonce, std::string_view plaintext,
                    std::string_view associated) {
  const Cipher cipher(EVP_CIPHER_CTX_new());
  std::string output(plaintext.size() + tag_size, '\0');
  int length = 0;
  const int size = length_of(plaintext);
  if (!cipher || EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), raw(nonce), nullptr) != 1 ||
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, raw(associated), length_of(associated)) != 1 ||
      EVP_EncryptUpdate(cipher.get(), raw(output), &length, raw(plaintext), size) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), raw(output) + size, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, raw(output) + size) != 1) {
    throw std::runtime_error("AES-256-GCM failed");
  }
  return output;
}

std::optional<std::string> decrypt(const std::array<std::uint8_t, key_size>& key, std::string_view nonce,
                                   std::string_view text_and_tag, std::string_view associated) {
  const auto text = text_and_tag.substr(0, text_and_tag.size() - tag_size);
  std::string tag(text_and_tag.substr(text.size()));
  const Cipher cipher(EVP_CIPHER_CTX_new());
  std::string output(text.size(), '\0');
  int length = 0;
  const int size = length_of(text);
  if (!cipher || EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), raw(nonce), nullptr) != 1 ||
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, raw(associated), length_of(associated)) != 1 ||
      EVP_DecryptUpdate(cipher.get(), raw(output), &length, raw(text), size) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, raw(tag)) != 1) {
    throw std::runtime_error("AES-256-GCM failed");
  }
  if (EVP_DecryptFinal_ex(cipher.get(), raw(output) + size, &length) != 1) {
    OPENSSL_cleanse(output.data(), output.size());
    return {};
  }
  return output;
}

/// The id follows from the key, so a line that was damaged by hand is noticed when the file is read.
std::string id_of(std::string_view key) {
  return to_hex(bytes_of(hmac_sha256(key, "assay key id"))).substr(0, id_size);
}

}  // namespace

Keyfile::Key::Key() : bytes{} {}
Keyfile::Key::~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

Keyfile::Key Keyfile::Key::fresh() {
  const Secret random(random_bytes(key_size));
  Key key;
  std::copy(random.text.begin(), random.text.end(), key.bytes.begin());
  key.id = id_of(random.text);
  return key;
}

std::string Keyfile::text_of(const std::vector<Key>& keys) {
  std::string text;
  text.reserve(file_head.size() + keys.size() * key_line);  // grown, it would leave copies behind
  text += file_head;
  for (const auto& key : keys) {
    const Secret encoded(to_base64({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}));
    text.append(key.id).append(" ").append(encoded.text).append("\n");
  }
  return text;
}

std::vector<Keyfile::Key> Keyfile::parse(std::string_view text, const std::filesystem::path& path) {
  if (!text.starts_with(file_head)) fail(path, "does not begin with assay-keys/1");
  text.remove_prefix(file_head.size());
  std::vector<Key> keys;
  keys.reserve(text.size() / key_line);
  for (; !text.empty(); text.remove_prefix(key_line)) {
    const auto line = text.substr(0, key_line);
    auto decoded = from_base64(line.substr(id_size + 1, key_line - id_size - 2));
    if (!decoded || decoded->size() != key_size || line[id_size] != ' ' || line.back() != '\n') {
      fail(path, "is damaged: line " + std::to_string(keys.size() + 2) + " is not an id and a key");
    }
    const Secret bytes(std::move(*decoded));
    Key key;
    key.id = line.substr(0, id_size);
    if (key.id != id_of(bytes.text)) {
      fail(path, "is damaged: in line " + std::to_string(keys.size() + 2) + " the id is not that of the key");
    }
    std::copy(bytes.text.begin(), bytes.text.end(), key.bytes.begin());
    keys.push_back(key);
  }
  return keys;
}

Keyfile Keyfile::create(const std::filesystem::path& path) {
  std::vector<Key> keys;
  keys.push_back(Key::fresh());
  const Secret text(text_of(keys));
  write_new(path, text.text);
  sync_folder(path);
  return Keyfile(std::move(keys));
}

Keyfile Keyfile::open(const std::filesystem::path& path) {
  const Secret text(read_checked(path));
  return Keyfile(parse(text.text, path));
}

Keyfile Keyfile::rotate(const std::filesystem::path& path) {
  Keyfile file = open(path);
  file.keys_.insert(file.keys_.begin(), Key::fresh());
  const Secret text(text_of(file.keys_));
  if (text.text.size() > static_cast<std::size_t>(largest_file)) fail(path, "holds too many keys");
  // Of two rotations at a time one fails here instead of losing the other's key.
  const std::filesystem::path beside = path.string() + ".new";
  write_new(beside, text.text);
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(beside.c_str());
    errno = reason;
    fail_errno(path, "cannot be replaced");
  }
  sync_folder(path);
  return file;
}

std::string Keyfile::seal(std::string_view plaintext, std::string_view context) const {
  const Key& key = keys_.front();
  const std::string head = std::string(sealed_head) + key.id;
  const std::string nonce = random_bytes(nonce_size);
  return head + "." + to_base64url(nonce + encrypt(key.bytes, nonce, plaintext, associated_data(head, context)));
}

std::string Keyfile::open(std::string_view sealed, std::string_view context) const {
  const std::size_t head_size = sealed_head.size() + id_size;
  if (!sealed.starts_with(sealed_head) || sealed.size() <= head_size || sealed[head_size] != '.') {
    throw KeyfileError("a sealed secret is not of the form v1.<key id>.<text>");
  }
  const auto head = sealed.substr(0, head_size);
  const auto id = head.substr(sealed_head.size());
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const Key& candidate) { return candidate.id == id; });
  if (key == keys_.end()) {
    throw KeyfileError(
        "a secret is sealed with a key that the key file does not hold: was it restored without its "
        "key file?");
  }
  const auto bytes = from_base64url(sealed.substr(head_size + 1));
  std::optional<std::string> plaintext;
  if (bytes && bytes->size() >= nonce_size + tag_size) {
    const std::string_view all(*bytes);
    plaintext = decrypt(key->bytes, all.substr(0, nonce_size), all.substr(nonce_size), associated_data(head, context));
  }
  if (!plaintext)
    throw KeyfileError("a sealed secret was changed, or belongs to another place than " + std::string(context));
  return std::move(*plaintext);
}

std::string Keyfile::fingerprint(std::string_view text, std::string_view context) const {
  const auto& newest = keys_.front().bytes;
  const std::string_view key(reinterpret_cast<const char*>(newest.data()), newest.size());
  const std::string derived(bytes_of(hmac_sha256(key, "fingerprint\n" + std::string(context))));
  return to_hex(bytes_of(hmac_sha256(derived, text)));
}

bool Keyfile::needs_reseal(std::string_view sealed) const {
  return !sealed.starts_with(std::string(sealed_head) + newest_id() + ".");
}

}  // namespace assay
