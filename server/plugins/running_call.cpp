// The host's side of one call into a plugin.
#include "plugins/running_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace assay {
namespace {

constexpr std::uint64_t max_view = 1u << 30;  // a longer text from a plugin is a mistake in it

std::string_view view_of(assay_string text) {
  if (text.data == nullptr || text.length > max_view) return {};
  return {text.data, static_cast<std::size_t>(text.length)};
}

std::string_view meaning(assay_status status) {
  switch (status) {
    case ASSAY_UNSUPPORTED:
      return "it does not support this";
    case ASSAY_INVALID:
      return "it finds the input invalid";
    case ASSAY_CANCELLED:
      return "it was cancelled";
    case ASSAY_LIMIT:
      return "its output is too large";
    case ASSAY_OUT_OF_MEMORY:
      return "it ran out of memory";
    default:
      return "it gave no reason";
  }
}

}  // namespace

Refusal plugin_failed(std::string_view plugin, std::string_view phase, std::string_view reason) {
  return refuse(Reason::plugin_failed, fmt::format("plugin {} failed in {}: {}", plugin, phase, one_line(reason)));
}

Refusal plugin_busy(std::string_view plugin, std::string_view phase) {
  Refusal refusal =
      refuse(Reason::overloaded, fmt::format("plugin {} failed in {}: it is busy with another call", plugin, phase));
  refusal.retry_after = std::chrono::seconds(1);
  return refusal;
}

RunningCall::RunningCall(const CallLimits& limits, std::string_view language, const CallServices& services)
    : limits_(limits),
      services_(services),
      settings_(services.settings.is_null() ? std::string() : canonical(services.settings)),
      chance_(services.seed.value_or(0)),
      abi_{} {
  abi_.struct_size = sizeof(assay_call);
  abi_.context = this;
  abi_.language = {language.data(), language.size()};
  abi_.settings = {settings_.data(), settings_.size()};
  abi_.cancelled = [](const assay_call* call) noexcept -> std::int32_t {
    return static_cast<const RunningCall*>(call->context)->given_up() ? 1 : 0;
  };
  abi_.deadline_ms = [](const assay_call* call) noexcept -> std::int64_t {
    const auto left =
        static_cast<const RunningCall*>(call->context)->limits_.deadline - std::chrono::steady_clock::now();
    return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
  };
  abi_.progress = [](const assay_call* call, std::int32_t permille) noexcept {
    try {
      if (const auto& told = of(call).services_.progress) told(std::clamp(permille, 0, 1000));
    } catch (...) {  // NOLINT(bugprone-empty-catch)
      // Who watches must not end the call that is watched.
    }
  };
  abi_.fail = [](const assay_call* call, assay_status, assay_string pointer, assay_string message) noexcept {
    try {
      const std::string place = one_line(view_of(pointer));
      static_cast<RunningCall*>(call->context)->said_ =
          place.empty() ? one_line(view_of(message)) : fmt::format("{}: {}", place, one_line(view_of(message)));
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
      // The status alone then says that it failed.
    }
  };
}

std::optional<std::uint64_t> RunningCall::draw() {
  if (!services_.seed) return {};
  return chance_.next();
}

bool RunningCall::lend(std::uint64_t bytes) {
  constexpr std::uint64_t most_bytes = 64u << 20, most_asks = 10'000;
  if (++asks_ > most_asks || bytes > most_bytes - lent_) return false;
  lent_ += bytes;
  return true;
}

assay_string RunningCall::keep(std::string bytes) {
  const std::string& kept = kept_.emplace_back(std::move(bytes));
  return {kept.data(), kept.size()};
}

bool RunningCall::given_up() const {
  return limits_.cancel.stop_requested() || std::chrono::steady_clock::now() >= limits_.deadline;
}

std::string RunningCall::reason(assay_status status) const {
  if (limits_.cancel.stop_requested()) return "it was cancelled";
  if (given_up()) return "its deadline has passed";
  return said_ && !said_->empty() ? *said_ : std::string(meaning(status));
}

CappedOutput::CappedOutput(const RunningCall& call, std::uint64_t limit, bool text, ByteSink sink)
    : call_(call), limit_(limit), text_(text), sink_(std::move(sink)), abi_{} {
  abi_.context = this;
  abi_.write = [](const assay_writer* writer, assay_string bytes) noexcept -> assay_status {
    auto& output = *static_cast<CappedOutput*>(writer->context);
    try {
      if (output.status_ == ASSAY_OK && bytes.length > 0) output.take(bytes);
    } catch (...) {
      output.broken_ = std::current_exception();
      output.status_ = ASSAY_FAILED;
    }
    return output.status_;
  };
}

void CappedOutput::take(assay_string bytes) {
  const auto fail = [this](assay_status status, std::string fault) {
    status_ = status;
    fault_ = std::move(fault);
  };
  if (bytes.data == nullptr) return fail(ASSAY_INVALID, "it wrote from a null pointer");
  if (bytes.length > limit_ - size_)
    return fail(ASSAY_LIMIT, fmt::format("its output is larger than {} bytes", limit_));
  if (call_.given_up()) return fail(ASSAY_CANCELLED, call_.reason(ASSAY_CANCELLED));
  const std::string_view piece(bytes.data, static_cast<std::size_t>(bytes.length));
  if (text_ && !utf8_.feed(piece)) return fail(ASSAY_INVALID, "its output is not UTF-8");
  if (auto taken = sink_(piece); !taken) {
    refused_ = taken.error();
    return fail(ASSAY_FAILED, "the output was refused");
  }
  size_ += piece.size();
}

const std::optional<Refusal>& CappedOutput::refused() const {
  if (broken_) std::rethrow_exception(broken_);
  return refused_;
}

std::optional<std::string> CappedOutput::fault(bool finished) const {
  if (!fault_.empty()) return fault_;
  if (!finished) return {};
  if (text_ && !utf8_.complete()) return "its output ends within a character";
  if (size_ == 0) return "it wrote nothing";
  return {};
}

}  // namespace assay
