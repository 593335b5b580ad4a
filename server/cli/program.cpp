// The assay program: its commands and options.
#include "cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/author_commands.h"
#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/package_options.h"
#include "cli/serve.h"
#include "cli/settings.h"
#include "cli/version.h"
#include "cli/workflow_files.h"
#include "plugins/utf8.h"

namespace assay {
namespace {

using Names = std::vector<std::string_view>;

const Names store_options = {"data", "database", "workflows"};
const Names link_options = {"data", "database", "workflows", "public-url", "listen", "tls-certificate"};

/// The command line as it is read: which command was given, and the settings that were named.
class Program {
 public:
  Program() : app_("Audits and certification as state machines that people can read, check and change.", "assay") {
    app_.require_subcommand(1);
    app_.set_help_all_flag();
    app_.set_version_flag("--version", std::string(program_version));
    add_serve();
    add_folder_commands();
    add_workflow_commands();
    add_people_commands();
    add_others();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (const std::string unknown = unknown_command(); !unknown.empty()) {
        fmt::print(stderr, "assay: {}\n", unknown);
        return 2;
      }
      return app_.exit(error) == 0 ? 0 : 2;
    }
    return chosen_();
  }

 private:
  /// A sentence about a word that stands where a command must, and is none; empty when the fault is another.
  std::string unknown_command() const {
    const CLI::App* at = &app_;
    std::string words = "assay";
    while (at->get_subcommands().size() == 1) {
      at = at->get_subcommands().front();
      words += " " + at->get_name();
    }
    const auto left = at->remaining();
    if (at->get_require_subcommand_min() == 0 || left.empty() || left.front().starts_with('-')) return {};
    return fmt::format("there is no command \"{} {}\"; `{} --help` lists those that there are", words, left.front(),
                       words);
  }

  /// A command whose work is done by `act`, with these settings as options.
  CLI::App* command(CLI::App* parent, const std::string& name, const std::string& does, std::function<int()> act) {
    CLI::App* made = parent->add_subcommand(name, does);
    made->callback([this, act = std::move(act)] { chosen_ = act; });
    return made;
  }

  void add_setting(CLI::App* to, const Setting& setting) {
    const std::string name(setting.name), option = "--" + name;
    std::string does(setting.description);
    if (!setting.fallback.empty() && setting.kind != SettingKind::flag) does += fmt::format(" [{}]", setting.fallback);
    does += fmt::format(" ({})", environment_name(setting));
    if (setting.kind == SettingKind::flag) {
      to->add_flag_callback(option, [this, name] { given_[name] = "yes"; }, does);
      return;
    }
    to->add_option_function<std::string>(
          option, [this, name](const std::string& value) { given_[name] = value; }, does)
        ->type_name(std::string(setting.unit));
  }

  CLI::App* with_settings(CLI::App* to, const Names& names) {
    for (const std::string_view name : names) add_setting(to, *find_setting(name));
    to->add_option("--config", config_, "File of settings, a line NAME = VALUE each")->type_name("file");
    return to;
  }

  SettingValues values() const {
    return SettingValues(given_, process_environment,
                         config_.empty() ? std::nullopt : std::optional<std::filesystem::path>(config_));
  }

  std::filesystem::path scratch() const { return path_.empty() ? std::filesystem::temp_directory_path() : path_; }

  void add_serve() {
    CLI::App* serve_command = command(&app_, "serve", "Run the server", [this] { return serve(values()); });
    for (const Setting& setting : all_settings) add_setting(serve_command, setting);
    serve_command->add_option("--config", config_, "File of settings, a line NAME = VALUE each")->type_name("file");
  }

