// Loaded into the server by `--sync-ms`: every sync takes so much longer, as on a slower disk.
#include <dlfcn.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

using Sync = int (*)(int);

int late(const char* name, int descriptor) {
  static const char* const asked = std::getenv("ASSAY_BENCH_SYNC_MS");
  static const std::chrono::milliseconds delay(asked == nullptr ? 0 : std::atoi(asked));
  std::this_thread::sleep_for(delay);
  return reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, name))(descriptor);
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) int fdatasync(int descriptor) { return late("fdatasync", descriptor); }
__attribute__((visibility("default"))) int fsync(int descriptor) { return late("fsync", descriptor); }
}
