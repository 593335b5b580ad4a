// The log of the server.
#include "cli/json_log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "domain/json.h"
#include "domain/time.h"

namespace assay {
namespace {

std::string_view view(spdlog::string_view_t text) { return {text.data(), text.size()}; }

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    const std::string_view payload = view(message.payload);
    const auto add = [&to](std::string_view text) { to.append(text.data(), text.data() + text.size()); };
    add(R"({"time":")");
    add(to_text(std::chrono::floor<std::chrono::milliseconds>(message.time)));
    add(R"(","level":")");
    add(view(spdlog::level::to_string_view(message.level)));
    add(R"(","log":")");
    add(view(message.logger_name));
    if (payload.size() > 2 && payload.front() == '{') {
      add("\",");
      add(payload.substr(1));
    } else {
      add(R"(","text":)");
      add(Json(payload).dump(-1, ' ', false, Json::error_handler_t::replace));
      add("}");
    }
    add("\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

std::shared_ptr<spdlog::logger> json_log(const std::string& name, const std::string& level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto log = std::make_shared<spdlog::logger>(name, std::move(sink));
  log->set_formatter(std::make_unique<JsonFormatter>());
  log->set_level(spdlog::level::from_str(level));
  log->flush_on(spdlog::level::info);
  return log;
}

bool logs_info(const std::string& level) { return spdlog::level::from_str(level) <= spdlog::level::info; }

void write_log_lines(std::string_view lines) { std::fwrite(lines.data(), 1, lines.size(), stderr); }

}  // namespace assay
