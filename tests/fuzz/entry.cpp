// What libFuzzer calls. The target is named by the environment variable ASSAY_FUZZ_TARGET.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/targets.h"

namespace {

const assay::fuzz::Target& chosen() {
  const char* name = std::getenv("ASSAY_FUZZ_TARGET");
  if (const auto* target = assay::fuzz::find_target(name == nullptr ? "" : name)) return *target;
  std::fputs("ASSAY_FUZZ_TARGET must be one of:", stderr);
  for (const auto& target : assay::fuzz::targets()) std::fprintf(stderr, " %s", target.name.data());
  std::fputc('\n', stderr);
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::fuzz::Target& target = chosen();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
