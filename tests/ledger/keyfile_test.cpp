// The key file: permissions, damage, rotation; sealed secrets: tampering, context.
#include "ledger/keyfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "ledger/digest.h"

namespace assay::test::keyfile_test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "assay-keyfile-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
};

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const KeyfileError& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("a key file is created for its owner only, once, and opens again") {
  const Folder folder;
  const auto path = folder.path / "keys";
  const ::mode_t before = ::umask(0);
  const auto created = Keyfile::create(path);
  ::umask(before);
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  const auto content = read(path);
  CHECK_THAT(message_of([&] { Keyfile::create(path); }), ContainsSubstring("cannot be created"));
  CHECK(read(path) == content);

  const auto sealed = created.seal("whsec_secret", "endpoint/1");
  const auto opened = Keyfile::open(path);
  CHECK(opened.open(sealed, "endpoint/1") == "whsec_secret");
  CHECK(opened.newest_id() == created.newest_id());
}

TEST_CASE("create() does not write through a symbolic link and removes nothing") {
  const Folder folder;
  fs::create_symlink(folder.path / "elsewhere", folder.path / "keys");
  CHECK_THROWS_AS(Keyfile::create(folder.path / "keys"), KeyfileError);
  CHECK_FALSE(fs::exists(folder.path / "elsewhere"));
  CHECK(fs::is_symlink(folder.path / "keys"));
}

TEST_CASE("a key file that others may read or write is refused") {
  const Folder folder;
  const auto path = folder.path / "keys";
  Keyfile::create(path);
  for (const ::mode_t mode : {0640U, 0604U, 0660U, 0610U, 0602U, 0644U, 0777U}) {
    INFO(std::oct << mode);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK_THAT(message_of([&] { Keyfile::open(path); }), ContainsSubstring("0600"));
  }
  REQUIRE(::chmod(path.c_str(), 0400) == 0);
  CHECK_NOTHROW(Keyfile::open(path));
}

TEST_CASE("a key file that is missing, damaged or no key file is refused and says why") {
  const Folder folder;
  const auto path = folder.path / "keys";
  CHECK_THAT(message_of([&] { Keyfile::open(path); }), ContainsSubstring("No such file"));
  CHECK_THAT(message_of([&] { Keyfile::open(folder.path); }), ContainsSubstring("not a plain file"));
  Keyfile::create(path);
  const auto good = read(path);

  struct Row {
    const char* what;
    std::string text, message;
  };
  auto changed_key = good, changed_id = good, changed_head = good, no_base64 = good;
  changed_key[30] = changed_key[30] == 'A' ? 'B' : 'A';
  changed_id[13] = changed_id[13] == '0' ? '1' : '0';
  changed_head[0] = 'A';
  no_base64[30] = '!';
  const std::vector<Row> rows = {
      {"empty", "", "wrong size"},
      {"head only", "assay-keys/1\n", "wrong size"},
      {"cut", good.substr(0, good.size() - 1), "wrong size"},
      {"longer", good + "\n", "wrong size"},
      {"huge", good + std::string(54UL * 400, 'a'), "wrong size"},
      {"key changed", changed_key, "line 2 the id is not that of the key"},
      {"id changed", changed_id, "line 2 the id is not that of the key"},
      {"head changed", changed_head, "does not begin with"},
      {"not base64", no_base64, "line 2 is not an id and a key"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    write(path, row.text);
    CHECK_THAT(message_of([&] { Keyfile::open(path); }), ContainsSubstring(row.message));
  }
}

TEST_CASE("messages about a key file never tell a key") {
  const Folder folder;
  const auto path = folder.path / "keys";
  Keyfile::create(path);
  auto text = read(path);
  const auto key = text.substr(22, 44);
  text[13] = text[13] == '0' ? '1' : '0';
  write(path, text);
  CHECK_THAT(message_of([&] { Keyfile::open(path); }), !ContainsSubstring(key.substr(0, 8)));
}

TEST_CASE("what is sealed opens to the same bytes") {
  const Folder folder;
  const auto keys = Keyfile::create(folder.path / "keys");
  const auto plaintext = GENERATE(as<std::string>{}, "", "a", std::string("\0\xff\n", 3), std::string(100'000, 'x'));
  const auto sealed = keys.seal(plaintext, "place");
  CHECK(keys.open(sealed, "place") == plaintext);
  CHECK(sealed.starts_with("v1." + keys.newest_id() + "."));
  CHECK(sealed != keys.seal(plaintext, "place"));  // another nonce each time
}

TEST_CASE("any change of a sealed text, its context or its key is noticed") {
  const Folder folder;
  const auto keys = Keyfile::create(folder.path / "keys");
  const auto others = Keyfile::create(folder.path / "others");
  const auto sealed = keys.seal("a secret", "endpoint/1");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (const char c : {'A', 'b', '0', '.', '~'}) {
      auto changed = sealed;
      if (changed[at] == c) continue;
      changed[at] = c;
      INFO(changed);
      CHECK_THROWS_AS(keys.open(changed, "endpoint/1"), KeyfileError);
    }
    CHECK_THROWS_AS(keys.open(sealed.substr(0, at), "endpoint/1"), KeyfileError);
  }
  CHECK_THROWS_AS(keys.open(sealed + "A", "endpoint/1"), KeyfileError);
  CHECK_THAT(message_of([&] { keys.open(sealed, "endpoint/2"); }), ContainsSubstring("belongs to another place"));
  CHECK_THAT(message_of([&] { others.open(sealed, "endpoint/1"); }), ContainsSubstring("does not hold"));
}

TEST_CASE("rotation puts a new key in front and keeps the old one") {
  const Folder folder;
  const auto path = folder.path / "keys";
  const auto old = Keyfile::create(path);
  const auto sealed = old.seal("a secret", "place");
  const auto rotated = Keyfile::rotate(path);
  CHECK(rotated.newest_id() != old.newest_id());
  CHECK(rotated.needs_reseal(sealed));
  CHECK(rotated.open(sealed, "place") == "a secret");
  const auto anew = rotated.seal("a secret", "place");
  CHECK_FALSE(rotated.needs_reseal(anew));
  CHECK_THROWS_AS(old.open(anew, "place"), KeyfileError);
  const auto reopened = Keyfile::open(path);
  CHECK(reopened.open(sealed, "place") == "a secret");
  CHECK(reopened.open(anew, "place") == "a secret");
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK_FALSE(fs::exists(path.string() + ".new"));
}

TEST_CASE("fingerprints tell texts and places apart, and only who has the key can make them") {
  const Folder folder, other;
  const Keyfile keys = Keyfile::create(folder.path / "keys");
  const std::string print = keys.fingerprint("text", "place");
  CHECK(print.size() == 64);
  CHECK(print == keys.fingerprint("text", "place"));
  CHECK(print == Keyfile::open(folder.path / "keys").fingerprint("text", "place"));
  CHECK(print != keys.fingerprint("texts", "place"));
  CHECK(print != keys.fingerprint("text", "another place"));
  CHECK(print != Keyfile::create(other.path / "keys").fingerprint("text", "place"));
}

}  // namespace
}  // namespace assay::test::keyfile_test
