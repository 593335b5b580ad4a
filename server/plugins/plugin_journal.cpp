// The journal of plugins on disk: a line of canonical JSON for each act.
#include "plugins/plugin_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <variant>

#include "ledger/digest.h"
#include "storage/files.h"

namespace assay {
namespace {

Json line_of(const PluginAct& act, const std::string& before) {
  return {{"n", act.number}, {"at", to_text(act.at)}, {"by", act.by},
          {"act", act.act},  {"facts", act.facts},    {"before", before}};
}

std::string journal_text(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return {};
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw PluginJournalError(file.string() + ": cannot be read");
  return text;
}

/// The act of a line; throws std::exception for a line that append() does not write.
PluginAct act_of(const Json& line) {
  PluginAct act;
  line.at("n").get_to(act.number);
  const auto at = parse_instant(line.at("at").get<std::string>());
  if (!at) throw std::runtime_error("its time is none");
  act.at = *at;
  line.at("by").get_to(act.by);
  line.at("act").get_to(act.act);
  act.facts = line.at("facts");
  return act;
}

}  // namespace

PluginJournal::PluginJournal(std::filesystem::path file) : file_(std::move(file)) {
  const std::string text = journal_text(file_);
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    if (end == std::string::npos) break;
    const std::string line = text.substr(begin, end - begin);
    const auto number = static_cast<std::int64_t>(acts_.size()) + 1;
    const auto fail = [&](std::string_view reason) {
      throw PluginJournalError(fmt::format("{}: line {}: {}", file_.string(), number, reason));
    };
    const auto parsed = parse_strict(line);
    if (const auto* fault = std::get_if<JsonFault>(&parsed)) fail(fault->reason);
    PluginAct act;
    try {
      const Json& json = std::get<Json>(parsed);
      act = act_of(json);
      if (act.number != number || canonical(line_of(act, last_hash_)) != line)
        fail("does not follow the line before: a line was changed, added or removed");
    } catch (const Json::exception&) {
      fail("is no act");
    }
    acts_.push_back(std::move(act));
    last_hash_ = sha256_hex(line);
    begin = end + 1;
    size_ = begin;
  }
}

const PluginAct& PluginJournal::append(std::string_view act, Json facts, Instant at, std::string_view by) {
  PluginAct made{static_cast<std::int64_t>(acts_.size()) + 1, at, std::string(by), std::string(act), std::move(facts)};
  const std::string line = canonical(line_of(made, last_hash_));
  const std::string bytes = line + "\n";
  File out(file_, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW);
  const auto size = static_cast<off_t>(size_);
  if (::ftruncate(out.descriptor(), size) != 0 || ::lseek(out.descriptor(), size, SEEK_SET) != size)
    throw std::system_error(errno, std::generic_category(), file_.string());
  try {
    out.write({bytes.data(), bytes.size()});
    out.sync();
    sync_folder(file_.parent_path());
  } catch (...) {
    // Whoever reads it next would take the line for an act. That it cannot be taken back is no news beside the failure.
    if (::ftruncate(out.descriptor(), size) == 0) ::fsync(out.descriptor());
    throw;
  }
  acts_.push_back(std::move(made));
  last_hash_ = sha256_hex(line);
  size_ += bytes.size();
  return acts_.back();
}

}  // namespace assay
