// A new plugin of an author: a folder that builds and passes the validator as it is.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

struct NewPlugin {
  std::string kind;              // checklist, report
  std::string id;                // reverse domain name
  std::string language = "cpp";  // data, cpp, c, rust
  std::filesystem::path folder;  // that is made; empty: the last part of the id
};

/// Writes the files and prints what to do next. The exit status: 0. Throws SettingError for a kind, language or id that
/// there cannot be, and when the folder is there already.
int make_plugin(const NewPlugin& plugin);

/// Fills in `files` of the manifest in `folder`: path, SHA-256 and size of every other file there. A signature of what
/// the manifest was before is removed. The exit status: 0.
/// Throws SettingError when the folder holds something that no package may hold.
int list_files(const std::filesystem::path& folder);

}  // namespace assay
