// The running call as a plugin in a process of its own sees it.
#pragma once

#include <assay/host.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>

#include "sandbox/library.h"
#include "sandbox/wire.h"

namespace assay::sandbox {

/// At most max_line bytes of a plugin's text.
inline std::string_view cut_text(assay_string text) {
  if (text.data == nullptr) return {};
  return {text.data, static_cast<std::size_t>(std::min<std::uint64_t>(text.length, max_line))};
}

/// One thread at a time. What it hands out is valid until it goes.
class HostCall {
 public:
  HostCall(Wire& wire, std::string_view language, std::int64_t deadline_ms, const CallGrounds& grounds);
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;

  static HostCall& of(const assay_call* call) { return *static_cast<HostCall*>(call->context); }
  const assay_call* abi() const { return &abi_; }

  /// Asks the clock each time, the socket once a millisecond.
  bool given_up();
  /// Status, JSON pointer, message.
  std::string ended(Ended how) const;

  /// Asks the server, and keeps what it gives.
  assay_status ask(const AskRequest& request, assay_string* bytes) noexcept;
  assay_status draw(std::uint64_t* number) noexcept;
  assay_status tell_seed(std::uint64_t* seed) const noexcept;
  assay_status tell_time(std::int64_t* now_ms) const noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  void tell_progress(std::int32_t permille);

  Wire& wire_;
  Clock::time_point deadline_;
  Clock::time_point ask_ = {}, progress_ = {};
  CallGrounds grounds_;
  Chance chance_;
  assay_call abi_;
  bool cancelled_ = false;
  std::string pointer_, message_;
  std::deque<std::string> answers_;
};

}  // namespace assay::sandbox