  void add_folder_commands() {
    CLI::App* init = command(&app_, "init",
                             "Found an organisation in a new data folder; prints the link for its first administrator",
                             [this] { return init_folder(values(), founding_); });
    with_settings(init, link_options);
    init->add_option("--organisation", founding_.organisation, "Name of the organisation")->required();
    init->add_option("--name", founding_.name, "Name of the first administrator")->required();
    init->add_option("--email", founding_.email, "E-mail address to sign in with")->required();
    init->add_option("--zone", founding_.zone, "IANA time zone [UTC]");
    init->add_option("--language", founding_.language, "en or de [en]");

    CLI::App* backup = command(&app_, "backup", "Copy database and files to a new folder, also while a server runs",
                               [this] { return back_up(values(), path_); });
    with_settings(backup, store_options)->add_option("TO", path_, "Folder that does not exist yet")->required();
    CLI::App* back = command(&app_, "restore", "Fill an empty data folder from a backup, after verifying every hash",
                             [this] { return restore(values(), path_); });
    with_settings(back, store_options)->add_option("FROM", path_, "Folder of the backup")->required();
    CLI::App* check = command(&app_, "verify", "Replay the log and hash every file, also while a server runs",
                              [this] { return verify(values(), scratch()); });
    with_settings(check, store_options)
        ->add_option("--scratch", path_, "Folder for the copy that is verified beside a running server");
    CLI::App* look = command(&app_, "doctor", "Check folder, database, log, files and plugins; say what to do",
                             [this] { return doctor(values(), scratch()); });
    with_settings(look, {"data", "database", "plugins", "plugins-signed", "upload-limit", "store-wal-limit"})
        ->add_option("--scratch", path_, "Folder for the copy that is looked at beside a running server");
    add_import();
    with_settings(command(&app_, "reindex", "Build the search index anew, while no server runs",
                          [this] { return reindex(values()); }),
                  store_options);
    with_settings(command(&app_, "compact", "Write the database anew, without gaps, while no server runs",
                          [this] { return compact(values()); }),
                  {"data", "database"});
    with_settings(command(&app_, "release", "Let webhooks and timers go on after a restore",
                          [this] { return release(values()); }),
                  {"data", "database", "workflows", "no-erased-list"});
  }

  void add_import() {
    CLI::App* table =
        command(&app_, "import",
                "Make people or records of a table in CSV, all of them or none, while no server runs; 1 when "
                "the table has errors, each told by its row and column",
                [this] { return import_file(values(), import_); });
    with_settings(table, {"data", "database", "workflows", "public-url", "listen", "tls-certificate", "import-rows",
                          "json-limit"});
    table->add_option("TYPE", import_.type, "Record type, such as risk, or person")->required();
    table->add_option("TABLE", import_.table, "File in CSV whose first row names the columns; - is standard input");
    table->add_option("--as", import_.as, "E-mail address of the person who imports, whose rights count");
    table->add_option("--command", import_.command,
                      "Command that makes the records, such as adopt; the first for people");
    table->add_flag("--dry-run", import_.dry_run, "Say what is wrong, and store nothing");
    table->add_flag("--json", import_.json, "Print what the API would answer");
    table->add_flag("--template", import_.only_template,
                    "Print the header of a table with all columns, and nothing else");
  }

  void add_workflow_commands() {
    CLI::App* workflow = app_.add_subcommand("workflow", "Look at and check workflow definitions");
    workflow->require_subcommand(1);
    CLI::App* check = command(
        workflow, "check",
        "Check definitions and explore the worlds of their proofs; prints every flaw with file, pointer and reason",
        [this] {
          const auto folder = path_.empty() ? std::nullopt : std::optional<std::filesystem::path>(path_);
          return mutate_ ? mutate_workflows(folder, least_) : check_workflows(values(), folder, static_);
        });
    with_settings(check, {"data", "plugins", "plugins-signed"});
    check->add_flag("--static", static_, "Explore nothing: names, states, timers and effects only");
    check->add_flag("--mutate", mutate_, "Change the definitions in one place each; prints what no proof notices")
        ->excludes("--static");
    check->add_option("--least", least_, "With --mutate: percent that must be noticed [95]")
        ->check(CLI::Range(0, 100))
        ->needs("--mutate");
    check->add_option("DIR", path_, "Folder of definitions; the built-in ones if not given");
    CLI::App* compare = command(workflow, "diff", "What new definitions change for whom; 3 when records need a map",
                                [this] { return compare_workflows(path_, other_path_, json_); });
    compare->add_option("OLD", path_, "Folder of definitions")->required();
    compare->add_option("NEW", other_path_, "Folder of definitions")->required();
    compare->add_flag("--json", json_, "As JSON, with the map to be filled in");
    CLI::App* play = command(workflow, "simulate", "Play commands in memory; prints states, refusals and timers",
                             [this] { return simulate_workflows(values(), path_, begin_); });
    with_settings(play, {"data", "workflows"})
        ->add_option("STEPS", path_, "File with one JSON a line; standard input if not given");
    play->add_option("--begin", begin_, "The first day [2026-01-01]");
    CLI::App* show = command(workflow, "export", "Record types as diagrams, or as machines for other tools", [this] {
      if (name_.empty() && path_.empty()) throw SettingError("name a TYPE, or a --folder for all of them");
      return path_.empty() ? export_workflow(values(), name_, format_, language_)
                           : export_workflows(values(), path_, format_, language_);
    });
    CLI::Option* type =
        with_settings(show, {"data", "workflows"})->add_option("TYPE", name_, "Short name, such as audit");
    show->add_option("--folder", path_, "Write all types into this folder, each as TYPE.FORMAT")->excludes(type);
    show->add_option("--format", format_, "mermaid, dot, xstate or scxml [mermaid]");
    show->add_option("--language", language_, "en, or another that the type has texts in [en]");
  }

