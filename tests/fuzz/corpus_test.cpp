// The committed corpus: every input that a fuzzer has found worth keeping holds the properties of its target.
#include <fmt/format.h>

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "fuzz/plain_reading.h"
#include "fuzz/targets.h"

namespace assay::fuzz::corpus_test {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

/// What went wrong, or nothing.
std::string outcome(const Target& target, std::string_view input) {
  try {
    target.run(input);
    return {};
  } catch (const std::exception& broken) {
    return broken.what();
  }
}

TEST_CASE("every input of the corpus holds the properties of its target") {
  for (const Target& target : targets()) {
    std::size_t inputs = 0;
    const auto folder = fs::path(ASSAY_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / target.name;
    for (const auto& entry : fs::directory_iterator(folder)) {
      INFO(entry.path().string());
      const std::string text = content(entry.path());
      CHECK(outcome(target, text) == "");
      // Cut anywhere, as by a connection that ends.
      for (std::size_t size = 0; size < text.size(); size += 1 + text.size() / 40) {
        INFO("the first " << size << " bytes");
        CHECK(outcome(target, std::string_view(text).substr(0, size)) == "");
      }
      ++inputs;
    }
    INFO(target.name);
    CHECK(inputs >= 8);
  }
}

TEST_CASE("every target has a dictionary that libFuzzer reads: it knows no escapes but three") {
  const std::regex entry(R"-((\w+=)?"([^"\\]|\\["\\]|\\x[0-9A-Fa-f]{2})+")-");
  CHECK(std::regex_match(R"("\x0D\"\\")", entry));
  CHECK_FALSE(std::regex_match(R"("\r\n")", entry));
  for (const Target& target : targets()) {
    const auto file =
        fs::path(ASSAY_SOURCE_DIR) / "tests" / "fuzz" / "dictionary" / fmt::format("{}.dict", target.name);
    std::ifstream lines(file);
    std::size_t entries = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.starts_with('#')) continue;
      INFO(file.string() << ": " << line);
      CHECK(std::regex_match(line, entry));
      ++entries;
    }
    INFO(file.string());
    CHECK(entries > 0);
  }
}

TEST_CASE("a target is found by its name") {
  CHECK(find_target("requests") != nullptr);
  CHECK(find_target("request") == nullptr);
}

TEST_CASE("the second reading of a chunked body goes by the letter") {
  struct Row {
    const char* bytes;
    const char* text;  // null: refused
    std::size_t left;
  };
  const auto row = GENERATE(values<Row>({
      {"2\r\n{}\r\n0\r\n\r\nGET", "{}", 3},
      {"2;a=b\r\n{}\r\n0\r\nX: 1\r\n\r\n", "{}", 0},
      {"2\n{}\r\n0\r\n\r\n", nullptr, 0},
      {"2\r\n{}\n0\r\n\r\n", nullptr, 0},
      {"2\r\n{}\r\n0\r\n\n", nullptr, 0},
      {"+2\r\n{}\r\n0\r\n\r\n", nullptr, 0},
      {"2\r\n{}\r\n0\r\n", nullptr, 0},
  }));
  INFO(row.bytes);
  const auto read = plain_chunks(row.bytes);
  REQUIRE(read.has_value() == (row.text != nullptr));
  if (!read) return;
  CHECK(read->text == row.text);
  CHECK(read->left == row.left);
}

TEST_CASE("what the targets assert is not empty: a place that is not in the body is noticed") {
  const Json body = {{"a", {{"b", 1}}}, {"x/y", 2}};
  CHECK_NOTHROW(require_places({{"/a/b", "wrong"}, {"/a/c", "is required"}, {"/x~1y", "wrong"}, {"", "wrong"}}, body));
  const auto* const pointer = GENERATE("/x/y", "a", "/a/b/c", "/n/m", "/~");
  CHECK_THROWS_AS(require_places({{pointer, "wrong"}}, body), Broken);
}

}  // namespace
}  // namespace assay::fuzz::corpus_test
