// The API description as it is served.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "domain/definition.h"

namespace assay {

/// Made at the first request for it and kept, as record types are the same while the server runs. Thread-safe.
class Description {
 public:
  struct Served {
    std::string text, etag;
  };
  /// Of the record types that it was first asked for with.
  const Served& of(const WorkflowSet& set, std::string_view version);

 private:
  std::once_flag made_;
  Served served_;
};

}  // namespace assay
