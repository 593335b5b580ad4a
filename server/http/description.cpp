// The API description as it is served.
#include "http/description.h"

#include "http/etag.h"
#include "http/openapi.h"
#include "http/routes.h"
#include "ledger/digest.h"

namespace assay {

const Description::Served& Description::of(const WorkflowSet& set, std::string_view version) {
  std::call_once(made_, [&] {
    std::string text = openapi(set, routes(), version).dump();
    std::string etag = strong_etag(sha256_hex(text));
    served_ = {std::move(text), std::move(etag)};
  });
  return served_;
}

}  // namespace assay
