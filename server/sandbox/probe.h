// The program that tries one plugin for its author: in the sandbox of a plugin's process, step by step as it is asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/frame.h"
#include "sandbox/library.h"

namespace assay::sandbox {

/// What the probe can be asked for.
///   map        dlopen with RTLD_NOW
///   open       the entry, held against the identity
///   init       with a host whose extensions are those granted
///   take       the extensions, which must be those declared
///   call       a method, as often as is asked for
///   deinit     forgets the library's entry; open and init may follow
///   extension  whether it has an extension of that id, which is in `input`
///   state      what the process has become
enum class Step : std::uint32_t { map = 1, open, init, take, call, deinit, extension, state };

/// A step with what it takes; what a step has no use for is left as it is.
struct ProbeRequest {
  Step step = Step::state;
  Identity identity = {};                         // open
  std::vector<std::string> host_extensions = {};  // init: those that the host has
  std::string server_version = "0.0.0";           // init
  std::vector<std::string> resources = {};        // init: what resource/1 gives, each file's name and bytes after it
  Method method = Method::catalogues;             // call
  std::string language = "en", format = {}, input = {}, settings = {};
  std::uint64_t seed = 1;  // of rng/1; the time of clock/1 is always the same

  // How the host behaves during a call.
  std::uint64_t takes_bytes = UINT64_MAX;   // then the writer fails with ASSAY_LIMIT
  std::uint64_t takes_writes = UINT64_MAX;  // then the writer fails with ASSAY_FAILED
  std::int64_t cancel_after_ms = -1;        // -1: never
  std::int64_t deadline_ms = 60'000;
  std::uint64_t times = 1;            // so many calls, of which the last one's output counts
  std::int64_t times_within_ms = -1;  // and no more once so much time has passed; -1: however long it takes
  bool keep_output = true;
  bool fails_services = false;          // every service of the host that can fail does
  std::uint64_t refuse_allocation = 0;  // of each call, the one with this number fails; 0: none
};
std::string pack(const ProbeRequest& request);
std::optional<ProbeRequest> unpack_probe(std::string_view bytes);

/// How a step went.
struct Observed {
  std::int64_t status = 0;                 // what the plugin returned; of a step without a status, 0: well
  bool threw = false;                      // an exception crossed the boundary
  std::string pointer = {}, message = {};  // what it told call->fail, or why the step failed
  std::int64_t microseconds = 0;           // of all calls together
  std::uint64_t calls = 0;                 // that were made
  std::uint64_t written = 0;               // bytes, in the last call
  std::uint64_t writes_after_failure = 0;  // in the last call
  std::uint64_t allocations = 0;           // that the plugin made in the last call
  // Of state, and before and after the calls.
  std::uint64_t memory = 0;                     // bytes of the heap in use
  std::uint64_t descriptors = 0;                // that are open
  std::vector<std::string> changes = {};        // what it changed in the process: signals, locale, environment
  std::vector<std::string> refused_calls = {};  // of the kernel
};
std::string pack(const Observed& observed);
std::optional<Observed> unpack_observed(std::string_view bytes);

/// Confines the process, and serves the steps that come on socket_descriptor until it is closed. The status to exit
/// with, by _exit.
int run_probe();

}  // namespace assay::sandbox
