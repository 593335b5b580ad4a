// A figure: two sides that were measured in the same run, their ratio, and the bar that it is held against.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/json.h"

namespace bench {

/// A ratio or a value, each with the bar that it must reach or keep below.
struct Figure {
  std::string name;       // for --only
  std::string what;       // for people
  double ours = 0;        // the server
  double other = 0;       // what it is compared with; 0: nothing
  std::string unit = {};  // of both
  double value = 0;       // what is held against the bar: the ratio, or ours
  double bar = 0;
  bool at_least = true;                      // else at most
  std::vector<double> samples = {};          // of the value, one a round
  assay::Json more = assay::Json::object();  // what else was seen
  std::string skipped = {};                  // why nothing was measured

  bool met() const { return at_least ? value >= bar : value <= bar; }
};

double median(std::vector<double> values);

/// Sides that are measured alternately, `rounds` times each.
struct Sides {
  std::function<double()> ours, other;
};
/// Medians of both sides, and of the ratios of each round.
void measure(Figure& figure, int rounds, const Sides& sides);

void print_table(const std::vector<Figure>& figures);
assay::Json to_json(const std::vector<Figure>& figures);

}  // namespace bench
