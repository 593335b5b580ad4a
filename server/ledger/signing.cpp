// Ed25519 by OpenSSL.
#include "ledger/signing.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "ledger/digest.h"

namespace assay {
namespace {

constexpr std::size_t signature_size = 64;
constexpr off_t largest_pem = 16 * 1024;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreePublic {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

[[noreturn]] void fail_key(const std::filesystem::path& path, const std::string& what) {
  throw SigningKeyError(path.string() + ": " + what);
}
[[noreturn]] void fail_key_errno(const std::filesystem::path& path, const std::string& what) {
  fail_key(path, what + ": " + std::generic_category().message(errno));
}

/// A descriptor that is closed at the end of its scope.
struct OpenFile {
  int number;
  explicit OpenFile(int opened) : number(opened) {}
  ~OpenFile() {
    if (number >= 0) ::close(number);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
};

std::string read_pem(const std::filesystem::path& path, bool secret) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) fail_key_errno(path, "cannot be opened");
  struct stat status{};
  if (::fstat(file.number, &status) != 0) fail_key_errno(path, "cannot be examined");
  if (!S_ISREG(status.st_mode)) fail_key(path, "is not a plain file");
  if (status.st_size > largest_pem) fail_key(path, "is too large for a key");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(file.number, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_key_errno(path, "cannot be read");
    if (got == 0) fail_key(path, "became shorter while it was read");
    filled += static_cast<std::size_t>(got);
  }
  if (secret && text.starts_with("-----BEGIN PUBLIC KEY"))
    fail_key(path, "is a public key: the private one beside it signs");
  if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    fail_key(path, "can be read or written by other users: set its mode to 0600");
  return text;
}

/// Written whole and synced, its name too, or not there.
void write_secret(const std::filesystem::path& path, std::string_view text) {
  const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.number < 0) fail_key_errno(path, "cannot be created");
  while (!text.empty()) {
    const ssize_t written = ::write(file.number, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (text.empty() && ::fsync(file.number) == 0) {
    const OpenFile parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.number >= 0 && ::fsync(parent.number) == 0) return;
  }
  const int error = errno;
  ::unlink(path.c_str());
  errno = error;
  fail_key_errno(path, "cannot be written");
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Bio bio_over(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

/// No file asks for a passphrase at a terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

PublicKey public_of(EVP_PKEY* key) {
  std::array<unsigned char, PublicKey::size> raw;
  std::size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &length) != 1) throw std::runtime_error("an Ed25519 key failed");
  return *PublicKey::of({reinterpret_cast<const char*>(raw.data()), length});
}

}  // namespace

std::optional<PublicKey> PublicKey::of(std::string_view raw) {
  if (raw.size() != size) return {};
  PublicKey key;
  std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(key.bytes_.data()));
  return key;
}

PublicKey PublicKey::read(const std::filesystem::path& path) {
  const std::string text = read_pem(path, false);
  const Bio bio = bio_over(text);
  const std::unique_ptr<EVP_PKEY, FreePublic> key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) fail_key(path, "is no public Ed25519 key in PEM");
  return public_of(key.get());
}

std::string PublicKey::id() const { return sha256_hex(raw()); }

std::string PublicKey::pem() const {
  const std::unique_ptr<EVP_PKEY, FreePublic> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_.data(), bytes_.size()));
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!key || !bio || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) {
    throw std::runtime_error("a public key cannot be written as PEM");
  }
  return text_of(bio.get());
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  if (signature.size() != signature_size) return false;
  const std::unique_ptr<EVP_PKEY, FreePublic> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_.data(), bytes_.size()));
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  if (!key || !context) throw std::runtime_error("a signature cannot be verified");
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(bytes), bytes.size()) == 1;
}

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey SigningKey::create(const std::filesystem::path& path) {
  SigningKey made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (!made.key_ || !bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), made.key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error("an Ed25519 key cannot be made");
  }
  std::string text = text_of(bio.get());
  write_secret(path, text);
  OPENSSL_cleanse(text.data(), text.size());
  return made;
}

SigningKey SigningKey::open(const std::filesystem::path& path) {
  std::string text = read_pem(path, true);
  const Bio bio = bio_over(text);
  SigningKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  OPENSSL_cleanse(text.data(), text.size());
  if (!key.key_ || EVP_PKEY_get_base_id(key.key_.get()) != EVP_PKEY_ED25519) {
    fail_key(path, "is no private Ed25519 key in PEM without a passphrase");
  }
  return key;
}

PublicKey SigningKey::public_key() const { return public_of(key_.get()); }

std::string SigningKey::sign(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::string signature(signature_size, '\0');
  std::size_t length = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, octets(bytes),
                     bytes.size()) != 1) {
    throw std::runtime_error("Ed25519 failed");
  }
  return signature;
}

}  // namespace assay
