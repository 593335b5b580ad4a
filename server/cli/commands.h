// The commands at the machine, but for serve. Each prints to standard output and returns the exit status of the
// program; a refusal or exception goes to the caller.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "commands/people.h"

namespace assay {

/// The command was refused: what() says why, with every field and guard.
struct Refused : std::runtime_error {
  explicit Refused(const Refusal& refusal);
};

// data_commands.cpp
int init_folder(const SettingValues& values, const Founding& founding);
int back_up(const SettingValues& values, const std::filesystem::path& to);
int restore(const SettingValues& values, const std::filesystem::path& from);
/// Replays the log, checks every stored workflow set and the hash of every file that is referred to. Beside a running
/// server it works on a copy in `scratch`. 1 when something differs.
int verify(const SettingValues& values, const std::filesystem::path& scratch);
int release(const SettingValues& values);
/// Builds the search index anew. No server may use the folder.
int reindex(const SettingValues& values);
/// Writes the database anew. No server may use the folder.
int compact(const SettingValues& values);

// workflow_commands.cpp
/// Checks the definitions and, unless only the static check is asked for, explores the worlds of their proofs. Guards
/// of plugins that the settings do not lead to are told. 2 when there are flaws, 1 when something is not proved.
int check_workflows(const SettingValues& values, const std::optional<std::filesystem::path>& folder, bool only_static);
/// Changes the definitions in one place each and prints what their proofs do not notice. 1 when less than `least`
/// percent are noticed in a pack. Throws WorkflowsFlawed.
int mutate_workflows(const std::optional<std::filesystem::path>& folder, double least);
/// What the definitions in `to` change, as text or JSON. 3 when running records need a map of states. Throws
/// WorkflowsFlawed.
int compare_workflows(const std::filesystem::path& from, const std::filesystem::path& to, bool json);
/// Plays steps, one JSON a line (domain/simulate.h), from a file or (empty) standard input, and prints states, refusals
/// and timers. Throws SettingError for a step that cannot be read.
int simulate_workflows(const SettingValues& values, const std::filesystem::path& steps, const std::string& begin);
int export_workflow(const SettingValues& values, const std::string& type, const std::string& format,
                    const std::string& language);
/// Every type, each as a file TYPE.FORMAT of the folder, which is made.
int export_workflows(const SettingValues& values, const std::filesystem::path& folder, const std::string& format,
                     const std::string& language);

// people_commands.cpp
struct PersonOptions {
  std::string organisation;  // uuid; needed when there are several
  std::string as;            // e-mail of the administrator who acts; empty: the first
  std::string email, name;
  std::vector<std::string> roles;
};
int invite_user(const SettingValues& values, const PersonOptions& options);
int reset_user(const SettingValues& values, const std::string& email);
int list_users(const SettingValues& values, const std::string& organisation);
/// A token of the person with this e-mail address, printed once.
int create_token(const SettingValues& values, const std::string& email, const std::string& name,
                 const std::vector<std::string>& scopes, int days);

// import_command.cpp
struct ImportOptions {
  std::string type;             // a record type, or person
  std::string command;          // that makes the records; empty: the first for people
  std::string as;               // e-mail of the person who imports
  std::filesystem::path table;  // "-": standard input
  bool dry_run = false, json = false, only_template = false;
};
/// Makes people or records of a table in CSV, all of them or none, as this person may by the API; the log says so.
/// Prints what was made, or what is wrong by row and column: 1 then, of a dry run too. No server may use the folder.
int import_file(const SettingValues& values, const ImportOptions& options);

// plugin_commands.cpp
int list_plugins(const SettingValues& values);
/// The folders that the settings name, else those beside the program.
std::vector<std::filesystem::path> plugin_folders(const SettingValues& values);

}  // namespace assay
