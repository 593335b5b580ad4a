// Power loss: the suite of the storage on its modelled disk, in as many rounds as are wanted.
#include <fmt/format.h>

#include "bench/faults.h"

namespace bench {

namespace fs = std::filesystem;

void cut_the_power(const Options& options, std::vector<Figure>& figures) {
  if (!options.wants("power")) return;
  Figure figure = count_of_faults(
      "power", fmt::format("power loss, {} rounds: runs that lost or tore something", options.power_rounds));
  figure.unit = "runs";
  fs::path suite = fs::path(ASSAY_BINARY_DIR) / "tests" / "test_storage";
  if (!fs::exists(suite)) suite = fs::path(ASSAY_SOURCE_DIR) / "build" / "dev" / "tests" / "test_storage";
  if (!fs::exists(suite)) {
    figure.skipped = "the suite of the storage is not built (./dev build)";
  } else {
    // Its second test is the proof that it sees a missing sync: synchronous=NORMAL must lose something.
    std::vector<std::string> wrong;
    try {
      Child({"env", fmt::format("ASSAY_POWER_ROUNDS={}", options.power_rounds), suite.string(), "power loss*"},
            options.cache / "power.log")
          .wait_for("All tests passed");
    } catch (const std::runtime_error& error) {
      wrong.emplace_back(error.what());
    }
    note_round(figure, wrong);
  }
  figures.push_back(std::move(figure));
}

}  // namespace bench
