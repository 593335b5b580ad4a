// A data pack: a plugin without code.
#include "plugins/pack/pack.h"

#include <assay/ext/applicability.h>
#include <assay/ext/scoring.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>

#include "ledger/digest.h"
#include "plugins/catalogue.h"
#include "plugins/checked_plugin.h"
#include "plugins/pack/effort.h"
#include "plugins/pack/record_types.h"
#include "plugins/pack/rules.h"
#include "plugins/pack/template.h"
#include "plugins/package.h"
#include "plugins/turn.h"

namespace assay {
namespace {

constexpr std::uint64_t most_data = 8u << 20;   // bytes of a file
constexpr std::uint64_t most_kept = 64u << 20;  // of the catalogues in all languages

/// Says what is wrong with a file of the pack.
struct PackFault : std::runtime_error {
  PackFault(const std::string& file, std::string_view reason)
      : std::runtime_error(fmt::format("{}: {}", file, reason)) {}
};

bool has_id(const Json& value) { return value.is_object() && value.contains("id"); }

/// Lays `translation` over `text`: objects by member, lists of things with ids by id, all else as a whole.
void lay_over(Json& text, const Json& translation) {
  if (text.is_object() && translation.is_object()) {
    for (const auto& [name, value] : translation.items()) {
      if (text.contains(name)) lay_over(text[name], value);
    }
  } else if (text.is_array() && !text.empty() && has_id(text.front()) && translation.is_array()) {
    std::map<std::string, const Json*> by_id;
    for (const Json& entry : translation) {
      if (has_id(entry) && entry.at("id").is_string()) by_id[entry.at("id")] = &entry;
    }
    for (Json& entry : text) {
      const auto found = has_id(entry) && entry.at("id").is_string()
                             ? by_id.find(entry.at("id").get_ref<const std::string&>())
                             : by_id.end();
      if (found != by_id.end()) lay_over(entry, *found->second);
    }
  } else {
    text = translation;
  }
}

struct ReportData {
  Template text;
  std::map<std::string, Json> words;  // by language
};

/// Everything is read and checked when it is made; a call only evaluates, on the thread that calls: its deadline ends
/// it, and no more than so many run at once. Thread-safe, as nothing changes.
class DataPack : public PluginCode {
 public:
  DataPack(const std::filesystem::path& folder, const Manifest& manifest, const PluginLimits& limits)
      : folder_(folder), manifest_(manifest), most_answer_(limits.json_bytes), turn_(limits.processes) {
    read_catalogues_of();
    read_reports();
    const Json& data = *manifest_.data;
    if (data.contains("scoring")) {
      const std::string file = data.at("scoring");
      scoring_ = taken<ScoringRules>(file, ScoringRules::read(json_of(file), manifest_));
      require_known(file, *scoring_, ASSAY_SCORING_1);
    }
    if (data.contains("applicability")) {
      const std::string file = data.at("applicability");
      applicability_ = taken<ApplicabilityRules>(file, ApplicabilityRules::read(json_of(file)));
      require_known(file, *applicability_, ASSAY_APPLICABILITY_1);
    }
  }

  PluginHealth health() const override { return {.data = true}; }
  Result<void> run(const PluginCall& what, RunningCall& call, const CappedOutput& out) override;

 private:
  template <class T>
  static T taken(const std::string& file, std::variant<T, std::string> read) {
    if (const auto* fault = std::get_if<std::string>(&read)) throw PackFault(file, *fault);
    return std::get<T>(std::move(read));
  }
  template <class Rules>
  void require_known(const std::string& file, const Rules& rules, const char* extension) const;
  CatalogueNames names_of_catalogues(const Json& ids) const;
  std::string bytes_of_file(const std::string& name) const;
  static Json parsed(const std::string& name, const std::string& bytes);
  Json json_of(const std::string& name) const;
  std::string bytes_to_keep(const std::string& file);
  std::string catalogue_in(const std::string& language, const Json& files) const;
  void read_catalogues_of();
  void read_reports();
  Json words_of(const std::string& file);
  const Json& in_language(const std::map<std::string, Json>& texts, std::string_view language) const;
  bool evaluate(const PluginCall& what, const RunningCall& call, const CappedOutput& out, Effort& effort) const;

