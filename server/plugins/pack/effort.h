// What the evaluation of data may take: so many steps, and not longer than its call.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <utility>

namespace assay {

/// Thrown when an evaluation has to end; what() says why, for a person.
struct EffortSpent : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Of one evaluation, by one thread.
class Effort {
 public:
  /// Whether whoever called does not wait any more; asked every thousand steps.
  using GivenUp = std::function<bool()>;
  explicit Effort(GivenUp given_up = {}) : given_up_(std::move(given_up)) {}

  /// Counts steps. Throws EffortSpent when the call was given up.
  void spend(std::uint64_t steps = 1) {
    taken_ += steps;
    if (taken_ < ask_at_) return;
    ask_at_ = taken_ + steps_between;
    if (given_up_ && given_up_()) throw EffortSpent("it was given up");
  }
  std::uint64_t taken() const { return taken_; }

 private:
  static constexpr std::uint64_t steps_between = 1000;
  GivenUp given_up_;
  std::uint64_t taken_ = 0, ask_at_ = steps_between;
};

}  // namespace assay
