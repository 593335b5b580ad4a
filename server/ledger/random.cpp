// Random bytes from getrandom(2).
#include "ledger/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace assay {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const auto got = ::getrandom(bytes.data() + filled, count - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::system_error(errno, std::generic_category(), "the kernel gives no random bytes");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace assay
