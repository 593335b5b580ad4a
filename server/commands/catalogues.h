// Catalogues as commands need them: which questions there are, and what a result must carry; parsed once per hash.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "commands/perform.h"

namespace assay {

/// A catalogue of checklist questions, by its hash. Immutable.
struct PinnedCatalogue {
  std::string hash;
  std::string id, version, title, standard;
  std::map<std::string, std::string, std::less<>> item_of_question;  // "A.8.13-q1" -> "A.8.13"
  std::map<std::string, bool, std::less<>> results;                  // result -> whether it needs a reason
  Json content;                                                      // as the plugin gave it
};
using CataloguePtr = std::shared_ptr<const PinnedCatalogue>;

/// Thread-safe; keeps what it has parsed, as catalogues are few and never change.
class Catalogues {
 public:
  /// Nothing when no catalogue of this hash is stored.
  CataloguePtr find(Snapshot& at, const std::string& hash);

 private:
  std::mutex mutex_;
  std::map<std::string, CataloguePtr> parsed_;
};

/// What a plugin offers: the text is canonical JSON, `hash` its SHA-256.
struct OfferedCatalogue {
  std::string plugin, plugin_version, package_hash;
  std::string id, version, title;
  std::string hash, text;
};

}  // namespace assay
