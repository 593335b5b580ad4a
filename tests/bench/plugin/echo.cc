// A plugin that writes what it is given: what is measured with it is the way there and back.
#include <assay/cxx/report.h>

namespace {

class Echo {
 public:
  explicit Echo(const assay::sdk::Host&) {}
  void render(const assay::sdk::Call&, std::string_view, std::string_view input, const assay::sdk::Writer& out) {
    out.write(input);
  }
};

}  // namespace

ASSAY_PLUGIN(Echo, assay::sdk::Report)
