// The catalogues that plugins offer.
#include "http/offered_catalogues.h"

#include "domain/json.h"

namespace assay {
namespace {

constexpr std::chrono::seconds usual_patience{10};

}  // namespace

Result<std::vector<OfferedCatalogue>> OfferedCatalogues::given_by(Plugin& plugin, const std::string& language,
                                                                  std::chrono::milliseconds patience) {
  const Manifest& manifest = plugin.manifest();
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find({manifest.hash, language}); known != known_.end()) return known->second;
  }
  // Not under the lock: who asks for another plugin's catalogues does not wait for this one.
  auto given = plugin.catalogues(language, {std::chrono::steady_clock::now() + patience});
  if (!given) return given.error();
  std::vector<OfferedCatalogue> offered;
  for (const auto& one : *given) {
    offered.push_back({manifest.id, manifest.version, manifest.hash, one.id, one.version,
                       one.content.value("title", one.id), one.hash, canonical(one.content)});
  }
  const std::lock_guard lock(mutex_);
  return known_.emplace(std::pair(manifest.hash, language), std::move(offered)).first->second;
}

Result<std::vector<OfferedCatalogue>> OfferedCatalogues::of(const std::string& plugin, const std::string& language) {
  Plugin* found = plugins_.find(plugin);
  if (found == nullptr) return refuse(Reason::not_found, "there is no plugin of this id that works");
  return given_by(*found, language, usual_patience);
}

Result<std::vector<OfferedCatalogue>> OfferedCatalogues::of_package(const std::string& hash,
                                                                    const std::string& language,
                                                                    std::chrono::milliseconds patience) {
  Plugin* found = plugins_.find_package(hash);
  if (found == nullptr) return refuse(Reason::not_found, "there is no package of this hash that works");
  return given_by(*found, language, patience);
}

Result<OfferedCatalogue> OfferedCatalogues::find(const std::string& plugin, const std::string& catalogue,
                                                 const std::string& language) {
  auto all = of(plugin, language);
  if (!all) return all.error();
  for (const auto& one : *all) {
    if (one.id == catalogue) return one;
  }
  return refuse(Reason::not_found, "this plugin offers no catalogue of this id");
}

}  // namespace assay