  std::filesystem::path folder_;
  Manifest manifest_;
  std::uint64_t most_answer_, held_ = 0;
  Turn turn_;
  std::map<std::string, std::string> catalogues_;  // the answer of checklist/1, by language
  std::map<std::string, ReportData> reports_;      // by format
  std::optional<ScoringRules> scoring_;
  std::optional<ApplicabilityRules> applicability_;
};

/// Rules for the pack's own catalogues name what is in one of them; what stands in those of others is not known.
template <class Rules>
void DataPack::require_known(const std::string& file, const Rules& rules, const char* extension) const {
  const Json& ids = manifest_.declared.at(extension).at("catalogues");
  const Json none = Json::object(), &own = manifest_.data->value("catalogues", none);
  if (!std::ranges::all_of(ids, [&](const Json& id) { return own.contains(id.get_ref<const std::string&>()); })) return;
  if (const auto at = rules.unknown_name(names_of_catalogues(ids)))
    throw PackFault(file, fmt::format("\"{}\" names what is in none of its catalogues", *at));
}

CatalogueNames DataPack::names_of_catalogues(const Json& ids) const {
  CatalogueNames names;
  const Json answer = Json::parse(catalogues_.at(manifest_.languages.front()));
  for (const Json& catalogue : answer.at("catalogues")) {
    if (std::ranges::find(ids, catalogue.at("id")) == ids.end()) continue;
    for (const auto& [list, into] :
         {std::pair{"results", &names.results}, {"groups", &names.groups}, {"items", &names.items}}) {
      for (const Json& one : catalogue.at(list)) into->insert(one.at("id").get<std::string>());
    }
  }
  return names;
}

/// Of a file that the manifest lists, with the hash that it states.
std::string DataPack::bytes_of_file(const std::string& name) const {
  const auto listed = std::ranges::find(manifest_.files, name, &PackageFile::path);
  if (listed == manifest_.files.end()) throw PackFault(name, "is not listed in the manifest");
  if (listed->size > most_data) throw PackFault(name, "is larger than 8 MiB");
  std::ifstream in(folder_ / name, std::ios::binary);
  std::string bytes(listed->size, '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) throw PackFault(name, "cannot be read whole");
  if (sha256_hex(bytes) != listed->sha256) throw PackFault(name, "has not the SHA-256 that the manifest states");
  return bytes;
}

Json DataPack::parsed(const std::string& name, const std::string& bytes) {
  auto read = parse_strict(bytes);
  if (const auto* fault = std::get_if<JsonFault>(&read))
    throw PackFault(name, fmt::format("\"{}\": {}", fault->pointer, fault->reason));
  return std::get<Json>(std::move(read));
}
Json DataPack::json_of(const std::string& name) const { return parsed(name, bytes_of_file(name)); }

/// The first language's text is whole; what the others do not translate shows in that one. One text at a time, as what
/// a small package says may be much when it is laid out in every language.
void DataPack::read_catalogues_of() {
  if (!manifest_.data->contains("catalogues")) return;
  const std::string& first = manifest_.languages.front();
  const Json& catalogues = manifest_.data->at("catalogues");
  std::uint64_t kept = 0;
  for (const std::string& language : manifest_.languages) {
    const bool translated =
        std::ranges::any_of(catalogues, [&](const Json& files) { return files.contains(language); });
    if (language != first && !translated) continue;  // as in the first
    std::string& answer = catalogues_[language] = R"({"catalogues":[)";
    for (const auto& [id, files] : catalogues.items()) {
      if (!files.contains(first))
        throw PackFault("manifest.json", fmt::format("the catalogue {} has no file for {}", id, first));
      if (!answer.ends_with('[')) answer += ',';
      answer += catalogue_in(language, files);
      if (answer.size() + 2 > most_answer_)
        throw PackFault("the catalogues in " + language, fmt::format("are larger than {} bytes", most_answer_));
    }
    answer += "]}";
    kept += answer.size();
    if (kept > most_kept) throw PackFault("the catalogues in all languages", "are larger than 64 MiB");
    const auto read = read_catalogues(answer, manifest_);
    if (const auto* fault = std::get_if<std::string>(&read)) throw PackFault("the catalogues in " + language, *fault);
  }
}

std::string DataPack::catalogue_in(const std::string& language, const Json& files) const {
  const std::string& first = manifest_.languages.front();
  Json text = json_of(files.at(first));
  if (files.contains(language) && language != first) lay_over(text, json_of(files.at(language)));
  return text.dump();
}

/// Counts a file whose content stays in memory; one may be named any number of times.
std::string DataPack::bytes_to_keep(const std::string& file) {
  std::string bytes = bytes_of_file(file);
  held_ += bytes.size();
  if (held_ > most_data) throw PackFault(file, "is too much: templates and words of all reports have 8 MiB together");
  return bytes;
}

Json DataPack::words_of(const std::string& file) {
  Json words = parsed(file, bytes_to_keep(file));
  const bool sound = words.is_object() && std::ranges::all_of(words, [](const Json& word) { return word.is_string(); });
  if (!sound) throw PackFault(file, "must be an object of texts");
  return words;
}

void DataPack::read_reports() {
  if (!manifest_.data->contains("reports")) return;
  for (const auto& [id, report] : manifest_.data->at("reports").items()) {
    const ReportFormat* const format = manifest_.find_format(id);
    const auto how = format == nullptr ? std::nullopt : escape_for(format->media_type);
    if (!how)
      throw PackFault("manifest.json", fmt::format("a template cannot make the report {}: its media type must be "
                                                   "text/html, text/csv, text/plain or JSON",
                                                   id));
    const std::string file = report.at("template");
    ReportData data{taken<Template>(file, Template::read(bytes_to_keep(file), *how)), {}};
    data.words[manifest_.languages.front()] = Json::object();
    if (report.contains("words")) {
      for (const auto& [language, words] : report.at("words").items()) data.words[language] = words_of(words);
    }
    reports_.emplace(id, std::move(data));
  }
}

const Json& DataPack::in_language(const std::map<std::string, Json>& texts, std::string_view language) const {
  const auto found = texts.find(std::string(language));
  return found == texts.end() ? texts.at(manifest_.languages.front()) : found->second;
}

/// False when the output took no more.
bool DataPack::evaluate(const PluginCall& what, const RunningCall& call, const CappedOutput& out,
                        Effort& effort) const {
  const auto put = [&](std::string_view piece) {
    return out.abi()->write(out.abi(), {piece.data(), piece.size()}) == ASSAY_OK;
  };
  const std::string language(call.language());
  switch (what.method) {
    case sandbox::Method::catalogues: {
      const auto found = catalogues_.find(language);
      return put(found == catalogues_.end() ? catalogues_.at(manifest_.languages.front()) : found->second);
    }
    case sandbox::Method::render: {
      const ReportData& report = reports_.at(std::string(what.format));
      return report.text.fill_in(Json::parse(what.input), {{"words", in_language(report.words, language)}}, put,
                                 effort);
    }
    case sandbox::Method::score:
      return put(scoring_.value().evaluate(Json::parse(what.input), language, effort).dump());
    case sandbox::Method::applicable:
      return put(applicability_.value().evaluate(Json::parse(what.input), language, effort).dump());
    default:
      return false;
  }
}

Result<void> DataPack::run(const PluginCall& what, RunningCall& call, const CappedOutput& out) {
  const Entered entered(turn_, call.limits());
  if (!entered) return plugin_busy(manifest_.id, what.phase);
  Effort effort([&call] { return call.given_up(); });
  std::string why = "its output became too large";
  try {
    if (evaluate(what, call, out, effort)) return {};
  } catch (const EffortSpent& spent) {
    why = spent.what();
  }
  if (entered.came_too_late()) return plugin_busy(manifest_.id, what.phase);
  return plugin_failed(manifest_.id, what.phase, call.given_up() ? call.reason(ASSAY_CANCELLED) : why);
}

/// Every extension that is declared has its data, and no other has.
void require_data(const Manifest& manifest) {
  const Json& data = *manifest.data;
  const auto agree = [&](std::string_view extension, const char* member) {
    if (manifest.implements(extension) != data.contains(member))
      throw PackFault("manifest.json", fmt::format("the extension {} and /data/{} go together", extension, member));
  };
  agree("checklist/1", "catalogues");
  agree("report/1", "reports");
  agree(ASSAY_SCORING_1, "scoring");
  agree(ASSAY_APPLICABILITY_1, "applicability");
  agree(record_types_1, "workflows");
  for (const std::string& extension : manifest.extensions) {
    if (extension != "checklist/1" && extension != "report/1" && extension != ASSAY_SCORING_1 &&
        extension != ASSAY_APPLICABILITY_1 && extension != record_types_1)
      throw PackFault("manifest.json", fmt::format("{} needs a library", extension));
  }
  for (const ReportFormat& format : manifest.report_formats) {
    if (!data.at("reports").contains(format.id))
      throw PackFault("manifest.json", fmt::format("the format {} has no template", format.id));
  }
}

}  // namespace

Result<std::unique_ptr<PluginCode>> read_data_pack(const std::filesystem::path& folder, const Manifest& manifest,
                                                   const PluginLimits& limits) {
  if (auto files = verify_package(folder, manifest); !files) return files.error();
  try {
    require_data(manifest);
    if (manifest.implements(record_types_1)) {
      if (auto types = record_type_files(folder, manifest); !types) return types.error();
    }
    return std::unique_ptr<PluginCode>(std::make_unique<DataPack>(folder, manifest, limits));
  } catch (const PackFault& fault) {
    return refuse(Reason::invalid, fmt::format("{}: {}", folder.string(), fault.what()));
  }
}

Result<std::unique_ptr<Plugin>> load_data_pack(const std::filesystem::path& folder, Manifest manifest,
                                               const PluginHost& host) {
  auto code = read_data_pack(folder, manifest, host.limits);
  if (!code) return plugin_failed(manifest.id, "package", code.error().detail);
  return checked_plugin(std::move(manifest), host.limits, std::move(*code));
}

}  // namespace assay
