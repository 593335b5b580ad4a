// The checklist for ISO/IEC 27001:2022. Other languages lie over the English text member by member, so that a text that
// has not been translated yet shows in English.
#include <assay/cxx/checklist.h>

#include <nlohmann/json.hpp>

#include "catalogue.h"
#include "catalogue_de.h"

namespace iso27001 {
namespace {

using Json = nlohmann::ordered_json;

bool has_ids(const Json& list) { return list.is_array() && !list.empty() && list.front().contains("id"); }

/// Lays `translation` over `text`: objects by member, lists of things with ids by id, all else as a whole.
void translate(Json& text, const Json& translation) {
  if (text.is_object() && translation.is_object()) {
    for (const auto& [name, value] : translation.items()) {
      if (text.contains(name)) translate(text[name], value);
    }
  } else if (has_ids(text) && translation.is_array()) {
    for (Json& entry : text) {
      for (const Json& candidate : translation) {
        if (candidate.value("id", "") == entry.value("id", "-")) translate(entry, candidate);
      }
    }
  } else {
    text = translation;
  }
}

class Iso27001 {
 public:
  explicit Iso27001(const assay::sdk::Host&) {}

  void catalogues(const assay::sdk::Call& call, const assay::sdk::Writer& out) {
    Json text = Json::parse(catalogue);
    if (call.language() == "de") translate(text, Json::parse(catalogue_de));
    call.check();
    out.write(Json{{"catalogues", Json::array({std::move(text)})}}.dump());
  }
};

}  // namespace
}  // namespace iso27001

ASSAY_PLUGIN(iso27001::Iso27001, assay::sdk::Checklist)
