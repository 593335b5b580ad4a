// The log of the server: a JSON object a line on standard error.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace assay {

/// A logger whose lines are {"time", "level", "log": name, ...}: the members of a message that is a JSON object, else
/// {"text": message}. `level` is debug, info, warn or error. Thread-safe.
std::shared_ptr<spdlog::logger> json_log(const std::string& name, const std::string& level);

/// Whether a log of this level has the lines of level info.
bool logs_info(const std::string& level);
/// Writes whole lines to where the logs go, in one piece. Thread-safe. What cannot be written is lost, as of any log.
void write_log_lines(std::string_view lines);

}  // namespace assay
