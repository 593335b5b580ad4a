// Manifests: what is read, and everything that is refused, with file, pointer and reason.
#include "plugins/manifest.h"

#include "ledger/digest.h"
#include "plugins/fixture.h"

namespace assay::test::manifest_test {
namespace {

Json good_manifest() {
  return Json::parse(R"({
    "manifest": 1, "id": "org.example.good", "version": "1.2.3-rc.1", "title": {"en": "Good", "de": "Gut"},
    "publisher": "Example", "licence": "MIT", "abi": {"major": 1, "minor": 0}, "library": "good.so",
    "extensions": {
      "checklist/1": {"catalogues": ["one", "two"]},
      "report/1": {"formats": [{"id": "txt", "media_type": "text/plain", "file_extension": "txt", "title": {"en": "Text"}}]}
    },
    "host": ["log/1"], "languages": ["en", "de-AT"],
    "files": [{"path": "good.so", "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "size": 12}]
  })");
}

TEST_CASE("a manifest is read whole") {
  const std::string text = good_manifest().dump();
  const auto manifest = parse_manifest(text, "m.json");
  INFO((manifest ? "" : manifest.error().detail));
  REQUIRE(manifest);
  CHECK(manifest->id == "org.example.good");
  CHECK(manifest->version == "1.2.3-rc.1");
  CHECK(manifest->title.at("de") == "Gut");
  CHECK(manifest->catalogues == std::vector<std::string>{"one", "two"});
  CHECK(manifest->implements("report/1"));
  CHECK_FALSE(manifest->implements("report/2"));
  REQUIRE(manifest->find_format("txt") != nullptr);
  CHECK(manifest->find_format("txt")->media_type == "text/plain");
  CHECK(manifest->find_format("txt")->of == "audit");  // as in a manifest from before there was anything else
  CHECK(manifest->find_format("pdf") == nullptr);
  CHECK(manifest->languages == std::vector<std::string>{"en", "de-AT"});
  CHECK(manifest->host_extensions == std::vector<std::string>{"log/1"});
  CHECK(manifest->files.at(0).size == 12);
  CHECK(manifest->hash == sha256_hex(text));
}

TEST_CASE("a format says what it is made of") {
  Json manifest = good_manifest();
  Json& format = manifest["extensions"]["report/1"]["formats"][0];
  for (const char* of : {"audit", "response"}) {
    format["of"] = of;
    const auto read = parse_manifest(manifest.dump(), "m.json");
    REQUIRE(read);
    CHECK(read->find_format("txt")->of == of);
  }
}

TEST_CASE("a manifest is refused, and the reason names the place") {
  struct Row {
    std::string_view what, patch, pointer, detail;
  };
  const Row rows[] = {
      {"unknown member", R"([{"op":"add","path":"/colour","value":"red"}])", "", "'colour'"},
      {"unknown member below", R"([{"op":"add","path":"/abi/patch","value":1}])", "/abi", "'patch'"},
      {"no id", R"([{"op":"remove","path":"/id"}])", "", "'id'"},
      {"id is no reverse domain name", R"([{"op":"replace","path":"/id","value":"good"}])", "/id", "pattern"},
      {"id leads out of a folder", R"([{"op":"replace","path":"/id","value":"org.../etc"}])", "/id", "pattern"},
      {"id of the wrong type", R"([{"op":"replace","path":"/id","value":7}])", "/id", "type"},
      {"version", R"([{"op":"replace","path":"/version","value":"1.2"}])", "/version", "pattern"},
      {"leading zero in a version", R"([{"op":"replace","path":"/version","value":"1.02.0"}])", "/version", "pattern"},
      {"title without English", R"([{"op":"remove","path":"/title/en"}])", "/title", "'en'"},
      {"format version", R"([{"op":"replace","path":"/manifest","value":2}])", "/manifest", "const"},
      {"other major ABI", R"([{"op":"replace","path":"/abi/major","value":2}])", "/abi/major", "must be 1"},
      {"newer minor ABI", R"([{"op":"replace","path":"/abi/minor","value":1}])", "/abi/minor", "newer"},
      {"a report of something else", R"([{"op":"add","path":"/extensions/report~11/formats/0/of","value":"dream"}])",
       "/extensions/report~11/formats/0/of", "enum"},
      {"no extensions", R"([{"op":"replace","path":"/extensions","value":{}}])", "/extensions", "fewer"},
      {"unknown extension", R"([{"op":"add","path":"/extensions/oracle~11","value":{}}])", "/extensions", "oracle/1"},
      {"no catalogues", R"([{"op":"replace","path":"/extensions/checklist~11/catalogues","value":[]}])",
       "/extensions/checklist~11/catalogues", "fewer"},
      {"catalogue twice", R"([{"op":"replace","path":"/extensions/checklist~11/catalogues","value":["a","a"]}])",
       "/extensions/checklist~11/catalogues", "repeats one before it"},
      {"media type",
       R"([{"op":"replace","path":"/extensions/report~11/formats/0/media_type","value":"text/html; x=\r\n"}])",
       "/extensions/report~11/formats/0/media_type", "pattern"},
      {"format twice",
       R"([{"op":"copy","from":"/extensions/report~11/formats/0","path":"/extensions/report~11/formats/-"}])",
       "/extensions/report~11/formats/1/id", "twice"},
      {"unknown host extension", R"([{"op":"add","path":"/host/-","value":"root/1"}])", "/host/1", "enum"},
      {"no languages", R"([{"op":"replace","path":"/languages","value":[]}])", "/languages", "fewer"},
      {"language", R"([{"op":"replace","path":"/languages/0","value":"English"}])", "/languages/0", "pattern"},
      {"library is not listed", R"([{"op":"replace","path":"/library","value":"other.so"}])", "/library",
       "one of the files"},
      {"file elsewhere", R"([{"op":"replace","path":"/files/0/path","value":"../good.so"}])", "/files/0/path",
       "pattern"},
      {"file below", R"([{"op":"replace","path":"/files/0/path","value":"a/good.so"}])", "/files/0/path", "pattern"},
      {"file twice", R"([{"op":"copy","from":"/files/0","path":"/files/1"}])", "/files/1/path", "twice"},
      {"lists itself",
       R"([{"op":"copy","from":"/files/0","path":"/files/1"},{"op":"replace","path":"/files/1/path","value":"manifest.json"}])",
       "/files/1/path", "itself"},
      {"hash", R"([{"op":"replace","path":"/files/0/sha256","value":"00FF"}])", "/files/0/sha256", "pattern"},
      {"negative size", R"([{"op":"replace","path":"/files/0/size","value":-1}])", "/files/0/size", "greater"},
      {"empty text", R"([{"op":"replace","path":"/publisher","value":""}])", "/publisher", "fewer"},
  };
  for (const Row& row : rows) {
    const Json changed = good_manifest().patch(Json::parse(row.patch));
    const auto manifest = parse_manifest(changed.dump(), "folder/manifest.json");
    INFO(row.what << ": " << (manifest ? "accepted" : manifest.error().detail));
    REQUIRE_FALSE(manifest);
    const Refusal& refusal = manifest.error();
    CHECK(refusal.reason == Reason::invalid);
    CHECK(refusal.detail.starts_with("folder/manifest.json: "));
    REQUIRE_FALSE(refusal.invalid.empty());
    CHECK(refusal.invalid.front().pointer == row.pointer);
    CHECK_THAT(refusal.detail, Catch::Matchers::ContainsSubstring(std::string(row.detail), Catch::CaseSensitive::No));
  }
}

TEST_CASE("a text that is no strict JSON is no manifest") {
  struct Row {
    std::string text;
    std::string_view pointer, detail;
  };
  const Row rows[] = {
      {"", "", "JSON"},
      {"{", "", "JSON"},
      {R"({"id": "org.example.a", "id": "org.example.b"})", "/id", "twice"},
      {std::string("{\"id\": \"\xFF\"}"), "/id", "UTF-8"},
      {std::string(65, '[') + std::string(65, ']'), "", "deeper"},
      {"[]", "", "type"},
  };
  for (const Row& row : rows) {
    const auto manifest = parse_manifest(row.text, "m.json");
    INFO(row.text.substr(0, 40) << ": " << (manifest ? "accepted" : manifest.error().detail));
    REQUIRE_FALSE(manifest);
    CHECK_THAT(manifest.error().detail, Catch::Matchers::ContainsSubstring(std::string(row.detail)));
    CHECK(manifest.error().invalid.front().pointer.starts_with(row.pointer));
  }
}

TEST_CASE("a manifest that cannot be read is refused") {
  const TempFolder folder;
  CHECK_THAT(read_manifest(folder.path()).error().detail, Catch::Matchers::ContainsSubstring("cannot be read"));
  write_file(folder.path() / "manifest.json", std::string((1 << 20) + 1, ' '));
  CHECK_THAT(read_manifest(folder.path()).error().detail, Catch::Matchers::ContainsSubstring("larger than 1 MiB"));
}

}  // namespace
}  // namespace assay::test::manifest_test
