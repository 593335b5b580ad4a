// Shows for each rule what breaks it and what does not: a rule that finds nothing holds nothing.
#include <catch2/catch_all.hpp>

#include "tidy/rules.h"

namespace tidy::rules_test {
namespace {

struct CppRow {
  Findings (*rule)(const Cpp&);
  const char* path;
  const char* text;
  std::size_t line;  // of the one finding; 0: none
};

// clang-format off
const CppRow cpp_rows[] = {
    {include_direction, "server/domain/a.cpp", "#include \"domain/b.h\"\n", 0},
    {include_direction, "server/domain/a.cpp", "\n#include \"storage/b.h\"\n", 2},
    {include_direction, "server/http/a.cpp", "#include \"commands/b.h\"\n", 0},
    {include_direction, "server/http/a.cpp", "#  include \"cli/b.h\"\n", 1},
    {include_direction, "server/http/a.cpp", "#include \"jobs/b.h\"\n", 1},
    {include_direction, "server/plugins/a.cpp", "#include \"integrations/b.h\"\n", 1},
    {include_direction, "server/commands/a.cpp", "#include <plugins/b.h>\n", 1},
    {include_direction, "server/commands/a.cpp", "// #include \"http/b.h\"\n", 0},
    {include_direction, "server/http/handlers/a.cpp", "#include \"../b.h\"\n", 1},
    {include_direction, "server/main.cpp", "#include \"cli/b.h\"\n", 0},
    {include_direction, "plugins/iso27001/a.cpp", "#include \"assay/assay.h\"\n", 0},
    {include_direction, "plugins/iso27001/a.cpp", "#include \"domain/json.h\"\n", 1},
    {third_party_includes, "server/http/a.cpp", "#include <boost/beast/http.hpp>\n", 0},
    {third_party_includes, "server/integrations/outbound.cpp", "#include <boost/beast/http.hpp>\n", 0},
    {third_party_includes, "server/integrations/webhook.cpp", "#include <boost/beast/http.hpp>\n", 1},
    {third_party_includes, "server/cli/a.cpp", "#include <boost/beast.hpp>\n", 1},
    {third_party_includes, "server/storage/a.cpp", "#include <sqlite3.h>\n", 0},
    {third_party_includes, "server/commands/a.cpp", "#include <sqlite3.h>\n", 1},
    {third_party_includes, "server/cli/a.cpp", "#include <sqlite3.h>\n", 1},
    {third_party_includes, "server/http/a.cpp", "#include \"storage/libpq.h\"\n", 1},
    {third_party_includes, "server/storage/a.cpp", "#include \"storage/libpq.h\"\n", 0},
    {third_party_includes, "server/cli/a.cpp", "#include \"plugins/libarchive.h\"\n", 1},
    {third_party_includes, "server/plugins/a.cpp", "#include \"plugins/libarchive.h\"\n", 0},
    {third_party_includes, "server/domain/a.cpp", "#include <boost/asio/ip/address.hpp>\n", 1},
    {third_party_includes, "server/domain/a.cpp", "#include <fstream>\n", 1},
    {third_party_includes, "tests/http/a.cpp", "#include <boost/beast/http.hpp>\n", 0},
    {pure_domain, "server/domain/a.cpp", "auto a = std::chrono::system_clock::now();\n", 1},
    {pure_domain, "server/domain/a.cpp", "auto a = Clock::time_point{};\n", 0},
    {pure_domain, "server/domain/a.cpp", "// system_clock::now()\nconst char* a = \"system_clock::now\";\n", 0},
    {pure_domain, "server/domain/a.cpp", "auto a = time(nullptr);\n", 1},
    {pure_domain, "server/domain/a.cpp", "Instant time(Date day);\n", 0},
    {pure_domain, "server/domain/a.cpp", "std::random_device device;\n", 1},
    {pure_domain, "server/commands/a.cpp", "auto a = std::chrono::system_clock::now();\n", 0},
    {banned_names, "server/http/a.cpp", "class RecordManager {};\n", 1},
    {banned_names, "server/http/a.cpp", "void json_helper();\n", 1},
    {banned_names, "server/http/a.cpp", "struct Impl;\n", 1},
    {banned_names, "server/http/a.cpp", "Person manager, programme_manager;\nstruct Manager;\n", 2},
    {banned_names, "server/http/a.cpp", "namespace utils {}\n", 1},
    {banned_names, "server/http/a.cpp", "int implied, utility, simple, management_review; // the manager's helper\n", 0},
    {banned_names, "server/http/a.cpp", "const char* a = \"Manager\";\n", 0},
    {sql_outside_storage, "server/http/a.cpp", "auto a = \"select id from record\";\n", 1},
    {sql_outside_storage, "server/http/a.cpp", "auto a = \"SELECT \"\n  \"id FROM record\";\n", 1},
    {sql_outside_storage, "server/http/a.cpp", "\nauto a = R\"(\n  insert into record values (1))\";\n", 2},
    {sql_outside_storage, "server/cli/a.cpp", "auto a = \"PRAGMA integrity_check\";\n", 1},
    {sql_outside_storage, "server/cli/a.cpp", "auto a = \"update record set state = 1\";\n", 1},
    {sql_outside_storage, "server/cli/a.cpp", "auto a = \"with x as (select 1) delete from y\";\n", 1},
    {sql_outside_storage, "server/cli/a.cpp", "auto a = \"Select the client\"; auto b = \"update\"; auto c = \"create a table of\";\n", 0},
    {sql_outside_storage, "server/cli/a.cpp", "auto a = \"Begin with the scope\"; auto b = \"With care, as (always)\";\n", 0},
    {sql_outside_storage, "server/storage/a.cpp", "auto a = \"select id from record\";\n", 0},
    {own_namespace, "tests/http/a_test.cpp", "// A.\n#include \"b.h\"\n\nnamespace assay::test::a_test {\n}\n", 0},
    {own_namespace, "tests/http/a_test.cpp", "#include \"b.h\"\n\nnamespace assay::test {\n}\n", 3},
    {own_namespace, "tests/http/a_test.cpp", "using namespace assay;\nnamespace assay::test::a_test {\n}\n", 1},
    {own_namespace, "tests/http/a_test.cpp", "namespace assay::test::b_test {\n}\n", 1},
    {own_namespace, "tests/http/a.cpp", "namespace assay::test {\n}\n", 0},
    {own_namespace, "server/http/a.cpp", "namespace assay {\n}\n", 0},
};
// clang-format on

TEST_CASE("rules about one C++ file") {
  for (const auto& row : cpp_rows) {
    INFO(row.path << ": " << row.text);
    const auto found = row.rule(read_cpp({row.path, row.text}));
    REQUIRE(found.size() == (row.line == 0 ? 0 : 1));
    if (row.line != 0) CHECK(found[0].line == row.line);
  }
}

std::string lines(std::size_t count, const std::string& line) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += line + "\n";
  return text;
}

struct LengthRow {
  std::string head;  // what stands before the 80 lines
  std::string tail;
  std::size_t line;  // of the one finding; 0: none
};

TEST_CASE("long functions are found whatever surrounds them") {
  const LengthRow rows[] = {
      {"void f() {\n", "}\n", 1},
      {"\n\nint f(int a, int b) const noexcept {\n", "}\n", 3},
      {"namespace a {\nclass B : public C {\n public:\n  B(int a) : C(a), a_{a}, b_{a, {1}} {\n", "  }\n};\n}\n", 4},
      {"template <class T>\nauto f(T a) -> std::vector<T> {\n", "}\n", 2},
      {"struct A {\n  bool operator==(const A& b) const {\n", "  }\n};\n", 2},
      {"void f(int a = {}, B b = {1, {2}})\n{\n", "}\n", 2},
      {"const auto f = [](int a) {\n", "};\n", 1},
      {"TEST_CASE(\"a { b\") {\n", "}\n", 1},
      {"void f() { auto a = '{'; auto b = \"{\"; auto c = R\"x({)\" {)x\"; int d = 1'000; /* { */  // {\n", "}\n", 1},
      {"#define OPEN {\nvoid f() {\n", "}\n", 2},
      {"struct A {\n", "};\n", 0},
      {"enum class A : int {\n", "};\n", 0},
      {"constexpr A a[] = {\n", "};\n", 0},
      {"const std::map<int, B> a{\n", "};\n", 0},
      {"namespace a::b {\n", "}\n", 0},
      {"extern \"C\" {\n", "}\n", 0},
      {"struct A f() { return A{1}; }\nstruct B {\n", "};\n", 0},
  };
  for (const auto& row : rows) {
    INFO(row.head);
    const auto found = function_length(read_cpp({"a.cpp", row.head + lines(80, "  a;") + row.tail}));
    REQUIRE(found.size() == (row.line == 0 ? 0 : 1));
    if (row.line != 0) CHECK(found[0].line == row.line);
    CHECK(function_length(read_cpp({"a.cpp", row.head + lines(60, "  a;") + row.tail})).empty());
  }
}

TEST_CASE("braces that do not balance are told, not guessed at") {
  // The rows of a test's table do not count, those of the server's do.
  const std::string table = "void f() {\n  const Row rows[] = {\n" + lines(80, "    {1, 2},") + "  };\n  a;\n}\n";
  CHECK(function_length(read_cpp({"tests/a.cpp", table})).empty());
  CHECK(function_length(read_cpp({"server/a.cpp", table})).size() == 1);
  CHECK(function_length(read_cpp({"tests/a.cpp", "void f() {\n  if (a) {\n" + lines(80, "    a;") + "  }\n}\n"}))
            .size() == 1);
  CHECK(function_length(read_cpp({"a.cpp", "void f() {\n"})).size() == 1);
  CHECK(function_length(read_cpp({"a.cpp", "void f() {}\n}\n"})).size() == 1);
}

TEST_CASE("literals are joined and keep their line") {
  const auto cpp = read_cpp({"a.cpp", "f(\"a\\\"b\" /* c */\n  \"d\",\n  u8R\"x(e\")x\", 'f');"});
  REQUIRE(cpp.literals.size() == 2);
  CHECK(cpp.literals[0].text == "a\\\"bd");
  CHECK(cpp.literals[0].line == 1);
  CHECK(cpp.literals[1].text == "e\"");
  CHECK(cpp.literals[1].line == 3);
  CHECK(cpp.code.size() == cpp.text.size());
}

struct TextRow {
  Findings (*rule)(const File&);
  std::string path;
  std::string text;
  bool broken;
};

TEST_CASE("rules about one file of text") {
  const TextRow rows[] = {
      {file_length, "server/http/a.cpp", lines(500, "a"), false},
      {file_length, "server/http/a.cpp", lines(501, "a"), true},
      {file_length, "server/web/a.css", lines(501, "a"), true},
      {file_length, "workflows/a.json", lines(501, "a"), false},
      {first_sentence, "server/a.cpp", "// What this file is for.\n#include <a>\n", false},
      {first_sentence, "server/a.cpp", "#include <a>\n", true},
      {first_sentence, "server/a.cpp", "// helpers\n", true},
      {first_sentence, "server/a.h", "#pragma once\n// What this file is for.\n", true},
      {first_sentence, "sdk/include/assay/abi.h", "/*\n * What a plugin is made of.\n */\n", false},
      {first_sentence, "dev", "#!/usr/bin/env bash\n# What this script does.\n", false},
      {first_sentence, "dev", "#!/usr/bin/env bash\nset -e\n", true},
      {first_sentence, "cmake/A.cmake", "# What this defines,\n# and how.\n", false},
      {first_sentence, "server/web/a.css", "/* The look of the pages. */\n", false},
      {first_sentence, "server/storage/migrations/1.sql", "-- The tables of records.\n", false},
      {first_sentence, "README.md", "Assay\n", false},
      {forbidden_text, "a.cpp", std::string("// TO") + "DO later\n", true},
      {forbidden_text, "a.md", std::string("see /ho") + "me/me/notes\n", true},
      {forbidden_text, "dev", std::string("deb http://deb.deb") + "ian.org/debian\n", true},
      {forbidden_text, "a.cpp", "int mastodon; // hacking, mktemp XXXXXX\n", false},
      {forbidden_text, "a.png", std::string("\0TO", 3) + "DO", false},
  };
  for (const auto& row : rows) {
    INFO(row.path << ": " << row.text.substr(0, 60));
    CHECK(row.rule({row.path, row.text}).empty() == !row.broken);
  }
}

Tree whole_top_level() {
  Tree tree;
  for (const auto* path : {"CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md", "CHANGELOG.md",
                           "SECURITY.md", "LICENSE", "dev", "server/a", "plugins/a", "sdk/a", "workflows/a", "tests/a",
                           "examples/a", "cmake/a", ".gitignore", ".ci/run"}) {
    tree.push_back({path, ""});
  }
  return tree;
}

TEST_CASE("the top level has what it should and nothing else") {
  auto tree = whole_top_level();
  CHECK(top_level(tree).empty());
  tree.push_back({"scripts/a", ""});
  CHECK(top_level(tree).size() == 1);
  tree.pop_back();
  tree.erase(tree.begin());
  CHECK(top_level(tree).size() == 1);
}

struct DocumentedRow {
  const char* path;
  const char* text;
  const char* markdown;
  std::size_t findings;
};

// clang-format off
const DocumentedRow documented_rows[] = {
    {"server/domain/guards.cpp", "constexpr Guard table[] = {{\"filled\", \"fields\"}, {\"is\", \"field\"}};", "`filled(fields)` and `is`", 0},
    {"server/domain/guards.cpp", "constexpr Guard table[] = {{\"filled\", \"fields\"}, {\"is\", \"field\"}};", "`filled` is", 1},
    {"server/domain/guards.cpp", "constexpr std::array<Guard, 1> table = {{{\"filled\"}}};", "nothing", 1},
    {"server/domain/guards.cpp", "constexpr std::array table{Guard{\"filled\"}, Guard{\"is\"}};", "`filled`", 1},
    {"server/domain/guards.cpp", "int nothing;", "`filled`", 1},
    {"server/cli/settings.h", "constexpr Setting settings[] = {{\"listen\", 1}, {\"json-limit\", 2}};", "`--listen HOST:PORT`, `json-limit`", 0},
    {"server/cli/settings.h", "constexpr Setting settings[] = {{\"listen\", 1}, {\"json-limit\", 2}};", "to listen, `--json-limits`", 2},
    {"server/http/routes.cpp", "constexpr Route routes[] = {{Method::get, \"/api/v1/me\", f}, {Method::get, \"/healthz\", g}};", "GET /api/v1/me", 1},
    {"server/http/routes.cpp", "constexpr Route routes[] = {{Method::get, \"/api/v1/me\", f}};", "GET /api/v1/me", 0},
    {"server/http/routes.cpp", "std::vector<int> a;", "GET /api/v1/me", 1},
    {"sdk/include/assay/ext/checklist.h", "#define ASSAY_EXT_CHECKLIST \"checklist/1\"\n", "the `checklist/1` extension", 0},
    {"sdk/include/assay/ext/checklist.h", "#define ASSAY_EXT_CHECKLIST \"checklist/1\"\n", "the checklist extension", 1},
};
// clang-format on

TEST_CASE("what is not documented is told") {
  for (const auto& row : documented_rows) {
    INFO(row.text << " / " << row.markdown);
    CHECK(documented({{row.path, row.text}, {"README.md", row.markdown}}).size() == row.findings);
  }
}

struct NamedRow {
  const char* path;
  const char* text;
  std::size_t line;  // of the one finding; 0: none
};

TEST_CASE("a record type that the server names is told") {
  const NamedRow rows[] = {
      {"server/commands/a.cpp", "bool b = name == \"legal-hold\";", 1},
      {"server/http/a.cpp", "\nauto b = \"/api/v1/privacy/legal-hold/7\";", 2},
      {"server/commands/demo.cpp", "make(\"legal-hold\");", 0},
      {"tests/commands/a.cpp", "make(\"legal-hold\");", 0},
      {"server/commands/a.cpp", "// a legal-hold\nauto b = \"legal-holds, a client, pre-legal-hold\";", 0},
      {"server/commands/a.cpp", "auto b = \"json-limit\";", 0},
  };
  for (const auto& row : rows) {
    INFO(row.path << ": " << row.text);
    const auto found = no_type_by_name({{"workflows/privacy/legal-hold.json", R"({"workflow": "privacy/legal-hold"})"},
                                        {"workflows/common/client.json", R"({"workflow": "common/client"})"},
                                        {"workflows/policies/json-limit.json", R"({"policies": {}})"},
                                        {row.path, row.text}});
    REQUIRE(found.size() == (row.line == 0 ? 0 : 1));
    if (row.line != 0) CHECK(found[0].line == row.line);
  }
}

}  // namespace
}  // namespace tidy::rules_test
