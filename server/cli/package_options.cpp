// The part of the command line that is about plugin packages.
#include "cli/package_options.h"

#include <memory>
#include <utility>

#include "cli/package_commands.h"

namespace assay {
namespace {

/// What the options say, kept by the commands that read it.
struct PackageOptions {
  std::filesystem::path package, other, key;
  std::string id, version;
  bool json = false, allow_downgrade = false, execute = false;
  TrustOptions trust = {};
};
using Options = std::shared_ptr<PackageOptions>;

void add_packing_commands(CLI::App* plugin, const CommandLine& line, const Options& options) {
  const auto values = line.values;
  CLI::App* pack = line.command(plugin, "pack", "Write a package folder as one file",
                                [options] { return pack_package(options->package, options->other); });
  pack->add_option("FOLDER", options->package, "Package folder with manifest.json")->required();
  pack->add_option("--output", options->other, "File to write [ID-VERSION.assayplugin]");
  CLI::App* inspect =
      line.command(plugin, "inspect", "What a package says of itself; every hash is verified",
                   [options, values] { return inspect_package(values(), options->package, options->json); });
  line.with_settings(inspect, {"plugin-package-limit"});
  inspect->add_option("PACKAGE", options->package, "File or folder")->required();
  inspect->add_flag("--json", options->json, "As JSON");
  CLI::App* compare = line.command(
      plugin, "diff",
      "What differs between two packages: files, manifest, questions of their catalogues; 1 if anything",
      [options, values] {
        return compare_packages(values(), options->package, options->other, options->execute, options->json);
      });
  line.with_settings(compare, {"plugin-package-limit", "plugin-sandbox"});
  compare->add_option("OLD", options->package, "File or folder")->required();
  compare->add_option("NEW", options->other, "File or folder")->required();
  compare->add_flag("--run", options->execute, "Execute the code of both packages, to compare their catalogues");
  compare->add_flag("--json", options->json, "As JSON");
  CLI::App* keygen = line.command(plugin, "keygen", "Make a key that signs packages, and its public key beside it",
                                  [options] { return make_signing_key(options->key); });
  keygen->add_option("OUT", options->key, "File to write, which must not be there")->required();
  CLI::App* sign = line.command(plugin, "sign", "Sign a package in its place",
                                [options, values] { return sign_package(values(), options->package, options->key); });
  line.with_settings(sign, {"plugin-package-limit"});
  sign->add_option("PACKAGE", options->package, "File or folder")->required();
  sign->add_option("--key", options->key, "Private key")->required();
  CLI::App* verify = line.command(
      plugin, "verify", "Verify the hashes and the signature of a package, with a key or by the trust of a data folder",
      [options, values] { return verify_package_signature(values(), options->package, options->key); });
  line.with_settings(verify, {"data", "plugin-package-limit"});
  verify->add_option("PACKAGE", options->package, "File or folder")->required();
  verify->add_option("--key", options->key, "Public key; by the trust of --data if not given");
}

void add_install_commands(CLI::App* plugin, const CommandLine& line, const Options& options) {
  const auto values = line.values;
  CLI::App* install =
      line.command(plugin, "install", "Install a package that a trusted key has signed; loaded when the server starts",
                   [options, values] { return install_package(values(), options->package, options->allow_downgrade); });
  line.with_settings(install, {"data", "database", "plugin-package-limit", "workflows"});
  install->add_option("FILE", options->package, "Package file")->required();
  install->add_flag("--allow-downgrade", options->allow_downgrade,
                    "Although a newer version was installed; the journal keeps it");
  CLI::App* uninstall =
      line.command(plugin, "uninstall", "Begin no new audit with a plugin; removes files that no record names",
                   [options, values] { return uninstall_plugin(values(), options->id, options->version); });
  line.with_settings(uninstall, {"data", "database", "workflows"});
  uninstall->add_option("ID", options->id, "Id of the plugin")->required();
  uninstall->add_option("--version", options->version, "One version; all of them if not given");
}

void add_trust_commands(CLI::App* plugin, const CommandLine& line, const Options& options) {
  const auto values = line.values;
  CLI::App* trust = plugin->add_subcommand("trust", "Whose plugin packages are installed and loaded");
  trust->require_subcommand(1);
  const auto look = [&](const std::string& name, const std::string& does, std::function<int()> act) {
    return line.with_settings(line.command(trust, name, does, std::move(act)), {"data"});
  };
  // What they change may end a start: they look at definitions and records.
  const auto command = [&](const std::string& name, const std::string& does, std::function<int()> act) {
    return line.with_settings(line.command(trust, name, does, std::move(act)), {"data", "database", "workflows"});
  };
  TrustOptions& given = options->trust;
  CLI::App* add = command("add", "Trust a key, or change what it is trusted with",
                          [options, values] { return trust_key(values(), options->trust); });
  add->add_option("--key", given.key, "File of the public key")->required();
  add->add_option("--owner", given.owner, "Whose key it is, for people")->required();
  add->add_option("--id", given.ids, "Id, or first parts of ids, that it may sign; several times")->required();
  add->add_option("--extension", given.extensions, "Extension that it may sign; several times [all]");
  add->add_option("--tier", given.tiers, "process, or in-process too; several times [process]");
  add->add_option("--not-after", given.not_after, "Last day on which what it signed is installed");
  CLI::App* list = look("list", "Keys, revocations and installed packages",
                        [options, values] { return list_trust(values(), options->json); });
  list->add_flag("--json", options->json, "As JSON");
  look("log", "Every act about plugins, first to last", [values] { return list_plugin_acts(values()); });
  CLI::App* remove = command("remove", "Trust a key no more; it can be trusted again",
                             [options, values] { return remove_trust(values(), options->trust.key_id); });
  remove->add_option("KEY", given.key_id, "Id of the key")->required();
  CLI::App* revoke = command("revoke", "Revoke a key or one package, for ever",
                             [options, values] { return revoke_trust(values(), options->trust); });
  revoke->add_option("--key", given.key_id, "Id of the key");
  revoke->add_option("--package", given.package, "Hash of the package");
  revoke->add_option("--reason", given.reason, "Why, for those who meet it later")->required();
  CLI::App* allow = command("allow", "Allow these plugins and no other, whatever keys may sign",
                            [options, values] { return allow_plugins(values(), options->trust); });
  allow->add_option("ID", given.ids, "Ids of plugins");
  allow->add_flag("--any", given.any, "Every plugin that a key may sign");
}

}  // namespace

void add_package_commands(CLI::App* plugin, const CommandLine& line) {
  const auto options = std::make_shared<PackageOptions>();
  add_packing_commands(plugin, line, options);
  add_install_commands(plugin, line, options);
  add_trust_commands(plugin, line, options);
}

}  // namespace assay
