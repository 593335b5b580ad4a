// The store of installed packages: what is judged again at each load, versions, the journal.
#include "plugins/package_store.h"

#include <sys/resource.h>

#include <csignal>
#include <functional>
#include <system_error>

#include "plugins/admission.h"
#include "plugins/package.h"
#include "plugins/parcels.h"

namespace assay::test::package_store_test {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("a signed package is installed once, listed by the journal, and admitted") {
  const Shop shop;
  write_parcel(shop.file, shop.good());
  const auto installed = shop.install();
  INFO((installed ? "" : installed.error().detail));
  REQUIRE(installed);
  CHECK_FALSE(installed->before);
  CHECK(installed->owner == "Example Ltd");
  const PackageStore store(shop.place, PackageStore::Use::look);
  const auto folder = store.package(installed->package.hash);
  CHECK(read_file(folder / "words.txt") == "some words");
  CHECK_FALSE(std::filesystem::exists(shop.place / "incoming"));
  CHECK(shop.install()->before);
  CHECK(PackageStore(shop.place, PackageStore::Use::look).journal().acts().size() == store.journal().acts().size());

  const auto head = read_package_folder(folder);
  REQUIRE(head);
  CHECK(verify_package(folder, head->manifest));
  const auto admission = installed_packages(store.packages(), store.trust()).admit(folder, *head);
  REQUIRE(admission);
  CHECK(admission->signer == "Example Ltd");
  CHECK(admission->key == shop.key.public_key().id());
  CHECK_FALSE(admission->in_process);
  CHECK_FALSE(admission->retired);
}

TEST_CASE("what was installed is judged again whenever it is loaded") {
  struct Row {
    std::string_view what, reason;  // empty: it is admitted
    std::function<void(const Shop&, PackageStore&, const std::string& hash)> act;
  };
  const Row rows[] = {
      {"nothing", "", [](const Shop&, PackageStore&, const std::string&) {}},
      {"revoked key", "which is revoked: found on a forum",
       [](const Shop& shop, PackageStore& store, const std::string&) {
         store.revoke_key(shop.key.public_key().id(), "found on a forum", somebody());
       }},
      {"removed key", "which is not trusted",
       [](const Shop& shop, PackageStore& store, const std::string&) {
         REQUIRE(store.remove_key(shop.key.public_key().id(), somebody()));
       }},
      {"revoked package", "is revoked: it leaks",
       [](const Shop&, PackageStore& store, const std::string& hash) {
         store.revoke_package(hash, "it leaks", somebody());
       }},
      {"narrower key", "may not sign org.example.good, only org.example.other",
       [](const Shop& shop, PackageStore& store, const std::string&) {
         REQUIRE(
             store.trust_key({shop.key.public_key(), "Ex", {"org.example.other"}, {}, {"process"}, {}}, somebody()));
       }},
      {"list of allowed ids", "not on the list of allowed ones",
       [](const Shop&, PackageStore& store, const std::string&) {
         store.allow_ids(std::vector<std::string>{"org.example.other"}, somebody());
       }},
      {"key that ended after the installation", "",
       [](const Shop& shop, PackageStore& store, const std::string&) {
         REQUIRE(store.trust_key(
             {shop.key.public_key(), "Ex", {"org.example"}, {}, {"process"}, parse_date("2026-11-28")}, somebody()));
       }},
      {"other manifest in its place", "is not what was installed here",
       [](const Shop& shop, PackageStore& store, const std::string& hash) {
         write_file(store.package(hash) / "manifest.json", shop.manifest("1.0.7").dump());
       }},
      {"other signature in its place", "the signature is wrong",
       [](const Shop& shop, PackageStore& store, const std::string& hash) {
         write_file(store.package(hash) / "manifest.sig", signature_text(shop.key, "another manifest"));
       }},
  };
  for (const Row& row : rows) {
    const Shop shop;
    write_parcel(shop.file, shop.good());
    const auto installed = shop.install();
    REQUIRE(installed);
    const std::string hash = installed->package.hash;
    PackageStore store(shop.place, PackageStore::Use::change);
    row.act(shop, store, hash);
    const auto head = read_package_folder(store.package(hash));
    REQUIRE(head);
    const auto admitted = installed_packages(store.packages(), store.trust()).admit(store.package(hash), *head);
    INFO(row.what << ": " << (admitted ? "admitted" : admitted.error().detail));
    CHECK(admitted.has_value() == row.reason.empty());
    if (!admitted) CHECK_THAT(admitted.error().detail, ContainsSubstring(std::string(row.reason)));
  }
}

TEST_CASE("a package that is signed anew takes the place of the one whose key is trusted no more") {
  const Shop shop;
  write_parcel(shop.file, shop.good());
  REQUIRE(shop.install());
  const SigningKey& fresh = shop.unknown;
  {
    PackageStore store(shop.place, PackageStore::Use::change);
    Shop::trust(store, fresh, {});
  }
  const std::string text = shop.manifest().dump(2);
  write_parcel(shop.file, parcel(fresh, shop.manifest(), good_files()));
  CHECK(shop.install()->before);  // the old signature holds
  PackageStore(shop.place, PackageStore::Use::change).revoke_key(shop.key.public_key().id(), "stolen", somebody());
  const auto installed = shop.install();
  REQUIRE(installed);
  CHECK_FALSE(installed->before);
  const PackageStore store(shop.place, PackageStore::Use::look);
  const auto folder = store.package(installed->package.hash);
  CHECK(read_file(folder / "manifest.sig") == signature_text(fresh, text));
  CHECK(read_file(folder / "words.txt") == "some words");
  CHECK_FALSE(std::filesystem::exists(shop.place / "incoming"));
  CHECK(store.trust().packages.at(installed->package.hash).key == fresh.public_key().id());
  const auto head = read_package_folder(folder);
  REQUIRE(head);
  CHECK(installed_packages(store.packages(), store.trust()).admit(folder, *head));
  CHECK(shop.install()->before);
}

TEST_CASE("what is revoked is not loaded from a folder that asks for no signature either") {
  const Shop shop;
  const auto folder = shop.folder.path() / "open/good";
  std::filesystem::create_directories(folder);
  const std::string text = shop.manifest().dump(2);
  write_file(folder / "manifest.json", text);
  for (const auto& [name, bytes] : good_files()) write_file(folder / name, bytes);
  const auto reason = [&] {
    const auto head = read_package_folder(folder);
    REQUIRE(head);
    const PackageStore store(shop.place, PackageStore::Use::look);
    const auto admitted = unsigned_folder(folder.parent_path(), "folder", store.trust()).admit(folder, *head);
    return admitted ? "admitted by " + admitted->origin : admitted.error().detail;
  };
  CHECK(reason() == "admitted by folder");
  write_file(folder / "manifest.sig", signature_text(shop.unknown, text));
  CHECK(reason() == "admitted by folder");
  write_file(folder / "manifest.sig", signature_text(shop.revoked, text));
  CHECK_THAT(reason(), ContainsSubstring("which is revoked: it was stolen"));
  std::filesystem::remove(folder / "manifest.sig");
  CHECK(reason() == "admitted by folder");
  PackageStore(shop.place, PackageStore::Use::change).revoke_package(sha256_hex(text), "it leaks", somebody());
  CHECK_THAT(reason(), ContainsSubstring("is revoked: it leaks"));
}

TEST_CASE("a version is never replaced silently, neither by an older nor by another one") {
  const Shop shop;
  for (const std::string version : {"1.2.0", "1.10.0", "2.0.0-rc.1"}) {
    write_parcel(shop.file, shop.good(version));
    REQUIRE(shop.install());
  }
  write_parcel(shop.file, shop.good("1.11.0"));
  CHECK_THAT(shop.install().error().detail, ContainsSubstring("1.11.0 is older than 2.0.0-rc.1"));
  const auto downgraded = shop.install({}, true);
  REQUIRE(downgraded);
  {
    const PackageStore store(shop.place, PackageStore::Use::look);
    CHECK(store.journal().acts().back().facts.at("downgrade_from") == Json("2.0.0-rc.1"));
    CHECK(store.trust().packages.size() == 4);
  }
  Json other = shop.manifest("1.2.0");
  other["publisher"] = "Somebody else";
  write_parcel(shop.file, parcel(shop.key, other, good_files()));
  CHECK_THAT(shop.install({}, true).error().detail, ContainsSubstring("another package needs another version"));

  // Also when all are gone.
  PackageStore store(shop.place, PackageStore::Use::change);
  std::vector<std::string> hashes;
  for (const auto& [hash, package] : store.trust().packages) hashes.push_back(hash);
  CHECK(store.remove(hashes.front(), somebody()).error().reason == Reason::wrong_state);
  for (const std::string& hash : hashes) {
    REQUIRE(store.retire(hash, somebody()));
    REQUIRE(store.remove(hash, somebody()));
    CHECK_FALSE(std::filesystem::exists(store.package(hash)));
  }
  CHECK(store.trust().packages.empty());
  CHECK(store.trust().newest("org.example.good") == "2.0.0-rc.1");
}

TEST_CASE("a signed folder takes the place of no version that was installed") {
  const Shop shop;
  for (const std::string version : {"1.0.0", "1.2.0"}) {
    write_parcel(shop.file, shop.good(version));
    REQUIRE(shop.install());
  }
  struct Row {
    std::string_view version, publisher, reason;  // empty: it is admitted
  };
  const Row rows[] = {{"1.2.0", "Example", ""},
                      {"1.0.0", "Example", ""},
                      {"1.3.0", "Somebody else", ""},
                      {"1.1.0", "Example", "is older than 1.2.0, which was installed"},
                      {"1.2.0", "Somebody else", "another package needs another version"}};
  const PackageStore store(shop.place, PackageStore::Use::look);
  for (const Row& row : rows) {
    const TempFolder folder;
    Json manifest = shop.manifest(std::string(row.version));
    manifest["publisher"] = row.publisher;
    for (const ParcelEntry& one : parcel(shop.key, manifest, good_files()))
      write_file(folder.path() / one.name, one.bytes);
    const auto head = read_package_folder(folder.path());
    REQUIRE(head);
    const Date today = *parse_date("2026-11-27");
    const auto admitted = signed_folder(folder.path(), store.trust(), today).admit(folder.path(), *head);
    INFO(row.version << " of " << row.publisher << ": " << (admitted ? "admitted" : admitted.error().detail));
    CHECK(admitted.has_value() == row.reason.empty());
    if (!admitted) CHECK_THAT(admitted.error().detail, ContainsSubstring(std::string(row.reason)));
  }
}

TEST_CASE("an unsigned folder takes the place of no installed package that is vouched for") {
  struct Row {
    std::string_view what, version, origin;
    bool admitted;
    std::function<void(const Shop&, PackageStore&, const std::string& hash)> act;
  };
  const auto nothing = [](const Shop&, PackageStore&, const std::string&) {};
  const Row rows[] = {
      {"the same version", "1.2.0", "folder", false, nothing},
      {"a newer one, with which audits would begin", "1.10.0", "folder", false, nothing},
      {"an older one", "1.1.0", "folder", true, nothing},
      {"what comes with the program", "1.10.0", "program", true, nothing},
      {"beside a retired one", "1.2.0", "folder", true,
       [](const Shop&, PackageStore& store, const std::string& hash) { REQUIRE(store.retire(hash, somebody())); }},
      {"beside a revoked one", "1.2.0", "folder", true,
       [](const Shop&, PackageStore& store, const std::string& hash) {
         store.revoke_package(hash, "it leaks", somebody());
       }},
      {"beside one whose key is revoked", "1.2.0", "folder", true,
       [](const Shop& shop, PackageStore& store, const std::string&) {
         store.revoke_key(shop.key.public_key().id(), "stolen", somebody());
       }},
      {"beside one whose key is not trusted any more", "1.2.0", "folder", true,
       [](const Shop& shop, PackageStore& store, const std::string&) {
         REQUIRE(store.remove_key(shop.key.public_key().id(), somebody()));
       }},
      {"beside one whose files are gone", "1.2.0", "folder", false,
       [](const Shop&, PackageStore& store, const std::string& hash) {
         std::filesystem::remove_all(store.package(hash));
       }},
  };
  for (const Row& row : rows) {
    const Shop shop;
    write_parcel(shop.file, shop.good("1.2.0"));
    const auto installed = shop.install();
    REQUIRE(installed);
    const auto folder = shop.folder.path() / "open/good";
    std::filesystem::create_directories(folder);
    Json manifest = shop.manifest(std::string(row.version));
    manifest["publisher"] = "Somebody else";
    write_file(folder / "manifest.json", manifest.dump());
    PackageStore store(shop.place, PackageStore::Use::change);
    row.act(shop, store, installed->package.hash);
    const auto head = read_package_folder(folder);
    REQUIRE(head);
    const auto admitted =
        unsigned_folder(folder.parent_path(), std::string(row.origin), store.trust()).admit(folder, *head);
    INFO(row.what << ": " << (admitted ? "admitted" : admitted.error().detail));
    CHECK(admitted.has_value() == row.admitted);
    if (!admitted) CHECK_THAT(admitted.error().detail, ContainsSubstring("1.2.0, signed by Example Ltd, is installed"));
  }
}

TEST_CASE("the store is changed by one command at a time, and clears what an install left behind") {
  const Shop shop;
  std::filesystem::create_directories(shop.place / "incoming/half");
  std::filesystem::create_directories(shop.place / "packages/0123");
  write_file(shop.place / "incoming/half/good.so", "half");
  const PackageStore store(shop.place, PackageStore::Use::change);
  CHECK_FALSE(std::filesystem::exists(shop.place / "incoming"));
  CHECK_FALSE(std::filesystem::exists(shop.place / "packages/0123"));
  CHECK_THROWS_WITH(PackageStore(shop.place, PackageStore::Use::change), ContainsSubstring("by another command"));
  CHECK_NOTHROW(PackageStore(shop.place, PackageStore::Use::look));
}

TEST_CASE("packages without a journal are not cleared away") {
  const Shop shop;
  write_parcel(shop.file, shop.good());
  REQUIRE(shop.install());
  std::filesystem::rename(shop.place / "journal", shop.folder.path() / "journal");
  const auto before = content_of(shop.place);
  CHECK_THROWS_WITH(PackageStore(shop.place, PackageStore::Use::change), ContainsSubstring("put the journal back"));
  CHECK_THROWS_WITH(PackageStore(shop.place, PackageStore::Use::look), ContainsSubstring("put the journal back"));
  CHECK(content_of(shop.place) == before);
  std::filesystem::rename(shop.folder.path() / "journal", shop.place / "journal");
  CHECK(PackageStore(shop.place, PackageStore::Use::change).trust().packages.size() == 1);
}

TEST_CASE("an act that cannot be written whole leaves no trace in the journal") {
  const Shop shop;
  const auto file = shop.place / "journal";
  const std::string text = read_file(file);
  PackageStore store(shop.place, PackageStore::Use::change);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit narrow = before;
  narrow.rlim_cur = text.size() + 20;
  bool failed = false;
  ::setrlimit(RLIMIT_FSIZE, &narrow);
  try {
    store.allow_ids(std::vector<std::string>{"org.example.good"}, somebody());
  } catch (const std::system_error&) {
    failed = true;
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(failed);
  CHECK(read_file(file) == text);
  CHECK_FALSE(store.trust().allowed_ids);
  store.allow_ids(std::vector<std::string>{"org.example.good"}, somebody());
  CHECK(PackageStore(shop.place, PackageStore::Use::look).trust().allowed_ids);
}

TEST_CASE("a journal that was changed is not believed, and a line that was begun is left out") {
  const Shop shop;
  const auto file = shop.place / "journal";
  const std::string text = read_file(file);
  const auto second = text.find('\n') + 1;
  struct Row {
    std::string_view what, reason;
    std::string text;
  };
  std::string renamed = text;
  renamed.replace(renamed.find("Example Ltd"), 11, "Example Inc");
  const Row rows[] = {
      {"a line changed", "line 2: does not follow the line before", renamed},
      {"the first line removed", "line 1: does not follow the line before", text.substr(second)},
      {"a line twice", "line 2: does not follow the line before", text.substr(0, second) + text},
      {"no JSON", "line 1: ", "nothing\n" + text},
      {"no act", "line 1: is no act", "{}\n"},
  };
  for (const Row& row : rows) {
    write_file(file, row.text);
    INFO(row.what);
    CHECK_THROWS_WITH(PackageStore(shop.place, PackageStore::Use::look), ContainsSubstring(std::string(row.reason)));
  }
  write_file(file, text + R"({"act":"key_re)");
  PackageStore store(shop.place, PackageStore::Use::change);
  const auto before = store.journal().acts().size();
  store.allow_ids(std::vector<std::string>{"org.example.good"}, somebody());
  const PackageStore again(shop.place, PackageStore::Use::look);
  CHECK(again.journal().acts().size() == before + 1);
  CHECK(again.journal().acts().back().by == "operator");
  CHECK(again.trust().allowed_ids == std::vector<std::string>{"org.example.good"});
}

}  // namespace
}  // namespace assay::test::package_store_test
