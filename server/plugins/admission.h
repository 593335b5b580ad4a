// Who of the packages in a folder is loaded, by what people at the machine have decided.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugins/registry.h"
#include "plugins/trust.h"

namespace assay {

/// A folder whose packages need no signature. Admits all but what is revoked, packages and those whose signature names
/// a revoked key, and what would take the place of an installed package: that of the same id whose version is the same
/// or an older one, as new audits begin with the newest. Those of the origin "program" are trusted as it is.
PackageFolder unsigned_folder(std::filesystem::path path, std::string origin, PluginTrust trust);

/// The folder of installed packages. Admits what the journal says is installed, whose signature holds and whose key is
/// trusted still. A key's last day counts at the installation: what was installed in time goes on.
PackageFolder installed_packages(std::filesystem::path packages, PluginTrust trust);

/// What the journal says is installed and is not below `packages`: statuses with that as their error, by hash.
std::vector<PluginStatus> absent_packages(const std::filesystem::path& packages, const PluginTrust& trust);

/// A folder of packages that must be signed with a trusted key, whose last day is not before `today`. As at an
/// installation, no package takes the place of another one of that version, or of a newer version, that was ever
/// installed; one that is installed itself does.
PackageFolder signed_folder(std::filesystem::path path, PluginTrust trust, Date today);

}  // namespace assay
