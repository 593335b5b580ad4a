// Packages that are not to be trusted: each is refused with its own sentence, and leaves nothing in the store.
#include <fmt/format.h>

#include <functional>

#include "plugins/admission.h"
#include "plugins/package.h"
#include "plugins/parcels.h"

namespace assay::test::package_test {
namespace {

using Catch::Matchers::ContainsSubstring;

struct BadParcel {
  std::string_view what, reason;
  std::function<std::vector<ParcelEntry>(const Shop&)> entries;
};

const std::vector<BadParcel>& bad_parcels() {
  static const std::vector<BadParcel> rows = {
      {"no entries", "no plugin package: its first entry is not manifest.json",
       [](const Shop&) { return std::vector<ParcelEntry>(); }},
      {"manifest comes later", "its first entry is not manifest.json",
       [](const Shop& shop) {
         auto all = shop.good();
         std::swap(all.front(), all.back());
         return all;
       }},
      {"malformed manifest", "manifest.json: not JSON at line 1, column 2",
       [](const Shop& shop) {
         auto all = shop.good();
         all.front().bytes = "{";
         return all;
       }},
      {"manifest that lacks a member", "'publisher'",
       [](const Shop& shop) {
         Json manifest = shop.manifest();
         manifest.erase("publisher");
         return parcel(shop.key, manifest, good_files());
       }},
      {"future ABI", "/abi/major: must be 1",
       [](const Shop& shop) {
         Json manifest = shop.manifest();
         manifest["abi"]["major"] = 2;
         return parcel(shop.key, manifest, good_files());
       }},
      {"newer minor ABI", "/abi/minor: is newer than the host's",
       [](const Shop& shop) {
         Json manifest = shop.manifest();
         manifest["abi"]["minor"] = 65535;
         return parcel(shop.key, manifest, good_files());
       }},
      {"manifest as large as a file", "manifest.json of more than 1048576 bytes",
       [](const Shop& shop) {
         auto all = shop.good();
         all.front().bytes = std::string((1 << 20) + 1, ' ');
         return all;
       }},
      {"not signed", "is not signed",
       [](const Shop& shop) {
         auto all = shop.good();
         all.erase(all.begin() + 1);
         return all;
       }},
      {"signature is no signature", "not of the form `ed25519 KEY SIGNATURE`",
       [](const Shop& shop) {
         auto all = shop.good();
         all[1].bytes = "trust me\n";
         return all;
       }},
      {"empty signature", "has an empty manifest.sig",
       [](const Shop& shop) {
         auto all = shop.good();
         all[1].bytes.clear();
         return all;
       }},
      {"short signature", "not 64 bytes in base64",
       [](const Shop& shop) {
         auto all = shop.good();
         all[1].bytes = "ed25519 " + shop.key.public_key().id() + " AAAA\n";
         return all;
       }},
      {"signature of another manifest", "the signature is wrong",
       [](const Shop& shop) {
         auto all = shop.good();
         all[1].bytes = shop.good("1.0.1")[1].bytes;
         return all;
       }},
      {"one bit of the manifest", "the signature is wrong",
       [](const Shop& shop) {
         auto all = shop.good();
         all.front().bytes += " ";
         return all;
       }},
      {"signature under another key's name", "the signature is wrong",
       [](const Shop& shop) {
         auto all = shop.good();
         all[1].bytes.replace(8, 64, shop.reporter.public_key().id());
         return all;
       }},
      {"unknown key", "which is not trusted",
       [](const Shop& shop) { return parcel(shop.unknown, shop.manifest(), good_files()); }},
      {"revoked key", "which is revoked: it was stolen",
       [](const Shop& shop) { return parcel(shop.revoked, shop.manifest(), good_files()); }},
      {"expired key", "the key of Late expired: its last day was 2026-11-26",
       [](const Shop& shop) { return parcel(shop.expired, shop.manifest(), good_files()); }},
      {"id outside of the key's", "may not sign org.examples.good, only org.example",
       [](const Shop& shop) { return parcel(shop.key, shop.manifest("1.0.0", "org.examples.good"), good_files()); }},
      {"extension that the key may not sign", "may not sign the extension checklist/1",
       [](const Shop& shop) { return parcel(shop.reporter, shop.manifest(), good_files()); }},
      {"path traversal", "../words.txt, which leads out of the package",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().name = "../words.txt";
         return all;
       }},
      {"path traversal in the middle", "a/../../words.txt, which leads out of the package",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().name = "a/../../words.txt";
         return all;
       }},
      {"absolute path", "/etc/words.txt, which leads out of the package",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().name = "/etc/words.txt";
         return all;
       }},
      {"path traversal in the manifest", "/files/1/path",
       [](const Shop& shop) {
         Json manifest = shop.manifest();
         manifest["files"][1]["path"] = "../words.txt";
         return parcel(shop.key, manifest, good_files());
       }},
      {"folder", "which has no plain name",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().name = "below/words.txt";
         return all;
       }},
      {"symbolic link", "words.txt, which is a link",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back() = {"words.txt", "", AE_IFLNK, "/etc/passwd"};
         return all;
       }},
      {"hard link", "words.txt, which is a link",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back() = {"words.txt", "", AE_IFREG, "good.so"};
         return all;
       }},
      {"named pipe", "words.txt, which is no plain file",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back() = {"words.txt", "", AE_IFIFO};
         return all;
       }},
      {"name with a control character", "which has no plain name",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().name = "words\n.txt";
         return all;
       }},
      {"duplicate entry", "has the file good.so twice",
       [](const Shop& shop) {
         auto all = shop.good();
         all.push_back(all[2]);
         return all;
       }},
      {"second manifest", "has the file manifest.json twice",
       [](const Shop& shop) {
         auto all = shop.good();
         all.push_back(all.front());
         return all;
       }},
      {"file that is not listed", "has the file more.txt, which its manifest does not list",
       [](const Shop& shop) {
         auto all = shop.good();
         all.push_back({"more.txt", "more"});
         return all;
       }},
      {"file that lacks", "lacks the file words.txt",
       [](const Shop& shop) {
         auto all = shop.good();
         all.pop_back();
         return all;
       }},
      {"wrong hash", "words.txt without the SHA-256",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().bytes = "same words";
         return all;
       }},
      {"wrong size", "words.txt without the size",
       [](const Shop& shop) {
         auto all = shop.good();
         all.back().bytes += "!";
         return all;
       }},
      {"zip bomb", "is compressed more than 200 to 1",
       [](const Shop& shop) {
         const std::map<std::string, std::string> files = {{"good.so", std::string(32 << 20, '\0')}};
         return parcel(shop.key, parcel_manifest("org.example.good", "1.0.0", files), files);
       }},
  };
  return rows;
}

