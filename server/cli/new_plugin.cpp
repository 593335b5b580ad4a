// A new plugin of an author.
#include "cli/new_plugin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <vector>

#include "cli/settings.h"
#include "domain/json.h"
#include "ledger/digest.h"
#include "plugins/package_archive.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct EmbeddedText {
  std::string_view path, text;
};
constexpr EmbeddedText templates[] = {
#include "cli/embedded_templates.inc"
};

/// A file of a new plugin and the template that it is made of.
struct TemplateFile {
  std::string_view path, made_of;
};

/// A kind of plugin in a language. `plugin` is the part of the build that differs, `steps` what the author does next.
struct TemplateRow {
  std::string_view kind, language;
  std::string_view project;  // of CMake; empty: built otherwise
  std::string_view plugin, steps;
  std::vector<TemplateFile> files;
};

constexpr std::string_view cmake_steps =
    "```sh\ncmake -B build && cmake --build build\nassay plugin check build/plugins/__NAME__\n```\n";
constexpr std::string_view cpp_report_steps =
    "The input is read with nlohmann/json (`apt install nlohmann-json3-dev`), a header-only library.\n\n"
    "```sh\ncmake -B build && cmake --build build\nassay plugin check build/plugins/__NAME__\n```\n";

constexpr std::string_view rust_steps =
    "It takes cargo and no crates.\n\n```sh\nsh build.sh\nassay plugin check package\n```\n";
constexpr std::string_view data_steps =
    "There is no code in it: this folder is the package. After every change:\n\n"
    "```sh\nassay plugin files .\nassay plugin check .\n```\n";

std::vector<TemplateRow> cmake_rows() {
  return {
      {"checklist",
       "cpp",
       "CXX",
       "assay_add_plugin(__NAME__ MANIFEST manifest.json SOURCES checklist.cpp)\n"
       "foreach(language en de)\n"
       "  assay_embed_text(__NAME__ FILE catalogue.${language}.json HEADER catalogue_${language}.h NAMESPACE texts\n"
       "    NAME catalogue_${language})\n"
       "endforeach()\n",
       cmake_steps,
       {{"manifest.json", "manifest.checklist.json"},
        {"checklist.cpp", "checklist.cpp"},
        {"catalogue.en.json", "catalogue.en.json"},
        {"catalogue.de.json", "catalogue.de.json"}}},
      {"checklist",
       "c",
       "C",
       "assay_add_plugin(__NAME__ MANIFEST manifest.json SOURCES checklist.c)\n"
       "set_target_properties(__NAME__ PROPERTIES C_STANDARD 11)\n"
       "foreach(language en de)\n"
       "  assay_embed_text(__NAME__ FILE catalogue.${language}.json HEADER catalogue_${language}.h NAME "
       "catalogue_${language} C)\n"
       "endforeach()\n",
       cmake_steps,
       {{"manifest.json", "manifest.checklist.json"},
        {"checklist.c", "checklist.c"},
        {"catalogue.en.json", "catalogue.en.json"},
        {"catalogue.de.json", "catalogue.de.json"}}},
      {"report",
       "cpp",
       "CXX",
       "find_package(nlohmann_json REQUIRED)\n"
       "assay_add_plugin(__NAME__ MANIFEST manifest.json SOURCES report.cpp)\n"
       "target_link_libraries(__NAME__ PRIVATE nlohmann_json::nlohmann_json)\n",
       cpp_report_steps,
       {{"manifest.json", "manifest.report.json"}, {"report.cpp", "report.cpp"}}},
      {"report",
       "c",
       "C",
       "assay_add_plugin(__NAME__ MANIFEST manifest.json SOURCES report.c)\n"
       "set_target_properties(__NAME__ PROPERTIES C_STANDARD 11)\n",
       cmake_steps,
       {{"manifest.json", "manifest.report.json"}, {"report.c", "report.c"}, {"json.h", "json.h"}}},
  };
}

std::vector<TemplateRow> other_rows() {
  return {
      {"checklist",
       "rust",
       "",
       "",
       rust_steps,
       {{"manifest.json", "manifest.checklist.json"},
        {"Cargo.toml", "Cargo.toml"},
        {".cargo/config.toml", "cargo-config.toml"},
        {"build.sh", "build.sh"},
        {"src/assay.rs", "assay.rs"},
        {"src/lib.rs", "checklist.rs"},
        {"catalogue.en.json", "catalogue.en.json"},
        {"catalogue.de.json", "catalogue.de.json"}}},
      {"report",
       "rust",
       "",
       "",
       rust_steps,
       {{"manifest.json", "manifest.report.json"},
        {"Cargo.toml", "Cargo.toml"},
        {".cargo/config.toml", "cargo-config.toml"},
        {"build.sh", "build.sh"},
        {"src/assay.rs", "assay.rs"},
        {"src/json.rs", "json.rs"},
        {"src/lib.rs", "report.rs"}}},
      {"checklist",
       "data",
       "",
       "",
       data_steps,
       {{"manifest.json", "manifest.checklist-data.json"},
        {"catalogue.en.json", "catalogue.en.json"},
        {"catalogue.de.json", "catalogue.de.json"},
        {"scoring.json", "scoring.json"},
        {"applicability.json", "applicability.json"}}},
      {"report",
       "data",
       "",
       "",
       data_steps,
       {{"manifest.json", "manifest.report-data.json"},
        {"report.html", "report.html"},
        {"findings.csv", "findings.csv"},
        {"words.en.json", "words.en.json"},
        {"words.de.json", "words.de.json"}}},
  };
}

