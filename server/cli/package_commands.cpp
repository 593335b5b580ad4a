// Commands on one plugin package: making, reading, signing and verifying it.
#include "cli/package_commands.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/inspection.h"
#include "cli/workspace.h"
#include "plugins/package.h"
#include "plugins/package_signature.h"
#include "plugins/package_store.h"
#include "plugins/utf8.h"
#include "storage/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// Replaces a file; whoever reads it sees the old or the new text.
void replace_text(const fs::path& file, std::string_view text) {
  fs::path beside = file;
  beside += ".new";
  fs::remove(beside);
  {
    File out(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    out.write({text.data(), text.size()});
    out.sync();
  }
  fs::rename(beside, file);
}

std::string signer_of(const PackageHead& head, const fs::path& package) {
  if (head.signature.empty()) return {};
  const auto signature = parse_signature(head.signature, package);
  if (!signature) throw Refused(signature.error());
  return signature->key;
}

Json json_of(const LookedAt& package, const std::string& key) {
  Json json = {{"hash", package.head().manifest.hash},
               {"key_id", key.empty() ? Json(nullptr) : Json(key)},
               {"manifest", Json::parse(package.head().text)}};
  return json;
}

void print_package(const Manifest& manifest, const std::string& key) {
  // All of it is a stranger's typing: none of it may look like a line of this output.
  fmt::print("{} {}\n{}\n", one_line(manifest.id), one_line(manifest.version), one_line(manifest.title.at("en")));
  if (const auto about = manifest.description.find("en"); about != manifest.description.end())
    fmt::print("{}\n", one_line(about->second));
  fmt::print("publisher   {}\nlicence     {}\nABI         {}.{}\nextensions  {}\nlanguages   {}\n",
             one_line(manifest.publisher), one_line(manifest.licence), manifest.abi_major, manifest.abi_minor,
             one_line(fmt::format("{}", fmt::join(manifest.extensions, ", "))),
             one_line(fmt::format("{}", fmt::join(manifest.languages, ", "))));
  fmt::print("hash        {}\nkey id      {}\nfiles\n", manifest.hash, key.empty() ? "none: not signed" : key);
  for (const auto& file : manifest.files) fmt::print("  {}  {:>10}  {}\n", file.sha256, file.size, one_line(file.path));
}

}  // namespace

LookedAt::LookedAt(const fs::path& package, const PackageLimits& limits) : folder_(package) {
  if (fs::is_directory(package)) {
    auto read = read_package_folder(package);
    if (!read) throw Refused(read.error());
    head_ = std::move(*read);
    if (auto verified = verify_package(package, head_.manifest); !verified) throw Refused(verified.error());
    return;
  }
  auto archive = open_package(package, limits);
  if (!archive) throw Refused(archive.error());
  head_ = (*archive)->head();
  std::string name = (fs::temp_directory_path() / "assay-package-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::runtime_error("no folder can be made in " + fs::temp_directory_path().string());
  own_ = folder_ = name;
  try {
    if (auto unpacked = (*archive)->unpack(folder_); !unpacked) throw Refused(unpacked.error());
  } catch (...) {
    std::error_code ignored;  // the failure itself is told
    fs::remove_all(own_, ignored);
    throw;
  }
}

LookedAt::~LookedAt() {
  std::error_code ignored;  // what is left there is a copy
  if (!own_.empty()) fs::remove_all(own_, ignored);
}

PackageLimits package_limits(const SettingValues& values) {
  return {static_cast<std::uint64_t>(values.number("plugin-package-limit"))};
}

int pack_package(const fs::path& folder, const fs::path& to) {
  auto head = read_package_folder(folder);
  if (!head) throw Refused(head.error());
  const Manifest& manifest = head->manifest;
  const fs::path file =
      to.empty() ? fs::path(fmt::format("{}-{}{}", manifest.id, manifest.version, package_extension)) : to;
  if (head->signature.empty() && fs::exists(file) && !LookedAt(file, PackageLimits()).head().signature.empty())
    throw std::runtime_error(file.string() +
                             " is there already, and signed: remove it first, or sign this one under another name");
  if (auto written = write_package(folder, *head, file); !written) throw Refused(written.error());
  fmt::print("{}: {} {}, {}, {}\n", file.string(), manifest.id, manifest.version, manifest.hash,
             head->signature.empty() ? "not signed" : "signed, key id " + signer_of(*head, folder));
  return 0;
}

int inspect_package(const SettingValues& values, const fs::path& file, bool json) {
  const LookedAt package(file, package_limits(values));
  const std::string key = signer_of(package.head(), file);
  if (json) {
    fmt::print("{}\n", json_of(package, key).dump(2, ' ', true));
  } else {
    print_package(package.head().manifest, key);
  }
  return 0;
}

int make_signing_key(const fs::path& out) {
  fs::path beside = out;
  beside += ".pub";
  if (fs::exists(fs::symlink_status(beside))) throw std::runtime_error(beside.string() + " is there already");
  const PublicKey key = SigningKey::create(out).public_key();
  const std::string pem = key.pem();
  File file(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  file.write({pem.data(), pem.size()});
  file.sync();
  fmt::print("key id {}\n{}: keep it secret; it signs packages\n{}: give it to those who install them\n", key.id(),
             out.string(), beside.string());
  return 0;
}

int sign_package(const SettingValues& values, const fs::path& file, const fs::path& key_file) {
  const SigningKey key = SigningKey::open(key_file);
  const LookedAt package(file, package_limits(values));
  PackageHead head = package.head();
  head.signature = signature_text(key, head.text);
  if (package.folder() == file) {
    replace_text(file / signature_name, head.signature);
  } else if (auto written = write_package(package.folder(), head, file); !written) {
    throw Refused(written.error());
  }
  fmt::print("{}: {} {}, signed, key id {}\n", file.string(), head.manifest.id, head.manifest.version,
             key.public_key().id());
  return 0;
}

int verify_package_signature(const SettingValues& values, const fs::path& file, const fs::path& key_file) {
  const LookedAt package(file, package_limits(values));
  const PackageHead& head = package.head();
  const Date today{std::chrono::floor<std::chrono::days>(system_now())};
  PluginTrust trust;
  if (key_file.empty()) {
    trust = PackageStore(existing_data_folder(values).plugins(), PackageStore::Use::look).trust();
  } else {
    const PublicKey key = PublicKey::read(key_file);
    trust.keys.emplace(key.id(), TrustedKey{key, key_file.string(), {head.manifest.id}, {}, {}, {}});
  }
  const auto signer = vouched(trust, head, file, today);
  if (!signer) throw Refused(signer.error());
  fmt::print("{}: {} {}, {}, signed by {}\n", file.string(), head.manifest.id, head.manifest.version,
             head.manifest.hash, (*signer)->owner);
  return 0;
}

}  // namespace assay
