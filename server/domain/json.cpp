// JSON as the whole server uses it.
#include "domain/json.h"

namespace assay {

std::string canonical(const Json& value) { return value.dump(); }

}  // namespace assay
