// Latencies in buckets that are 3 % wide.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace bench {

/// Microseconds up to an hour; 32 buckets for each power of two.
class Histogram {
 public:
  void add(std::uint64_t microseconds) {
    ++counts_[bucket(microseconds)];
    ++total_;
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }
  std::uint64_t total() const { return total_; }

  /// The upper end of the bucket that holds the share `part` of all; 0 when there is nothing.
  double at(double part) const {
    const double wanted = part * static_cast<double>(total_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (total_ > 0 && static_cast<double>(seen) >= wanted) return upper(i);
    }
    return 0;
  }

 private:
  static constexpr unsigned fine = 5;  // bits within a power of two

  static std::size_t bucket(std::uint64_t value) {
    if (value < (1U << fine)) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - fine - 1;
    const auto index = (static_cast<std::size_t>(shift) << fine) + static_cast<std::size_t>(value >> shift);
    return index < size ? index : size - 1;
  }
  static double upper(std::size_t index) {
    if (index < (1U << fine)) return static_cast<double>(index);
    const auto shift = (index >> fine) - 1;
    return static_cast<double>(((index - (shift << fine)) + 1) << shift);
  }

  static constexpr std::size_t size = 30 << fine;
  std::array<std::uint64_t, size> counts_ = {};
  std::uint64_t total_ = 0;
};

}  // namespace bench