  void add_people_commands() {
    CLI::App* user = app_.add_subcommand("user", "People, by somebody at the machine");
    user->require_subcommand(1);
    CLI::App* invite =
        command(user, "invite",
                "Invite a person as an administrator would, and an administrator where none is active; prints the link",
                [this] { return invite_user(values(), person_); });
    with_settings(invite, link_options);
    invite->add_option("--name", person_.name, "Name")->required();
    invite->add_option("--email", person_.email, "E-mail address to sign in with")->required();
    invite->add_option("--role", person_.roles, "Role; may be given several times");
    invite->add_option("--organisation", person_.organisation, "UUID, where there are several organisations");
    invite->add_option("--as", person_.as, "E-mail address of the administrator who acts; the first one if not given");
    CLI::App* reset = command(user, "reset", "A new one-time link for a person, also for the last administrator",
                              [this] { return reset_user(values(), person_.email); });
    with_settings(reset, link_options)->add_option("EMAIL", person_.email, "E-mail address")->required();
    CLI::App* list = command(user, "list", "All people of an organisation",
                             [this] { return list_users(values(), person_.organisation); });
    with_settings(list, store_options)
        ->add_option("--organisation", person_.organisation, "UUID, where there are several organisations");

    CLI::App* token = app_.add_subcommand("token", "Access tokens, by somebody at the machine");
    token->require_subcommand(1);
    CLI::App* create = command(token, "create", "Make an access token; it is printed once",
                               [this] { return create_token(values(), person_.email, name_, scopes_, days_); });
    with_settings(create, store_options);
    create->add_option("--email", person_.email, "E-mail address of the person whose token it is")->required();
    create->add_option("--name", name_, "What the token is for")->required();
    create->add_option("--scope", scopes_, "read, write or admin; may be given several times [read]");
    create->add_option("--days", days_, "Days until it expires [90]")->check(CLI::Range(1, 366));
  }

  void add_others() {
    CLI::App* plugin = app_.add_subcommand("plugin", "Plugins");
    plugin->require_subcommand(1);
    with_settings(
        command(plugin, "list", "All plugins and whether they work", [this] { return list_plugins(values()); }),
        {"data", "plugins", "plugins-signed", "plugin-sandbox", "plugin-processes", "plugin-niceness", "plugin-pulse",
         "plugins-in-process"});
    add_package_commands(
        plugin,
        {[this](auto* parent, auto& name, auto& does, auto act) { return command(parent, name, does, std::move(act)); },
         [this](auto* to, auto& names) { return with_settings(to, names); }, [this] { return values(); }});
    add_author_commands(*plugin, [this](std::function<int()> act) { chosen_ = std::move(act); });
    CLI::App* table = command(&app_, "settings", "All settings of the server", [this] {
      fmt::print("{}", markdown_ ? settings_markdown() : settings_text());
      return 0;
    });
    table->add_flag("--markdown", markdown_, "As a Markdown table, for the documentation");
    command(&app_, "version", "The version of this program", [] {
      fmt::print("assay {}\n", program_version);
      return 0;
    });
    command(&app_, "help", "This text", [this] {
      // The program's own: help() would give that of the subcommand that was called, which is this one.
      fmt::print("{}", app_.get_formatter()->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal));
      return 0;
    });
  }

  CLI::App app_;
  std::function<int()> chosen_ = {};
  std::map<std::string, std::string> given_ = {};
  std::filesystem::path config_ = {}, path_ = {}, other_path_ = {};
  Founding founding_ = {};
  PersonOptions person_ = {};
  ImportOptions import_ = {};
  std::string name_ = {}, format_ = "mermaid", language_ = "en", begin_ = "2026-01-01";
  std::vector<std::string> scopes_ = {"read"};
  int days_ = 90;
  bool markdown_ = false, static_ = false, mutate_ = false, json_ = false;
  double least_ = 95;
};

}  // namespace

int run_program(int argc, char** argv) {
  try {
    return Program().run(argc, argv);
  } catch (const SettingError& error) {
    fmt::print(stderr, "assay: {}\n", error.what());
    return 2;
  } catch (const WorkflowsFlawed& flawed) {
    fmt::print(stderr, "assay: the workflow definitions do not hold\n{}\n", clean_lines(flawed.what(), ""));
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "assay: {}\n", clean_lines(error.what()));  // may quote a package
    return 1;
  }
}

}  // namespace assay
