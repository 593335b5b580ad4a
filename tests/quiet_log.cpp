// What a test makes the server log is printed when the test fails, and only then.
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <deque>
#include <iostream>
#include <mutex>

namespace {

constexpr std::size_t lines_kept = 200;

class KeptLines final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::deque<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    lines_.emplace_back(text.data(), text.size());
    if (lines_.size() > lines_kept) lines_.pop_front();
  }
  void flush_() override {}

  std::deque<std::string> lines_;
};

struct QuietLog final : Catch::EventListenerBase {
  using EventListenerBase::EventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("", lines));
  }
  void testCaseStarting(const Catch::TestCaseInfo&) override { lines->take(); }
  void testCaseEnded(const Catch::TestCaseStats& ended) override {
    if (ended.totals.testCases.failed == 0) return;
    std::cout << "The end of the log of \"" << ended.testInfo->name << "\":\n";
    for (const auto& line : lines->take()) std::cout << line;
    std::cout << '\n';
  }

  std::shared_ptr<KeptLines> lines = std::make_shared<KeptLines>();
};
CATCH_REGISTER_LISTENER(QuietLog)

}  // namespace
