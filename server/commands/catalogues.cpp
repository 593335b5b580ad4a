// Catalogues as commands need them.
#include "commands/catalogues.h"

#include "storage/items.h"

namespace assay {
namespace {

CataloguePtr parse(const std::string& hash, const std::string& text) {
  auto catalogue = std::make_shared<PinnedCatalogue>();
  catalogue->hash = hash;
  catalogue->content = Json::parse(text);
  const Json& content = catalogue->content;
  catalogue->id = content.at("id").get<std::string>();
  catalogue->version = content.at("version").get<std::string>();
  catalogue->title = content.at("title").get<std::string>();
  catalogue->standard = content.value("standard", "");
  for (const Json& result : content.at("results")) {
    catalogue->results.emplace(result.at("id").get<std::string>(), result.contains("needs"));
  }
  for (const Json& item : content.at("items")) {
    for (const Json& question : item.at("questions")) {
      catalogue->item_of_question.emplace(question.at("id").get<std::string>(), item.at("id").get<std::string>());
    }
  }
  return catalogue;
}

}  // namespace

CataloguePtr Catalogues::find(Snapshot& at, const std::string& hash) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = parsed_.find(hash); known != parsed_.end()) return known->second;
  }
  const auto text = find_catalogue(at, hash);
  if (!text) return nullptr;
  auto catalogue = parse(hash, *text);
  const std::lock_guard lock(mutex_);
  return parsed_.emplace(hash, std::move(catalogue)).first->second;
}

}  // namespace assay
