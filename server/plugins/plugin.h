// A plugin as the rest of the server sees it, wherever its code runs: in a process of its own or in this one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/refusal.h"
#include "plugins/manifest.h"
#include "sandbox/frame.h"
#include "sandbox/host.h"
#include "sandbox/parts.h"

namespace assay {

/// A validated catalogue in one language.
struct Catalogue {
  std::string id;
  std::string version;
  std::string language;  // may differ from the one asked for, when the plugin has not got that
  std::string hash;      // SHA-256 of the canonical text of `content`: what audits are pinned to
  Json content;          // see sdk/schema/checklist.json
};

/// A finished report; its bytes went to the sink.
struct ReportResult {
  std::string media_type;
  std::string file_extension;  // without the dot
  std::string sha256;          // of the bytes
  std::int64_t size;           // bytes
  std::string input_hash;      // SHA-256 of the canonical text of the input
};

/// Takes the next piece of a report. A refusal ends the call, which then returns it.
using ByteSink = std::function<Result<void>(std::string_view)>;

/// A line of a plugin for the log: plugin id, level as in assay/ext/host/log.h, well-formed text. Called on any thread.
using PluginLog = std::function<void(const std::string& plugin, std::int32_t level, const std::string& line)>;

/// What the host takes from a plugin; settings.
struct PluginLimits {
  std::uint64_t json_bytes = 8u << 20;
  std::uint64_t report_bytes = 256u << 20;
  std::chrono::milliseconds load{15'000};  // for init

  // Of plugins in processes of their own.
  int processes = 2;                                // of one plugin, each with one call at a time
  int niceness = sandbox::only_what_is_left;        // how far they stand back for the server (sandbox/host.h)
  std::chrono::microseconds pulse{250};             // of processors while they compute (pulse.h); 0: none
  int calls_per_process = 200;                      // then it is replaced
  std::chrono::milliseconds idle{600'000};          // then it ends
  std::chrono::milliseconds cancel_grace{2'000};    // from being told to stop until it is killed
  std::chrono::milliseconds first_pause{1'000};     // after a crash; doubled with each further one
  std::chrono::milliseconds longest_pause{60'000};  // of those
  std::size_t crashes = 3;                          // so many within `crash_window`: quarantined
  std::chrono::milliseconds crash_window{600'000};
};

/// What the server is to its plugins.
struct PluginHost {
  std::string version;  // of the server; semantic version
  PluginLimits limits = {};
  PluginLog log = {};  // may be empty

  std::filesystem::path program = {};                        // assay-plugin-host
  sandbox::Level required_level = sandbox::Level::confined;  // a process that reaches less loads nothing
  std::vector<std::string> in_process = {};                  // ids of plugins that run in the server itself
};

/// How a plugin runs, and whether it still does.
struct PluginHealth {
  bool in_process = false;
  sandbox::Parts parts = 0;     // of its sandbox; none in the server itself
  std::string quarantine = {};  // why it is not called any more; empty while it is
  bool data = false;            // it has no code that could run
};

/// How long a caller waits. The time for which a plugin is busy with other calls counts.
struct CallLimits {
  std::chrono::steady_clock::time_point deadline;
  std::stop_token cancel = {};
};

/// Up to `length` bytes from `offset` of the file of a piece of evidence; nothing when whoever asks may not see it,
/// when it is not there, and when it is no file.
using EvidenceReader =
    std::function<std::optional<std::string>(std::string_view id, std::uint64_t offset, std::uint64_t length)>;

/// What a call has of the host's besides its input. The plugin sees of it what its manifest asks for.
struct CallServices {
  std::int64_t organisation = 0;                    // for whom it is; 0: for nobody in particular
  Json settings = nullptr;                          // as the plugin may see them; null: none
  std::optional<std::uint64_t> seed = {};           // for rng/1
  std::optional<std::int64_t> now_ms = {};          // for clock/1: since 1970, UTC
  EvidenceReader evidence = {};                     // for evidence/1; empty: the call is about no audit
  std::function<void(std::int32_t)> progress = {};  // in thousandths; on any thread; may be empty
};

/// A loaded plugin. Thread-safe; of calls into one plugin as many run at once as it has processes, in the
/// server itself one. Whatever a plugin does wrong comes back
/// as Refusal{plugin_failed} whose detail names the plugin, the phase and the reason; nothing of its output then
/// counts. So does Refusal{overloaded}, told as plugin_busy(), when its turn does not come.
class Plugin {
 public:
  virtual ~Plugin() = default;

  virtual const Manifest& manifest() const = 0;
  virtual PluginHealth health() const = 0;

  /// All catalogues in `language`, or in the plugin's first language when it has not got that, in the manifest's order.
  /// Refuses besides: unsupported, when the plugin gives none.
  virtual Result<std::vector<Catalogue>> catalogues(std::string_view language, const CallLimits& limits) = 0;

  /// Streams the report of `format` for `input` (see sdk/schema/report-input.json or, for a format that is made of a
  /// response, response-input.json, without input_hash) to `sink`. What the sink got counts only on success. Refuses
  /// besides: unsupported for an unknown format, invalid for an input that does not match the schema, and whatever the
  /// sink refused.
  virtual Result<ReportResult> report(Json input, std::string_view format, const ByteSink& sink,
                                      const CallLimits& limits, const CallServices& services = {}) = 0;

  /// The answer of a method that takes JSON and gives JSON, for `input`: both as sdk/schema says, and the answer also
  /// as the schema of its answer says in words. Refuses besides: unsupported when the plugin does not implement it or
  /// its manifest does not name what the input is about (the catalogue, the kind, the guard), invalid for an input that
  /// does not match the schema.
  virtual Result<Json> answer(sandbox::Method method, const Json& input, std::string_view language,
                              const CallLimits& limits, const CallServices& services = {}) = 0;
};

/// The refusal for a plugin that did something wrong in `phase` (load, init, catalogues, report, ...), with `reason` as
/// one_line(): it may quote what the plugin wrote.
Refusal plugin_failed(std::string_view plugin, std::string_view phase, std::string_view reason);
/// The refusal for a call whose turn did not come: the plugin has done nothing wrong.
Refusal plugin_busy(std::string_view plugin, std::string_view phase);

}  // namespace assay
