// Random bytes for keys, tokens, salts and UUIDs.
#pragma once

#include <cstddef>
#include <string>

namespace assay {

/// `count` bytes from the kernel's generator (getrandom). Any thread. Throws std::system_error if the kernel gives
/// none.
std::string random_bytes(std::size_t count);

}  // namespace assay
