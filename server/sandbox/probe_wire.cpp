// What crosses between the validator and the probe.
#include "sandbox/probe.h"

namespace assay::sandbox {
namespace {

void put(Packer& to, const std::vector<std::string>& texts) {
  to.number(texts.size());
  for (const auto& text : texts) to.text(text);
}

std::vector<std::string> take_texts(Unpacker& from) {
  std::vector<std::string> texts;
  for (auto left = from.number(); left > 0 && from.ok(); --left) texts.emplace_back(from.text());
  return texts;
}

std::uint64_t as_number(std::int64_t value) { return static_cast<std::uint64_t>(value); }

}  // namespace

std::string pack(const ProbeRequest& request) {
  Packer to;
  to.number(static_cast<std::uint64_t>(request.step)).text(request.identity.id).text(request.identity.version);
  to.number(request.identity.abi_major).number(request.identity.abi_minor);
  put(to, request.identity.extensions);
  put(to, request.host_extensions);
  put(to, request.resources);
  to.text(request.server_version).number(static_cast<std::uint64_t>(request.method));
  to.text(request.language).text(request.format).text(request.input).text(request.settings).number(request.seed);
  to.number(request.takes_bytes).number(request.takes_writes).number(as_number(request.cancel_after_ms));
  to.number(as_number(request.deadline_ms)).number(request.times).number(as_number(request.times_within_ms));
  to.number(request.keep_output ? 1 : 0).number(request.fails_services ? 1 : 0);
  return to.number(request.refuse_allocation).bytes();
}

std::optional<ProbeRequest> unpack_probe(std::string_view bytes) {
  Unpacker from(bytes);
  ProbeRequest request;
  request.step = static_cast<Step>(from.number());
  request.identity.id = from.text();
  request.identity.version = from.text();
  request.identity.abi_major = static_cast<std::uint32_t>(from.number());
  request.identity.abi_minor = static_cast<std::uint32_t>(from.number());
  request.identity.extensions = take_texts(from);
  request.host_extensions = take_texts(from);
  request.resources = take_texts(from);
  request.server_version = from.text();
  request.method = static_cast<Method>(from.number());
  request.language = from.text();
  request.format = from.text();
  request.input = from.text();
  request.settings = from.text();
  request.seed = from.number();
  request.takes_bytes = from.number();
  request.takes_writes = from.number();
  request.cancel_after_ms = static_cast<std::int64_t>(from.number());
  request.deadline_ms = static_cast<std::int64_t>(from.number());
  request.times = from.number();
  request.times_within_ms = static_cast<std::int64_t>(from.number());
  request.keep_output = from.number() != 0;
  request.fails_services = from.number() != 0;
  request.refuse_allocation = from.number();
  if (!from.complete()) return {};
  return request;
}

std::string pack(const Observed& observed) {
  Packer to;
  to.number(as_number(observed.status)).number(observed.threw ? 1 : 0).text(observed.pointer).text(observed.message);
  to.number(as_number(observed.microseconds)).number(observed.calls).number(observed.written);
  to.number(observed.writes_after_failure)
      .number(observed.allocations)
      .number(observed.memory)
      .number(observed.descriptors);
  put(to, observed.changes);
  put(to, observed.refused_calls);
  return to.bytes();
}

std::optional<Observed> unpack_observed(std::string_view bytes) {
  Unpacker from(bytes);
  Observed observed;
  observed.status = static_cast<std::int64_t>(from.number());
  observed.threw = from.number() != 0;
  observed.pointer = from.text();
  observed.message = from.text();
  observed.microseconds = static_cast<std::int64_t>(from.number());
  observed.calls = from.number();
  observed.written = from.number();
  observed.writes_after_failure = from.number();
  observed.allocations = from.number();
  observed.memory = from.number();
  observed.descriptors = from.number();
  observed.changes = take_texts(from);
  observed.refused_calls = take_texts(from);
  if (!from.complete()) return {};
  return observed;
}

}  // namespace assay::sandbox
