// The running call as a plugin in a process of its own sees it.
#include "sandbox/host_call.h"

namespace assay::sandbox {

HostCall::HostCall(Wire& wire, std::string_view language, std::int64_t deadline_ms, const CallGrounds& grounds)
    : wire_(wire),
      deadline_(Clock::now() + std::chrono::milliseconds(deadline_ms)),
      grounds_(grounds),
      chance_(grounds.seed.value_or(0)),
      abi_{} {
  abi_.struct_size = sizeof(assay_call);
  abi_.context = this;
  abi_.language = {language.data(), language.size()};
  abi_.settings = {grounds.settings.data(), grounds.settings.size()};
  abi_.cancelled = [](const assay_call* call) noexcept -> std::int32_t { return of(call).given_up() ? 1 : 0; };
  abi_.deadline_ms = [](const assay_call* call) noexcept -> std::int64_t {
    const auto left = of(call).deadline_ - Clock::now();
    return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
  };
  abi_.progress = [](const assay_call* call, std::int32_t permille) noexcept { of(call).tell_progress(permille); };
  abi_.fail = [](const assay_call* call, assay_status, assay_string pointer, assay_string message) noexcept {
    try {
      of(call).pointer_ = cut_text(pointer);
      of(call).message_ = cut_text(message);
    } catch (const std::bad_alloc&) {  // then it fails without a reason
      of(call).message_.clear();
    }
  };
}

/// Ten times a second: nobody reads faster.
void HostCall::tell_progress(std::int32_t permille) {
  const auto now = Clock::now();
  if (now < progress_) return;
  progress_ = now + std::chrono::milliseconds(100);
  const auto told = static_cast<std::uint64_t>(std::clamp(permille, 0, 1000));
  wire_.send(FrameKind::progress, Packer().number(told).bytes());
}

bool HostCall::given_up() {
  const auto now = Clock::now();
  if (cancelled_ || now >= deadline_) return true;
  if (now < ask_) return false;
  ask_ = now + std::chrono::milliseconds(1);
  return cancelled_ = wire_.take_cancel();
}

std::string HostCall::ended(Ended how) const {
  Packer to;
  to.number(static_cast<std::uint64_t>(how.status));
  if (how.threw) return to.text({}).text("an exception crossed the boundary").bytes();
  return to.text(pointer_).text(message_).bytes();
}

assay_status HostCall::ask(const AskRequest& request, assay_string* bytes) noexcept {
  if (bytes == nullptr) return ASSAY_INVALID;
  *bytes = {};
  try {
    std::string& kept = answers_.emplace_back();
    wire_.ask(pack(request), kept, cancelled_);
    Unpacker from(kept);
    const auto status = static_cast<assay_status>(from.number());
    const std::string_view text = from.text();
    if (!from.complete()) return ASSAY_FAILED;
    *bytes = {text.data(), text.size()};
    return status;
  } catch (...) {
    return ASSAY_OUT_OF_MEMORY;
  }
}

assay_status HostCall::draw(std::uint64_t* number) noexcept {
  if (!grounds_.seed) return ASSAY_UNSUPPORTED;
  *number = chance_.next();
  return ASSAY_OK;
}

assay_status HostCall::tell_seed(std::uint64_t* seed) const noexcept {
  if (!grounds_.seed) return ASSAY_UNSUPPORTED;
  *seed = *grounds_.seed;
  return ASSAY_OK;
}

assay_status HostCall::tell_time(std::int64_t* now_ms) const noexcept {
  if (!grounds_.now_ms) return ASSAY_UNSUPPORTED;
  *now_ms = *grounds_.now_ms;
  return ASSAY_OK;
}

}  // namespace assay::sandbox
