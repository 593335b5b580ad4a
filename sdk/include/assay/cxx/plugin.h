// C++17 wrapper of the plugin ABI, header only: a plugin is a class, and no exception leaves it.
#pragma once

#include <assay/ext/host/clock.h>
#include <assay/ext/host/evidence.h>
#include <assay/ext/host/log.h>
#include <assay/ext/host/resource.h>
#include <assay/ext/host/rng.h>
#include <assay/plugin.h>
#include <assay/stream.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace assay::sdk {

inline std::string_view view(assay_string text) { return {text.data, static_cast<std::size_t>(text.length)}; }
inline assay_string string(std::string_view text) { return {text.data(), text.size()}; }

/// Thrown by plugin code to fail a call with a status, and optionally the place in the input (RFC 6901).
class Failure : public std::runtime_error {
 public:
  explicit Failure(assay_status status, const std::string& message, std::string pointer = {})
      : std::runtime_error(message), status_(status), pointer_(std::move(pointer)) {}

  assay_status status() const noexcept { return status_; }
  const std::string& pointer() const noexcept { return pointer_; }

 private:
  assay_status status_;
  std::string pointer_;
};

/// The running call. Valid until the call returns.
class Call {
 public:
  explicit Call(const assay_call* call) : call_(call) {}

  std::string_view language() const { return view(call_->language); }
  /// JSON, or empty: see assay_call.settings.
  std::string_view settings() const { return ASSAY_HAS(call_, settings) ? view(call_->settings) : std::string_view(); }
  bool cancelled() const { return call_->cancelled(call_) != 0; }
  /// Milliseconds; 0 when the deadline has passed.
  std::int64_t deadline_ms() const { return call_->deadline_ms(call_); }
  void progress(std::int32_t permille) const { call_->progress(call_, permille); }
  /// Ends the call when the host has given up on it.
  void check() const {
    if (cancelled()) throw Failure(ASSAY_CANCELLED, "the call was cancelled");
  }
  const assay_call* abi() const { return call_; }

 private:
  const assay_call* call_;
};

/// An output of the running call. Valid until the call returns.
class Writer {
 public:
  explicit Writer(const assay_writer* writer) : writer_(writer) {}

  /// Throws Failure when the host takes no more.
  void write(std::string_view bytes) const {
    const assay_status status = writer_->write(writer_, string(bytes));
    if (status != ASSAY_OK) throw Failure(status, "the output could not be written");
  }

 private:
  const assay_writer* writer_;
};

/// The host. Valid until the plugin object is destroyed. What it has not got, or the manifest does not ask for, throws
/// Failure(ASSAY_UNSUPPORTED), but for the log, which then does nothing.
class Host {
 public:
  explicit Host(const assay_host* host)
      : host_(host),
        log_(find<assay_log_1>(ASSAY_LOG_1)),
        resource_(find<assay_resource_1>(ASSAY_RESOURCE_1)),
        evidence_(find<assay_evidence_1>(ASSAY_EVIDENCE_1)),
        rng_(find<assay_rng_1>(ASSAY_RNG_1)),
        clock_(find<assay_clock_1>(ASSAY_CLOCK_1)) {}

  std::string_view version() const { return view(host_->version); }
  /// `level` is one of ASSAY_LOG_*.
  void log(std::int32_t level, std::string_view message) const {
    if (log_ != nullptr) log_->log(host_, level, string(message));
  }
  /// A file of the package; valid until the call returns.
  std::string_view resource(const Call& call, std::string_view path) const {
    assay_string bytes{};
    demand(resource_ != nullptr ? resource_->read(host_, call.abi(), string(path), &bytes) : ASSAY_UNSUPPORTED,
           "the file of the package cannot be read");
    return view(bytes);
  }
  /// A piece of a file of evidence; valid until the call returns.
  std::string_view evidence(const Call& call, std::string_view id, std::uint64_t offset, std::uint64_t length) const {
    assay_string bytes{};
    demand(evidence_ != nullptr ? evidence_->read(call.abi(), string(id), offset, length, &bytes) : ASSAY_UNSUPPORTED,
           "the evidence cannot be read");
    return view(bytes);
  }
  std::uint64_t random(const Call& call) const {
    std::uint64_t number = 0;
    demand(rng_ != nullptr ? rng_->next(call.abi(), &number) : ASSAY_UNSUPPORTED, "there is no chance in this call");
    return number;
  }
  /// From 0 to `count` - 1, each as likely as the others. `count` is not 0.
  std::uint64_t random_below(const Call& call, std::uint64_t count) const {
    const std::uint64_t surplus = (UINT64_MAX % count + 1) % count;
    while (true) {
      if (const std::uint64_t number = random(call); number <= UINT64_MAX - surplus) return number % count;
    }
  }
  std::uint64_t seed(const Call& call) const {
    std::uint64_t seed = 0;
    demand(rng_ != nullptr ? rng_->seed(call.abi(), &seed) : ASSAY_UNSUPPORTED, "there is no chance in this call");
    return seed;
  }
  /// Milliseconds since 1970-01-01T00:00:00Z.
  std::int64_t now_ms(const Call& call) const {
    std::int64_t now = 0;
    demand(clock_ != nullptr ? clock_->now_ms(call.abi(), &now) : ASSAY_UNSUPPORTED, "there is no time in this call");
    return now;
  }

