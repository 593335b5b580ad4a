// The log of the server: a JSON object a line on standard error.
#pragma once

#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace assay {

/// A logger whose lines are {"time", "level", "log": name, ...}: the members of a message that is a JSON object, else
/// {"text": message}. `level` is debug, info, warn or error. Thread-safe.
std::shared_ptr<spdlog::logger> json_log(const std::string& name, const std::string& level);

}  // namespace assay
