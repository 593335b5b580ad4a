// All settings of the server.
#include "cli/settings.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>

namespace assay {
namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return number;
}

std::optional<bool> flag_in(std::string_view text) {
  for (const std::string_view yes : {"yes", "true", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"no", "false", "off", "0"}) {
    if (text == no) return false;
  }
  return {};
}

void check(const Setting& setting, const std::string& value, std::string_view source) {
  if (setting.kind == SettingKind::number) {
    const auto number = number_in(value);
    if (!number || *number < setting.least) {
      throw SettingError(fmt::format("{}: {} must be a number of at least {}, not \"{}\"", source, setting.name,
                                     setting.least, value));
    }
    if (*number > setting.most)
      throw SettingError(
          fmt::format("{}: {} must be a number of at most {}, not \"{}\"", source, setting.name, setting.most, value));
  }
  if (setting.kind == SettingKind::flag && !flag_in(value)) {
    throw SettingError(fmt::format("{}: {} must be yes or no, not \"{}\"", source, setting.name, value));
  }
}

std::map<std::string, std::string> read_file(const std::filesystem::path& path) {
  std::ifstream input(path);
  if (!input) throw SettingError("the config file " + path.string() + " cannot be read");
  std::map<std::string, std::string> values;
  for (const CLI::ConfigItem& item : CLI::ConfigINI().from_config(input)) {
    if (item.name == "++" || item.name == "--") continue;  // how the library marks sections
    const std::string name = item.fullname();
    if (find_setting(name) == nullptr) throw SettingError(path.string() + ": there is no setting " + name);
    values[name] = CLI::detail::join(item.inputs, ",");
  }
  return values;
}

}  // namespace

const Setting* find_setting(std::string_view name) {
  const auto found = std::find_if(std::begin(all_settings), std::end(all_settings),
                                  [&](const Setting& one) { return one.name == name; });
  return found == std::end(all_settings) ? nullptr : found;
}

std::string environment_name(const Setting& setting) {
  std::string name = "ASSAY_";
  for (const char c : setting.name) name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return name;
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return {};
  return std::string(value);
}

SettingValues::SettingValues(const std::map<std::string, std::string>& given, const Environment& environment,
                             const std::optional<std::filesystem::path>& file) {
  const auto filed = file ? read_file(*file) : std::map<std::string, std::string>();
  for (const Setting& setting : all_settings) {
    const std::string name(setting.name), variable = environment_name(setting);
    std::string& value = values_[name] = std::string(setting.fallback);
    std::string source = "default";
    if (const auto found = filed.find(name); found != filed.end()) {
      value = found->second;
      source = file->string();
    }
    if (const auto found = environment(variable)) {
      value = *found;
      source = variable;
    }
    if (const auto found = given.find(name); found != given.end()) {
      value = found->second;
      source = "--" + name;
    }
    check(setting, value, source);
  }
}

const std::string& SettingValues::text(std::string_view name) const { return values_.find(name)->second; }
std::int64_t SettingValues::number(std::string_view name) const { return number_in(text(name)).value(); }
bool SettingValues::flag(std::string_view name) const { return flag_in(text(name)).value(); }

std::vector<std::string> SettingValues::list(std::string_view name) const {
  std::vector<std::string> parts;
  std::string_view rest = text(name);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (comma != 0) parts.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return parts;
}

std::string settings_text() {
  std::string text;
  for (const Setting& setting : all_settings) {
    text += fmt::format("{} ({}) = {} {}\n    {}\n", setting.name, environment_name(setting), setting.fallback,
                        setting.unit, setting.description);
  }
  return text;
}

std::string settings_markdown() {
  std::string text = "| Setting | Default | Unit | What it does |\n|---|---|---|---|\n";
  for (const Setting& setting : all_settings) {
    const std::string fallback = setting.fallback.empty() ? "" : fmt::format("`{}`", setting.fallback);
    text += fmt::format("| `{}` | {} | {} | {} |\n", setting.name, fallback, setting.unit, setting.description);
  }
  return text;
}

}  // namespace assay
