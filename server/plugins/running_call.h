// The host's side of one call into a plugin: deadline, cancellation, the reason for a failure, and the outputs.
#pragma once

#include <assay/host.h>
#include <assay/stream.h>

#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/plugin.h"
#include "plugins/utf8.h"

namespace assay {

/// Lives on the stack of the thread that calls the plugin, which alone uses it.
class RunningCall {
 public:
  RunningCall(const CallLimits& limits, std::string_view language, const CallServices& services);
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;

  const assay_call* abi() const { return &abi_; }
  const CallLimits& limits() const { return limits_; }
  std::string_view language() const { return {abi_.language.data, static_cast<std::size_t>(abi_.language.length)}; }
  bool given_up() const;
  sandbox::CallGrounds grounds() const { return {services_.seed, services_.now_ms, settings_}; }
  const CallServices& services() const { return services_; }

  /// The call behind what a plugin passes back.
  static RunningCall& of(const assay_call* call) { return *static_cast<RunningCall*>(call->context); }
  /// Whose call it is, for services that get nothing but the call.
  void belongs_to(const void* owner) { owner_ = owner; }
  const void* owner() const { return owner_; }
  /// The next number of the call's seed.
  std::optional<std::uint64_t> draw();
  /// Counts what the call is lent, asks and bytes; false when it has had too much.
  bool lend(std::uint64_t bytes);
  /// Keeps bytes for as long as the call runs.
  assay_string keep(std::string bytes);
  /// The host itself broke while it served the call: the call's end throws that.
  void broke(std::exception_ptr why) { broken_ = std::move(why); }
  /// Throws what broke.
  void rethrow() const {
    if (broken_) std::rethrow_exception(broken_);
  }
  /// Why it failed, for a person: what the plugin said, or else what `status` means.
  std::string reason(assay_status status) const;

 private:
  const CallLimits& limits_;
  const CallServices& services_;
  std::string settings_;
  sandbox::Chance chance_;
  const void* owner_ = nullptr;
  std::uint64_t lent_ = 0, asks_ = 0;
  std::deque<std::string> kept_;
  assay_call abi_;
  std::optional<std::string> said_;
  std::exception_ptr broken_;
};

/// An output of a call, up to a limit; keeps count, hash and well-formedness outside of the plugin's reach.
class CappedOutput {
 public:
  /// `sink` gets the pieces. With `text`, only well-formed UTF-8 passes.
  CappedOutput(const RunningCall& call, std::uint64_t limit, bool text, ByteSink sink);
  CappedOutput(const CappedOutput&) = delete;
  CappedOutput& operator=(const CappedOutput&) = delete;

  const assay_writer* abi() const { return &abi_; }
  std::uint64_t size() const { return size_; }
  /// What went wrong in writing; for a call that `finished` well also what is wrong with the output as a whole.
  std::optional<std::string> fault(bool finished) const;
  /// What the sink refused. Throws what the sink threw.
  const std::optional<Refusal>& refused() const;

 private:
  void take(assay_string bytes);

  const RunningCall& call_;
  std::uint64_t limit_;
  bool text_;
  ByteSink sink_;
  assay_writer abi_;
  std::uint64_t size_ = 0;
  Utf8Check utf8_;
  assay_status status_ = ASSAY_OK;  // of the first write that failed, and of all after it
  std::string fault_;
  std::optional<Refusal> refused_;
  std::exception_ptr broken_;
};

}  // namespace assay
