// A file descriptor with an owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace assay {

/// Closes it at the end of a scope.
class Descriptor {
 public:
  Descriptor() = default;
  /// -1: none.
  explicit Descriptor(int descriptor) : value_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_ = -1;
};

}  // namespace assay
