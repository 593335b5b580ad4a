// Ed25519: the vectors of RFC 8032, key files, and what is refused.
#include "ledger/signing.h"

#include <sys/stat.h>

#include <catch2/catch_all.hpp>
#include <fstream>

#include "ledger/digest.h"

namespace assay::test::signing_test {
namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-signing-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST_CASE("signatures of RFC 8032 are verified") {
  struct Row {
    std::string_view key, message, signature;
  };
  // Section 7.1, tests 1 to 3.
  const Row rows[] = {
      {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2"
       "46"
       "55141438e7a100b"},
      {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302ae"
       "e"
       "b00d291612bb0c00"},
      {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28"
       "dc"
       "027beceea1ec40a"},
  };
  for (const Row& row : rows) {
    const auto key = PublicKey::of(*from_hex(row.key));
    REQUIRE(key);
    std::string message = *from_hex(row.message), signature = *from_hex(row.signature);
    CHECK(key->verifies(message, signature));
    CHECK_FALSE(key->verifies(message + "x", signature));
    CHECK_FALSE(key->verifies(message, signature.substr(1)));
    signature[5] = static_cast<char>(signature[5] ^ 1);
    CHECK_FALSE(key->verifies(message, signature));
  }
  CHECK_FALSE(PublicKey::of("short"));
}

TEST_CASE("a private key is written once, for its owner alone") {
  const Folder folder;
  const auto file = folder.path / "key";
  const SigningKey made = SigningKey::create(file);
  struct stat status{};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK_THROWS_WITH(SigningKey::create(file), Catch::Matchers::ContainsSubstring("cannot be created"));
  const SigningKey opened = SigningKey::open(file);
  CHECK(opened.public_key().id() == made.public_key().id());
  CHECK(made.public_key().verifies("text", opened.sign("text")));

  const auto beside = folder.path / "key.pub";
  std::ofstream(beside) << made.public_key().pem();
  CHECK(PublicKey::read(beside).id() == made.public_key().id());
  CHECK_THROWS_WITH(PublicKey::read(file), Catch::Matchers::ContainsSubstring("no public Ed25519 key"));
  CHECK_THROWS_WITH(PublicKey::read(folder.path / "absent"), Catch::Matchers::ContainsSubstring("cannot be opened"));
  CHECK_THROWS_WITH(PublicKey::read(folder.path), Catch::Matchers::ContainsSubstring("is not a plain file"));
  CHECK_THROWS_WITH(SigningKey::open(beside), Catch::Matchers::ContainsSubstring("is a public key"));
  std::ofstream(beside) << "no key";
  ::chmod(beside.c_str(), 0600);
  CHECK_THROWS_WITH(SigningKey::open(beside), Catch::Matchers::ContainsSubstring("no private Ed25519 key"));
  ::chmod(file.c_str(), 0640);
  CHECK_THROWS_WITH(SigningKey::open(file), Catch::Matchers::ContainsSubstring("set its mode to 0600"));
}

}  // namespace
}  // namespace assay::test::signing_test
