// Random choices for property tests: the same ones in each run, and others for whoever sets ASSAY_SEED.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace assay::test {

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  bool in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937 engine_;
};

/// The seed of a property test; what fails prints it, and ASSAY_SEED repeats the run or makes another one.
inline unsigned chosen_seed() {
  const char* const chosen = std::getenv("ASSAY_SEED");
  return chosen ? static_cast<unsigned>(std::strtoul(chosen, nullptr, 10)) : 42;
}

/// How many cases each property of the calculators is tried with.
inline constexpr int property_cases = 100'000;

}  // namespace assay::test
