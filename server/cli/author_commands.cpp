// What the authors of plugins have at the machine.
#include "cli/author_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/check_output.h"
#include "cli/commands.h"
#include "cli/new_plugin.h"
#include "cli/plugin_run.h"
#include "cli/wiring.h"
#include "cli/workflow_files.h"
#include "ledger/signing.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct CheckCommand {
  fs::path folder = {}, junit = {}, key = {};
  std::vector<std::string> only = {};
  std::uint64_t seed = 1;
  int seconds = 6;
  std::string sandbox = "confined";
  std::optional<std::uint64_t> reproduce = {};
  bool json = false, only_failed = false;
};

CheckOptions options_of(const CheckCommand& command) {
  const auto known = check_names();
  for (const std::string& name : command.only) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string all;
    for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
    throw SettingError(fmt::format("there is no check {}; there are {}", name, all));
  }
  CheckOptions options{part_of_program("assay-plugin-probe"), command.only, command.seed,
                       command.reproduce.has_value()};
  options.tries = std::chrono::seconds(command.seconds);
  if (command.reproduce) options.seed = *command.reproduce;
  options.key = command.key;
  const auto level = sandbox::level_named(command.sandbox);
  if (!level)
    throw SettingError("--sandbox must be open, filtered, confined or isolated, not \"" + command.sandbox + "\"");
  options.required = *level;
  options.workflows = embedded_workflows();
  try {
    if (!command.key.empty()) PublicKey::read(command.key);
  } catch (const SigningKeyError& error) {
    throw SettingError(error.what());
  }
  return options;
}

int run_check(const CheckCommand& command) {
  const CheckOptions options = options_of(command);
  if (!fs::is_directory(command.folder)) throw SettingError(command.folder.string() + " is not a folder");
  const auto tell = [&](const CheckResult& result) {
    if (command.json || (command.only_failed && result.outcome != CheckOutcome::failed)) return;
    fmt::print("{}", check_text(result));
    std::fflush(stdout);
  };
  const auto results = check_package(command.folder, options, tell);
  fmt::print("{}", command.json ? check_json(command.folder.string(), results) : check_summary(results));
  if (!command.junit.empty()) {
    std::ofstream file(command.junit, std::ios::binary);
    file << check_junit(command.folder.filename().string(), results);
    if (!file.flush()) throw SettingError("the file " + command.junit.string() + " cannot be written");
  }
  return all_passed(results) ? 0 : 1;
}

void add_check(CLI::App& plugin, const std::function<void(std::function<int()>)>& choose) {
  const auto options = std::make_shared<CheckCommand>();
  CLI::App* check = plugin.add_subcommand(
      "check", "Try a package in every way that its author must reckon with; 1 when a check fails");
  check->add_option("FOLDER", options->folder, "Package: the folder with manifest.json")->required();
  check->add_flag("--json", options->json, "Results as JSON");
  check->add_option("--junit", options->junit, "Write the results to this file, too, as JUnit")->type_name("file");
  check->add_flag("--only-failed", options->only_failed, "Print failures only");
  check->add_option("--only", options->only, "Name of a check; may be given several times")->type_name("name");
  check->add_option("--seed", options->seed, "Where checks begin that try cases by chance [1]")->type_name("number");
  check
      ->add_option("--seconds", options->seconds,
                   "How long a check goes on that tries something as often as it can [6]")
      ->check(CLI::Range(1, 600));
  check
      ->add_option("--reproduce", options->reproduce,
                   "Only the case with this seed, of the checks that try cases by chance")
      ->type_name("number");
  check
      ->add_option("--sandbox", options->sandbox,
                   "Least that the sandbox must reach before code of the plugin runs; open, filtered, confined or "
                   "isolated [confined]")
      ->type_name("level");
  check->add_option("--key", options->key, "Public key that made the signature of the package")->type_name("file");
  check->callback([choose, options] { choose([options] { return run_check(*options); }); });
}

void add_run(CLI::App& plugin, const std::function<void(std::function<int()>)>& choose) {
  const auto options = std::make_shared<PluginRun>();
  CLI::App* run = plugin.add_subcommand("run", "Call one method of a package, in the sandbox and with all checks");
  run->add_option("FOLDER", options->folder, "Package: the folder with manifest.json")->required();
  run->add_option("METHOD", options->method,
                  "catalogues, report, score, applicable, sample, judge, requests, check-settings or map")
      ->required();
  run->add_option("--input", options->input, "File with the input as JSON; for a report, a made-up one if not given")
      ->type_name("file");
  run->add_option("--settings", options->settings, "File with settings as JSON; their defaults if not given")
      ->type_name("file");
  run->add_option("--format", options->format, "Of a report; the first of the manifest if not given")->type_name("id");
  run->add_option("--language", options->language, "BCP 47; the input's, or the first of the manifest, if not given")
      ->type_name("tag");
  run->add_option("--output", options->output, "File for the output; standard output if not given")->type_name("file");
  run->add_option("--timeout", options->seconds, "Seconds until the call is given up [60]")->check(CLI::Range(1, 3600));
  run->callback([choose, options] {
    choose([options] {
      options->program = part_of_program("assay-plugin-host");
      return run_plugin(*options);
    });
  });
}

void add_new(CLI::App& plugin, const std::function<void(std::function<int()>)>& choose) {
  const auto options = std::make_shared<NewPlugin>();
  CLI::App* make = plugin.add_subcommand("new", "A folder with a plugin that builds and passes the validator as it is");
  make->add_option("KIND", options->kind, "checklist or report")->required();
  make->add_option("ID", options->id, "Reverse domain name, such as com.example.hello")->required();
  make->add_option("--lang", options->language, "data, cpp, c or rust [cpp]")->type_name("language");
  make->add_option("--folder", options->folder, "Folder to make; named after the last part of the id if not given")
      ->type_name("folder");
  make->callback([choose, options] { choose([options] { return make_plugin(*options); }); });

  const auto folder = std::make_shared<fs::path>();
  CLI::App* list = plugin.add_subcommand("files", "List the files of a folder in its manifest, with size and hash");
  list->add_option("FOLDER", *folder, "Folder with manifest.json and the files of the package")->required();
  list->callback([choose, folder] { choose([folder] { return list_files(*folder); }); });
}

}  // namespace

void add_author_commands(CLI::App& plugin, const std::function<void(std::function<int()>)>& choose) {
  add_check(plugin, choose);
  add_run(plugin, choose);
  add_new(plugin, choose);
}

}  // namespace assay
