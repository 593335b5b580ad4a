// Exact numbers: days are multiplied by thirds and percents, and rounded once at the end.
#pragma once

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <numeric>
#include <string>

namespace assay {

/// A fraction in lowest terms with a positive denominator; there is no check for overflow.
class Ratio {
 public:
  // A whole number is a ratio.
  constexpr Ratio(std::int64_t whole = 0) : numerator_(whole) {}  // NOLINT(google-explicit-constructor)
  /// The denominator is positive.
  constexpr Ratio(std::int64_t numerator, std::int64_t denominator)
      : numerator_(numerator / std::gcd(numerator, denominator)),
        denominator_(denominator / std::gcd(numerator, denominator)) {}

  constexpr std::int64_t numerator() const { return numerator_; }
  constexpr std::int64_t denominator() const { return denominator_; }
  constexpr double number() const { return static_cast<double>(numerator_) / static_cast<double>(denominator_); }
  /// The largest whole number that is not above it.
  constexpr std::int64_t floor() const { return numerator_ / denominator_ - (numerator_ % denominator_ < 0 ? 1 : 0); }
  constexpr std::int64_t ceil() const { return -Ratio(-numerator_, denominator_).floor(); }

  friend constexpr Ratio operator*(Ratio a, Ratio b) {
    return {a.numerator_ * b.numerator_, a.denominator_ * b.denominator_};
  }
  friend constexpr Ratio operator+(Ratio a, Ratio b) {
    return {a.numerator_ * b.denominator_ + b.numerator_ * a.denominator_, a.denominator_ * b.denominator_};
  }
  friend constexpr Ratio operator-(Ratio a, Ratio b) { return a + Ratio(-b.numerator_, b.denominator_); }
  friend constexpr bool operator==(Ratio, Ratio) = default;
  friend constexpr std::strong_ordering operator<=>(Ratio a, Ratio b) {
    return a.numerator_ * b.denominator_ <=> b.numerator_ * a.denominator_;
  }

 private:
  std::int64_t numerator_;
  std::int64_t denominator_ = 1;
};

/// 100 percent and `percent` more, or less when it is negative.
constexpr Ratio changed_by(int percent) { return {100 + percent, 100}; }

/// Decimals where they say it exactly (8.5), else the fraction with an approximation (17/3, about 5.667).
inline std::string to_text(Ratio value) {
  if (10'000 % value.denominator() == 0) return fmt::format("{}", value.number());
  return fmt::format("{}/{}, about {:.3f}", value.numerator(), value.denominator(), value.number());
}

}  // namespace assay