const std::vector<TemplateRow>& template_rows() {
  static const std::vector<TemplateRow> rows = [] {
    auto all = cmake_rows();
    const auto others = other_rows();
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return rows;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

std::string_view template_text(std::string_view name) {
  const auto* const found = std::ranges::find(templates, fmt::format("templates/{}", name), &EmbeddedText::path);
  if (found == std::end(templates)) throw std::logic_error(fmt::format("there is no template {}", name));
  return found->text;
}

/// As sdk/schema/manifest.json has it.
bool is_plugin_id(std::string_view id) {
  std::size_t parts = 0;
  for (std::string_view rest = id; !rest.empty(); ++parts) {
    const auto dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    const bool last = dot == std::string_view::npos;
    const auto fits = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (last && c == '-'); };
    if (part.empty() || part.size() > 31 || part.front() < 'a' || part.front() > 'z' ||
        !std::ranges::all_of(part, fits))
      return false;
    if (!last && rest.size() == dot + 1) return false;
    rest = last ? std::string_view() : rest.substr(dot + 1);
  }
  return parts >= 2 && parts <= 7 && id.size() <= 100;
}

const TemplateRow& row_for(const NewPlugin& plugin) {
  std::string known;
  for (const TemplateRow& row : template_rows()) {
    if (row.kind == plugin.kind && row.language == plugin.language) return row;
    known += fmt::format("{}{} --lang {}", known.empty() ? "" : ", ", row.kind, row.language);
  }
  throw SettingError(
      fmt::format("there is no template {} --lang {}; there are {}", plugin.kind, plugin.language, known));
}

void write_text(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw SettingError("the file " + path.string() + " cannot be written");
}

std::string read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw SettingError("the file " + path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int make_plugin(const NewPlugin& plugin) {
  const TemplateRow& row = row_for(plugin);
  if (!is_plugin_id(plugin.id))
    throw SettingError("the id must be a reverse domain name in lower case, such as com.example.hello, not " +
                       plugin.id);
  const std::string name = plugin.id.substr(plugin.id.rfind('.') + 1);
  const fs::path folder = plugin.folder.empty() ? fs::path(name) : plugin.folder;
  if (fs::exists(folder)) throw SettingError(folder.string() + " is there already");
  const auto filled = [&](std::string_view text) {
    std::string result(text);
    for (const auto& [mark, value] : {std::pair<std::string_view, std::string_view>{"__PLUGIN__", row.plugin},
                                      {"__STEPS__", row.steps},
                                      {"__LANGUAGE__", row.project},
                                      {"__NAME__", name},
                                      {"__ID__", plugin.id}})
      replace_all(result, mark, value);
    return result;
  };
  for (const TemplateFile& file : row.files) write_text(folder / file.path, filled(template_text(file.made_of)));
  write_text(folder / "README.md", filled(template_text("README.md")));
  if (!row.project.empty()) {
    write_text(folder / "CMakeLists.txt", filled(template_text("CMakeLists.txt")));
    for (const EmbeddedText& part : templates) {
      if (!part.path.starts_with("templates/")) write_text(folder / "assay-sdk" / part.path, part.text);
    }
  }
  if (plugin.language == "data") list_files(folder);
  fmt::print("{} is a {} that builds and passes the validator as it is. What to do next stands in {}.\n",
             folder.string(), plugin.kind, (folder / "README.md").string());
  return 0;
}

int list_files(const fs::path& folder) {
  const fs::path place = folder / "manifest.json";
  auto parsed = parse_strict(read_bytes(place));
  if (const auto* fault = std::get_if<JsonFault>(&parsed))
    throw SettingError(fmt::format("{} at \"{}\": {}", place.string(), fault->pointer, fault->reason));
  std::map<std::string, Json> files;  // by name
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == manifest_name || name == signature_name) continue;
    if (!entry.is_regular_file() || entry.is_symlink())
      throw SettingError(entry.path().string() +
                         " is no file; a package holds nothing else (of a source folder, list what its build makes)");
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (name.front() == '.' || name.front() == '-' || name.find_first_not_of(letters) != std::string::npos)
      throw SettingError(entry.path().string() +
                         " is no name for a file of a package (letters, digits, _, . and -): move it away");
    const std::string bytes = read_bytes(entry.path());
    files[name] = {{"path", name}, {"sha256", sha256_hex(bytes)}, {"size", bytes.size()}};
  }
  const std::string before = read_bytes(place);
  auto manifest = nlohmann::ordered_json::parse(before);
  manifest["files"] = nlohmann::ordered_json::array();
  for (const auto& [name, file] : files) manifest["files"].push_back(nlohmann::ordered_json(file));
  const std::string after = manifest.dump(1) + "\n";
  write_text(place, after);
  fmt::print("{} lists {} file{}\n", place.string(), files.size(), files.size() == 1 ? "" : "s");
  if (after != before && fs::remove(folder / signature_name))
    fmt::print("{} is removed: it was for the manifest as it was before\n", (folder / signature_name).string());
  return 0;
}

}  // namespace assay
