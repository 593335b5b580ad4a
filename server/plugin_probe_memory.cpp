// The allocator of the program that tries plugins: that of the C library, but for the allocations that are to fail.
// What the program defines comes before the C library for every library in it, so these are the functions that a plugin
// gets.
#include <cerrno>
#include <cstddef>

#include "sandbox/allocations.h"

// The names are those of the C library.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

template <class Allocate>
void* unless_refused(Allocate&& allocate) noexcept {
  if (assay::sandbox::allocations.granted()) return allocate();
  errno = ENOMEM;
  return nullptr;
}

void* aligned(std::size_t alignment, std::size_t size) noexcept {
  return unless_refused([&] { return __libc_memalign(alignment, size); });
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
  return unless_refused([&] { return __libc_malloc(size); });
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  return unless_refused([&] { return __libc_calloc(count, size); });
}
void* realloc(void* block, std::size_t size) noexcept {
  return unless_refused([&] { return __libc_realloc(block, size); });
}
void* memalign(std::size_t alignment, std::size_t size) noexcept { return aligned(alignment, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return aligned(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  if (alignment % sizeof(void*) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void* const made = aligned(alignment, size);
  if (made == nullptr) return ENOMEM;
  *block = made;
  return 0;
}
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
