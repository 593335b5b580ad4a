// The ABI holds: headers that stand for themselves, a layout that only grows, a plugin of an earlier release that
// loads, and an installed SDK that plugins are built from.
#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "plugins/fixture.h"
#include "plugins/readme.h"

namespace assay::test::abi_test {
namespace {

const std::filesystem::path source = ASSAY_SOURCE_DIR;
const std::filesystem::path sdk = source / "sdk";

/// Runs it by a shell; what it printed is in the failure.
void must_run(const std::filesystem::path& folder, const std::string& command) {
  const std::string line = fmt::format("cd '{}' && {{ {}; }} > log.txt 2>&1", folder.string(), command);
  const int status = std::system(line.c_str());
  INFO(command << "\n" << read_file(folder / "log.txt"));
  REQUIRE(status == 0);
}

std::vector<std::filesystem::path> c_headers() {
  std::vector<std::filesystem::path> all;
  const auto headers = sdk / "include/assay";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(headers)) {
    const auto name = std::filesystem::relative(entry.path(), sdk / "include");
    if (entry.is_regular_file() && *std::next(name.begin()) != "cxx") all.push_back(name);
  }
  return all;
}

TEST_CASE("each header of the ABI stands for itself in C11 and C++17, and all of them are read in an hour") {
  const TempFolder folder;
  std::uintmax_t bytes = 0;
  std::string command = "true";
  for (const auto& name : c_headers()) {
    bytes += std::filesystem::file_size(sdk / "include" / name);
    const std::string flags =
        fmt::format("-Wall -Wextra -Wpedantic -Werror -fsyntax-only -I'{}'", (sdk / "include").string());
    command += fmt::format(
        " && echo '#include <{0}>' | cc -std=c11 {1} -x c - && echo '#include <{0}>' | c++ -std=c++17 {1} -x c++ -",
        name.string(), flags);
  }
  CHECK(c_headers().size() >= 18);
  CHECK(bytes < 60'000);
  must_run(folder.path(), command);
}

TEST_CASE("structs and constants of the ABI are where they were") {
  const TempFolder folder;
  must_run(folder.path(), fmt::format("cc -std=c11 -I'{}' '{}' -o layout && ./layout > found",
                                      (sdk / "include").string(), (source / "tests/plugins/abi/layout.c").string()));
  CHECK(read_file(folder.path() / "found") == read_file(source / "tests/plugins/golden/abi-1.txt"));
}

/// A library that takes each struct of the ABI, of the headers in that folder.
std::string structs_of(const std::filesystem::path& headers) {
  return fmt::format("cc -std=c11 -g -O0 -shared -fPIC -I'{}' '{}' -o libstructs.so", headers.string(),
                     (source / "tests/plugins/abi/structs.c").string());
}

TEST_CASE("abidiff sees no change of the ABI, and sees one that no size tells") {
  const TempFolder folder;
  const std::string compare =
      fmt::format("abidiff '{}' libstructs.so", (source / "tests/plugins/golden/abi-1.abi").string());
#if !defined(__x86_64__)
  SKIP("the baseline is of x86-64");
#endif
  must_run(folder.path(), structs_of(sdk / "include") + " && " + compare);
  std::filesystem::copy(sdk / "include", folder.path() / "changed", std::filesystem::copy_options::recursive);
  must_run(folder.path(),
           "sed -i 's/typedef int32_t assay_status;/typedef uint32_t assay_status;/' changed/assay/abi.h && " +
               structs_of(folder.path() / "changed") + " && { " + compare + "; [ $? = 4 ]; }");
}

Json one_question() {
  return Json::parse(R"({"id": "small", "version": "1.0.0",
    "hash": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "items": [{"id": "1.1", "clause": "1.1", "title": "Item", "questions": [{"id": "1.1-q1", "question": "How?"}]}]})");
}

Json one_item(const char* member, Json value) {
  Json catalogue = one_question();
  catalogue["items"] = Json::array({{{"id", "1.1"}, {"group", "1"}, {member, std::move(value)}}});
  return catalogue;
}

/// Asks it for all that it has.
void use_all(Plugin& plugin) {
  using sandbox::Method;
  Json scoring = one_item("questions", {"1.1-q1"});
  scoring.update({{"results", {"conforms"}}, {"groups", {"1"}}});
  const Json site = {{"id", "Aachen"}};
  const std::pair<Method, Json> calls[] = {
      {Method::score,
       {{"scoring_input", 1},
        {"language", "en"},
        {"catalogue", scoring},
        {"sets", Json::array({{{"id", "audit"}, {"answers", Json::array()}}})}}},
      {Method::applicable,
       {{"applicability_input", 1},
        {"language", "en"},
        {"catalogue", one_item("clause", "1.1")},
        {"facts", Json::object()}}},
      {Method::sample,
       {{"sampling_input", 1},
        {"language", "en"},
        {"kind", "sites"},
        {"population", Json::array({site})},
        {"at_least", 1},
        {"at_most", 1}}},
      {Method::judge,
       Json::parse(
           R"({"guard_input": 1, "language": "en", "guard": "limit", "command": "pay", "given": {}, "today": "2026-03-02",
         "record": {"id": "r", "type": "t", "number": "", "state": "s", "fields": {}, "seats": {}}, "person": {"id": "p", "roles": []}})")},
      {Method::requests,
       Json::parse(R"({"ticket_input": 1, "event": {}, "endpoint": {"url": "https://tracker.example/"}})")},
      {Method::check_settings, {{"limit", 10}}},
      {Method::map, {{"migrate_input", 1}, {"language", "en"}, {"from", one_question()}, {"to", one_question()}}}};
  for (const auto& [method, input] : calls) {
    const auto answer = plugin.answer(method, input, "en", patient());
    INFO(static_cast<int>(method) << " " << (answer ? "" : answer.error().detail));
    CHECK(answer.has_value());
  }
  CHECK(plugin.catalogues("en", patient()));
  CallServices services;
  services.settings = {{"limit", 10}};
  services.seed = 42;
  services.now_ms = 1000;
  services.evidence = [](std::string_view, std::uint64_t, std::uint64_t) {
    return std::optional<std::string>("bytes");
  };
  std::string text;
  const auto report = plugin.report(empty_input(), "text", into(text), patient(), services);
  INFO((report ? "" : report.error().detail));
  CHECK(report.has_value());
  CHECK(text == R"(Kept. bytes{"limit":10})");
}

TEST_CASE("a plugin that was built with the first release of the ABI works, in the server and in a process") {
#ifndef __x86_64__
  SKIP("it was built for x86-64");
#endif
  const auto package = source / "tests/plugins/kept/1.0.0";
  use_all(*load(package));
  use_all(*load_sandboxed_now(package, plain_host()));
}

TEST_CASE("from an installed SDK a plugin is built by find_package, and one in C by pkg-config") {
  const TempFolder folder;
  const std::string prefix = (folder.path() / "prefix").string();
  must_run(folder.path(), fmt::format("cmake -G Ninja -S '{}' -B sdk -DCMAKE_INSTALL_PREFIX='{}' && "
                                      "cmake --install sdk --component sdk",
                                      sdk.string(), prefix));
  for (const char* schema : {"manifest.json", "report-input.json", "scores.json"})
    CHECK(std::filesystem::exists(folder.path() / "prefix/share/assay/schema" / schema));
  const std::string page = read_file(sdk / "README.md");
  const auto hello = folder.path() / "hello";
  std::filesystem::create_directory(hello);
  write_file(hello / "manifest.json", code_block(page, "json"));
  write_file(hello / "hello.cpp", code_block(page, "cpp"));
  write_file(hello / "CMakeLists.txt", code_block(page, "cmake", 1));
  must_run(hello, fmt::format("cmake -G Ninja -B build -DCMAKE_PREFIX_PATH='{}' . && cmake --build build", prefix));
  std::string text;
  CHECK(load(hello / "build/plugins/hello")->report(empty_input(), "text", into(text), patient()));
  CHECK(text.starts_with("An audit of "));

  const auto plain = folder.path() / "plain";
  std::filesystem::create_directories(plain / "package");
  std::filesystem::copy(source / "tests/plugins/kept/kept.c", plain / "kept.c");
  std::filesystem::copy(source / "tests/plugins/kept/1.0.0/kept.txt", plain / "package/kept.txt");
  Json manifest = Json::parse(read_file(source / "tests/plugins/kept/1.0.0/manifest.json"));
  manifest.erase("files");
  write_file(plain / "manifest.json", manifest.dump());
  must_run(plain, fmt::format("export PKG_CONFIG_PATH='{}/share/pkgconfig' && "
                              "cc -std=c11 $(pkg-config --cflags assay-plugin) kept.c $(pkg-config --libs "
                              "assay-plugin) -o package/kept.so && "
                              "cmake -DMANIFEST=manifest.json -DFOLDER=package -DFILES=kept.so,kept.txt "
                              "-P \"$(pkg-config --variable=cmake assay-plugin)/PackManifest.cmake\"",
                              prefix));
  use_all(*load(plain / "package"));
}

}  // namespace
}  // namespace assay::test::abi_test
