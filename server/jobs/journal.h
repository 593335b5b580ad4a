// How background work tells what it did: one JSON object a line, and the word that the server cannot go on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "domain/json.h"

namespace spdlog {
class logger;
}

namespace assay {

enum class Severity { info, warning, error };

/// Thread-safe.
struct Journal {
  std::shared_ptr<spdlog::logger> log = {};                     // none: nothing is written
  std::function<void(const std::string& reason)> give_up = {};  // the store has stopped, so the process must end

  /// `what` in the past tense, "delivery_failed"; the line has these fields beside it.
  void write(Severity severity, std::string_view what, Json fields) const;
  /// To be called from a catch block: writes what was thrown, and gives up if the store has stopped.
  void write_exception(std::string_view what, Json fields) const;
};

}  // namespace assay