TEST_CASE("a bad package is refused with its own reason and leaves no trace in the store") {
  const Shop shop;
  const auto before = content_of(shop.place);
  for (const BadParcel& row : bad_parcels()) {
    write_parcel(shop.file, row.entries(shop));
    const auto installed = shop.install();
    INFO(row.what << ": " << (installed ? "installed" : installed.error().detail));
    REQUIRE_FALSE(installed);
    CHECK(installed.error().detail.starts_with(shop.file.string()));
    CHECK_THAT(installed.error().detail, ContainsSubstring(std::string(row.reason)));
    CHECK(content_of(shop.place) == before);
  }
}

TEST_CASE("a file that is no package, or not all of one, is refused") {
  const Shop shop;
  const auto before = content_of(shop.place);
  write_parcel(shop.file, shop.good());
  const std::string whole = read_file(shop.file);
  CHECK_THAT(PackageStore(shop.place, PackageStore::Use::change)
                 .install(shop.folder.path() / "absent", {}, false, somebody())
                 .error()
                 .detail,
             ContainsSubstring("absent: cannot be opened"));
  CHECK_THAT(PackageStore(shop.place, PackageStore::Use::change)
                 .install(shop.folder.path(), {}, false, somebody())
                 .error()
                 .detail,
             ContainsSubstring("is not a regular file"));
  for (const std::string& bytes : {std::string(), std::string("PK\x03\x04 a zip"), std::string(5000, 'x')}) {
    write_file(shop.file, bytes);
    const auto installed = shop.install();
    REQUIRE_FALSE(installed);
    CHECK_THAT(installed.error().detail, ContainsSubstring("package"));
  }
  // Cut anywhere before the bytes of the last file.
  for (std::size_t length = 1; length + 40 < whole.size(); length += 23) {
    write_file(shop.file, std::string_view(whole).substr(0, length));
    const auto installed = shop.install();
    INFO(length << " of " << whole.size());
    REQUIRE_FALSE(installed);
    CHECK(installed.error().detail.starts_with(shop.file.string()));
  }
  write_file(shop.file, whole);
  CHECK_THAT(shop.install({.bytes = whole.size() - 1}).error().detail, ContainsSubstring("at most"));
  CHECK_THAT(shop.install({.bytes = whole.size()}).error().detail, ContainsSubstring("holds"));
  CHECK(content_of(shop.place) == before);
}

/// A header of a tar archive without a body.
std::string tar_header(char type) {
  std::string header(512, '\0');
  header.replace(0, 1, "x");
  header.replace(100, 8, std::string("0000644\0", 8));
  header.replace(124, 12, std::string("00000000000\0", 12));
  header.replace(136, 12, std::string("00000000000\0", 12));
  header[156] = type;
  header.replace(257, 8, std::string("ustar\00000", 8));
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

TEST_CASE("an archive of nothing but headers about headers is refused soon") {
  const Shop shop;
  const auto before = content_of(shop.place);
  for (const char type : {'x', 'g', 'L', 'K'}) {
    std::string bytes;
    for (int i = 0; i < 20'000; ++i) bytes += tar_header(type);
    write_file(shop.file, bytes);
    const auto installed = shop.install();
    INFO(type);
    REQUIRE_FALSE(installed);
    CHECK(installed.error().detail.starts_with(shop.file.string()));
  }
  CHECK(content_of(shop.place) == before);
}

TEST_CASE("a folder is packed to the same bytes, and read back as it was") {
  const TempFolder folder;
  const auto key = SigningKey::create(folder.path() / "key");
  auto head = read_package_folder(test_packages / "sound");
  REQUIRE(head);
  CHECK(head->signature.empty());
  head->signature = signature_text(key, head->text);
  const auto one = folder.path() / "one.assayplugin", two = folder.path() / "two.assayplugin";
  REQUIRE(write_package(test_packages / "sound", *head, one));
  REQUIRE(write_package(test_packages / "sound", *head, two));
  CHECK(read_file(one) == read_file(two));
  auto package = open_package(one, {});
  REQUIRE(package);
  CHECK((*package)->head().text == head->text);
  CHECK((*package)->head().signature == head->signature);
  const auto out = folder.path() / "out";
  std::filesystem::create_directory(out);
  REQUIRE((*package)->unpack(out));
  CHECK(read_file(out / "sound.so") == read_file(test_packages / "sound/sound.so"));
  CHECK(verify_package(out, head->manifest));
}

}  // namespace
}  // namespace assay::test::package_test
