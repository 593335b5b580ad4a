// Which part may include and know what: the direction between layers, third-party headers, the purity of the domain,
// SQL, record types.
#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tidy/rules.h"

namespace tidy {
namespace {

using Names = std::set<std::string, std::less<>>;

/// What each layer may include beside itself; the same graph as in CMakeLists.txt.
const std::map<std::string, Names, std::less<>> below = {
    {"domain", {}},
    {"ledger", {"domain"}},
    {"storage", {"ledger", "domain"}},
    {"commands", {"storage", "ledger", "domain"}},
    {"integrations", {"commands", "storage", "ledger", "domain"}},
    {"sandbox", {}},
    {"plugins", {"sandbox", "commands", "storage", "ledger", "domain"}},
    {"jobs", {"integrations", "plugins", "sandbox", "commands", "storage", "ledger", "domain"}},
    {"http", {"integrations", "plugins", "sandbox", "commands", "storage", "ledger", "domain"}},
    {"cli", {"http", "jobs", "integrations", "plugins", "sandbox", "commands", "storage", "ledger", "domain"}},
};

struct Include {
  std::size_t line;
  std::string target;
};

std::vector<Include> includes_of(const Cpp& cpp) {
  std::vector<Include> found;
  std::istringstream lines(cpp.text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t'; });
    if (!line.starts_with("#include") || line.size() < 10) continue;
    const auto end = line.find_first_of(">\"", 9);
    found.push_back({number, line.substr(9, end == std::string::npos ? end : end - 9)});
  }
  return found;
}

/// The layer of a file below server/, "main" for files that stand there directly, or nothing elsewhere.
std::string layer_of(std::string_view path) {
  constexpr std::string_view top = "server/";
  if (!path.starts_with(top)) return {};
  path.remove_prefix(top.size());
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? "main" : std::string(path.substr(0, slash));
}

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [&](auto start) { return text.starts_with(start); });
}

/// Whether the file is part of the product, not of its tests.
bool is_product(std::string_view path) { return begins_with_any(path, {"server/", "plugins/", "sdk/"}); }

}  // namespace

Findings include_direction(const Cpp& cpp) {
  Findings findings;
  const auto layer = layer_of(cpp.path);
  if (!layer.empty() && layer != "main" && !below.contains(layer)) {
    findings.push_back({cpp.path, 0, "there is no layer " + layer});
    return findings;
  }
  const bool outside = begins_with_any(cpp.path, {"plugins/", "sdk/"});
  for (const auto& include : includes_of(cpp)) {
    if (include.target.find("../") != std::string::npos) {
      findings.push_back({cpp.path, include.line, "includes " + include.target + ": paths are relative to server/"});
    }
    const auto target = include.target.substr(0, include.target.find('/'));
    if (target == include.target || !below.contains(target)) continue;
    if (outside) findings.push_back({cpp.path, include.line, "a plugin knows the SDK only, not " + include.target});
    if (layer.empty() || layer == "main" || layer == target) continue;
    if (!below.at(layer).contains(target)) {
      findings.push_back({cpp.path, include.line, layer + " may not include " + include.target});
    }
  }
  return findings;
}

Findings third_party_includes(const Cpp& cpp) {
  Findings findings;
  if (!is_product(cpp.path)) return findings;
  const auto layer = layer_of(cpp.path);
  const bool may_beast = layer == "http" || cpp.path.starts_with("server/integrations/outbound");
  for (const auto& include : includes_of(cpp)) {
    const auto refuse = [&](std::string_view why) {
      findings.push_back({cpp.path, include.line, "includes " + include.target + ": " + std::string(why)});
    };
    if (include.target.starts_with("boost/beast") && !may_beast)
      refuse("Beast is for http/ and integrations/outbound only");
    if (begins_with_any(include.target, {"sqlite3", "libpq", "postgresql/", "storage/libpq"}) && layer != "storage") {
      refuse("databases are for storage/ only");
    }
    if (begins_with_any(include.target, {"archive", "plugins/libarchive"}) && layer != "plugins")
      refuse("package files are for plugins/ only");
    // A hash is a pure function, the rest of that library is not; pure work may be done by several threads, in one way.
    const bool pure =
        include.target == "openssl/sha.h" || (include.target == "thread" && cpp.path == "server/domain/parallel.h");
    if (layer == "domain" && !pure &&
        begins_with_any(include.target, {"boost/asio", "fstream", "iostream", "filesystem", "thread", "openssl/",
                                         "spdlog/", "unistd.h", "sys/", "cstdio"})) {
      refuse("the domain does no input or output");
    }
  }
  return findings;
}

Findings pure_domain(const Cpp& cpp) {
  Findings findings;
  if (layer_of(cpp.path) != "domain") return findings;
  static const std::regex impure(
      R"(\w*clock\s*::\s*now\b|\bstd\s*::\s*time\s*\(|\btime\s*\(\s*(nullptr|NULL|0|&)|\brandom_device\b|\bs?rand\s*\(|)"
      R"(\bgetenv\s*\(|\bgettimeofday\b|\bclock_gettime\b|\bcurrent_zone\s*\()");
  for (std::sregex_iterator it(cpp.code.begin(), cpp.code.end(), impure), end; it != end; ++it) {
    findings.push_back({cpp.path, line_at(cpp.code, static_cast<std::size_t>(it->position())),
                        "the domain has no clock, no randomness and no environment: " + it->str()});
  }
  return findings;
}

Findings sql_outside_storage(const Cpp& cpp) {
  Findings findings;
  if (!is_product(cpp.path) || layer_of(cpp.path) == "storage") return findings;
  static const std::regex sql(
      R"(^(\s|\\n)*(select\s+([\s\S]*\sfrom\s|\d|\*|count\s*\()|insert\s+(or\s+\w+\s+)?into\s|update\s+[\w."]+\s+set\s|)"
      R"(delete\s+from\s|create\s+(temp\s+|temporary\s+|unique\s+)?(table|index|view|trigger)\s|drop\s+(table|index|view)\s|)"
      R"(alter\s+table\s|pragma\s+\w|begin\s+(immediate|exclusive|transaction)|savepoint\s+\w|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*\())",
      std::regex::icase);
  constexpr std::size_t enough = 300;  // a statement shows itself early; std::regex recurses on every character
  for (const auto& literal : cpp.literals) {
    if (std::regex_search(literal.text.substr(0, enough), sql)) {
      findings.push_back({cpp.path, literal.line, "SQL is for storage/ only: \"" + literal.text.substr(0, 40) + "\""});
    }
  }
  return findings;
}

Findings no_type_by_name(const Tree& tree) {
  static const std::regex definition(R"(^workflows/[a-z0-9]+/([a-z0-9]+(-[a-z0-9]+)+)\.json$)");
  Names types;
  for (const File& file : tree) {
    std::smatch match;
    if (std::regex_match(file.path, match, definition) && file.text.find("\"workflow\":") != std::string::npos)
      types.insert(match[1]);
  }
  static const std::regex name("[a-z0-9]+(-[a-z0-9]+)+");
  Findings findings;
  for (const File& file : tree) {
    if (!is_cpp(file.path) || !file.path.starts_with("server/") || file.path.starts_with("server/commands/demo")) {
      continue;
    }
    for (const auto& literal : read_cpp(file).literals) {
      for (std::sregex_iterator it(literal.text.begin(), literal.text.end(), name), end; it != end; ++it) {
        if (!types.contains(it->str())) continue;
        findings.push_back({file.path, literal.line, it->str() + ": what is so of one record type is said by data"});
      }
    }
  }
  return findings;
}

}  // namespace tidy