 private:
  template <class Extension>
  const Extension* find(std::string_view id) const {
    return static_cast<const Extension*>(host_->get_extension(host_, string(id)));
  }
  static void demand(assay_status status, const char* otherwise) {
    if (status != ASSAY_OK) throw Failure(status, otherwise);
  }

  const assay_host* host_;
  const assay_log_1* log_;
  const assay_resource_1* resource_;
  const assay_evidence_1* evidence_;
  const assay_rng_1* rng_;
  const assay_clock_1* clock_;
};

/// Runs `body` and turns whatever it throws into a status. Every function that the host calls is made of this: noexcept
/// alone would end the process. `call` may be null where there is none.
template <class Body>
assay_status guard(const assay_call* call, Body&& body) noexcept {
  const auto fail = [call](assay_status status, std::string_view pointer, const char* message) noexcept {
    if (call != nullptr) call->fail(call, status, string(pointer), assay_string{message, std::strlen(message)});
    return status;
  };
  try {
    std::forward<Body>(body)();
    return ASSAY_OK;
  } catch (const Failure& failure) {
    return fail(failure.status(), failure.pointer(), failure.what());
  } catch (const std::bad_alloc&) {
    return fail(ASSAY_OUT_OF_MEMORY, {}, "out of memory");
  } catch (const std::exception& error) {
    return fail(ASSAY_FAILED, {}, error.what());
  } catch (...) {
    return fail(ASSAY_FAILED, {}, "an exception of an unknown type");
  }
}

/// The entry of a plugin whose class is `Class`, with the extensions `Extensions` (each a template like
/// sdk::Checklist).
template <class Class, template <class> class... Extensions>
class Entry {
 public:
  static inline Class* instance = nullptr;

  static assay_status init(const assay_host* host, const assay_call* call) {
    return guard(call, [&] { instance = new Class(Host(host)); });
  }

  static void deinit() {
    guard(nullptr, [] { delete std::exchange(instance, nullptr); });
  }

  static const void* get_extension(assay_string id) {
    const void* found = nullptr;
    guard(nullptr, [&] {
      ((view(id) == Extensions<Entry>::id ? static_cast<void>(found = &Extensions<Entry>::table) : void()), ...);
    });
    return found;
  }

  static constexpr assay_plugin make(std::string_view id, std::string_view version) {
    return {{ASSAY_SIGNATURE, sizeof(assay_plugin), ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR, ASSAY_SDK_VERSION},
            {id.data(), id.size()},
            {version.data(), version.size()},
            &init,
            &deinit,
            &get_extension};
  }
};

}  // namespace assay::sdk

/// Makes the one exported function: ASSAY_PLUGIN(MyClass, assay::sdk::Checklist, ...). The class is constructed from an
/// assay::sdk::Host and has the member functions that its extensions ask for. ASSAY_PLUGIN_ID and ASSAY_PLUGIN_VERSION
/// come from the manifest by way of assay_add_plugin().
#define ASSAY_PLUGIN(...)                                                            \
  const assay_plugin* assay_plugin_v1(void) {                                        \
    static constexpr assay_plugin plugin =                                           \
        assay::sdk::Entry<__VA_ARGS__>::make(ASSAY_PLUGIN_ID, ASSAY_PLUGIN_VERSION); \
    return &plugin;                                                                  \
  }
