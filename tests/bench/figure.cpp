// Medians, the table and the JSON form of figures.
#include "bench/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace bench {
namespace {

std::string number(double value) {
  if (value == 0) return "-";
  if (value >= 1000) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

std::string limit(const Figure& figure) {
  return (figure.at_least ? ">= " : "<= ") + (figure.bar == 0 ? std::string("0") : number(figure.bar));
}

std::string verdict(const Figure& figure) {
  if (!figure.skipped.empty()) return "SKIPPED: " + figure.skipped;
  return figure.met() ? "met" : "MISSED";
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void measure(Figure& figure, int rounds, const Sides& sides) {
  std::vector<double> ours, others;
  for (int round = 0; round < rounds; ++round) {
    const bool ours_first = round % 2 == 0;
    if (ours_first) ours.push_back(sides.ours());
    others.push_back(sides.other());
    if (!ours_first) ours.push_back(sides.ours());
    figure.samples.push_back(ours.back() / others.back());
    fmt::print(stderr, "{} round {}: {} / {} = {:.3f}\n", figure.name, round + 1, number(ours.back()),
               number(others.back()), figure.samples.back());
  }
  figure.ours = median(ours);
  figure.other = median(others);
  figure.value = median(figure.samples);
}

void print_table(const std::vector<Figure>& figures) {
  fmt::print("{:<58} {:>10} {:>10} {:<8} {:>8} {:>9}  {}\n", "figure", "ours", "other", "unit", "value", "bar",
             "verdict");
  for (const Figure& figure : figures) {
    fmt::print("{:<58} {:>10} {:>10} {:<8} {:>8} {:>9}  {}\n", figure.what, number(figure.ours), number(figure.other),
               figure.unit, figure.value == 0 ? "0" : number(figure.value), limit(figure), verdict(figure));
  }
  std::fflush(stdout);
}

assay::Json to_json(const std::vector<Figure>& figures) {
  auto all = assay::Json::array();
  for (const Figure& figure : figures) {
    all.push_back({{"name", figure.name},
                   {"what", figure.what},
                   {"ours", figure.ours},
                   {"other", figure.other},
                   {"unit", figure.unit},
                   {"value", figure.value},
                   {"bar", figure.bar},
                   {"at_least", figure.at_least},
                   {"met", figure.met() && figure.skipped.empty()},
                   {"skipped", figure.skipped},
                   {"samples", figure.samples},
                   {"more", figure.more}});
  }
  return all;
}

}  // namespace bench
