// A checklist: the texts lie in catalogue.*.json and are built into the library.
#include <assay/cxx/checklist.h>

#include "catalogue_de.h"
#include "catalogue_en.h"

namespace {

class Checklist {
 public:
  explicit Checklist(const assay::sdk::Host&) {}

  /// Writes all catalogues in the language of the call. Ids must be the same in all languages.
  void catalogues(const assay::sdk::Call& call, const assay::sdk::Writer& out) {
    out.write("{\"catalogues\": [");
    out.write(call.language() == "de" ? texts::catalogue_de : texts::catalogue_en);
    out.write("]}");
  }
};

}  // namespace

ASSAY_PLUGIN(Checklist, assay::sdk::Checklist)
