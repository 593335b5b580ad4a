// All settings of the server: one table, from which options, environment variables, the config file and the
// documentation come.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class SettingKind { text, number, flag, list };

struct Setting {
  std::string_view name;
  SettingKind kind;
  std::string_view fallback;  // default, as it would be written
  std::string_view unit;      // of a number, or the form of a text
  std::string_view description;
  std::int64_t least = 0;  // numbers only
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

inline constexpr Setting all_settings[] = {
    {"data", SettingKind::text, "", "folder", "Data folder: database, files, key file; made when it is not there"},
    {"database", SettingKind::text, "", "URL",
     "postgresql://...: keep the database there; else SQLite in the data folder"},
    {"listen", SettingKind::text, "127.0.0.1:8080", "host:port",
     "Numeric address and port to listen on; [::1]:8080 for IPv6"},
    {"public-url", SettingKind::text, "", "URL",
     "Where people and receivers of webhooks find this server; from listen if not set"},
    {"tls-certificate", SettingKind::text, "", "file",
     "Certificate chain in PEM; with tls-key the server speaks HTTPS"},
    {"tls-key", SettingKind::text, "", "file", "Private key in PEM, without a passphrase"},
    {"trusted-proxies", SettingKind::list, "", "networks",
     "Networks in CIDR notation of proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed"},
    {"demo", SettingKind::flag, "no", "", "Found the demo organisation in an empty data folder, with known log-ins"},
    {"no-erased-list", SettingKind::flag, "no", "",
     "Serve or release a restored folder without `erased`, the list of who was erased since the backup: they have "
     "names "
     "again"},
    {"clock", SettingKind::text, "system", "source",
     "system, or manual: set ahead through the API; for a demo, or a folder that was begun with it"},
    {"workflows", SettingKind::text, "", "folder", "Workflow definitions to use instead of the built-in ones"},
    {"plugins", SettingKind::list, "", "folders", "Folders of plugin packages; those beside the program if not set"},
    {"plugins-signed", SettingKind::flag, "no", "",
     "Load from folders of --plugins only what a trusted key has signed, as always what is installed in the data "
     "folder"},
    {"plugin-package-limit", SettingKind::number, "268435456", "bytes",
     "Plugin package that is installed, as a file and unpacked; beyond: refused", 1024},
    {"plugin-sandbox", SettingKind::text, "confined", "level",
     "Least that the sandbox of a plugin must reach: filtered, confined or isolated; with less it is not loaded"},
    {"plugin-processes", SettingKind::number, "2", "processes", "Of each plugin; each runs one call at a time", 1},
    {"plugin-niceness", SettingKind::number, "20", "nice",
     "How far the processes of plugins stand back for the server where processors are short: 0 (equals) to 19, or 20: "
     "they "
     "run on what is left; less where other programs keep the processors busy for long",
     0, 20},
    {"plugin-pulse", SettingKind::number, "250", "microseconds",
     "How often processors look up from what plugins compute, while they do, so that the server is not kept waiting; "
     "0: never",
     0, 100'000},
    {"plugin-guard-timeout", SettingKind::number, "5", "seconds",
     "For all that a command asks plugins; what has not answered by then has failed", 1},
    {"plugins-in-process", SettingKind::list, "", "ids",
     "Plugins that run in the server itself, trusted as much as the server is"},
    {"security-contact", SettingKind::text, "", "URI",
     "Where to report a vulnerability: mailto:... or https://..., told in security.txt"},
    {"log-level", SettingKind::text, "info", "level", "debug, info, warn or error"},
    {"first-organisation", SettingKind::text, "My organisation", "name", "Organisation that a first start founds"},
    {"first-name", SettingKind::text, "Administrator", "name", "Its first administrator"},
    {"first-email", SettingKind::text, "administrator@localhost", "address",
     "E-mail address that the first administrator signs in with"},
    {"first-zone", SettingKind::text, "UTC", "zone", "IANA time zone of that organisation"},
    {"first-language", SettingKind::text, "en", "language", "Language of that organisation: en or de"},

    {"io-threads", SettingKind::number, "0", "threads", "Threads that wait for sockets; 0: one for each processor"},
    {"pool-threads", SettingKind::number, "0", "threads",
     "Threads for slow requests, most of which wait for the disk; 0: twice the processors, at least 64"},
    {"pool-queue", SettingKind::number, "1024", "requests", "Requests that may wait for the pool; beyond: 503", 1},
    {"connections", SettingKind::number, "10000", "connections", "Open connections; beyond: 503", 1},
    {"header-limit", SettingKind::number, "16384", "bytes", "Request line and headers; beyond: 431", 1024},
    {"json-limit", SettingKind::number, "1048576", "bytes", "JSON or CSV body of a request; beyond: 413", 1024},
    {"upload-limit", SettingKind::number, "268435456", "bytes", "Uploaded file; beyond: 413", 1024},
    {"import-rows", SettingKind::number, "1000", "rows", "Rows of a table that is imported at once; beyond: 400", 1},
    {"case-file-rows", SettingKind::number, "20000", "rows",
     "Fields, answers, evidence, reports and steps in the file of a case; records beyond are only named", 1},
    {"grant-readings", SettingKind::number, "120", "a minute",
     "Requests of one person that show something by an access grant alone; each is kept in the log; beyond: 429", 1},
    {"note-bytes", SettingKind::number, "10000", "bytes", "Text of a working note; beyond: 422", 1},
    {"notes-of-person", SettingKind::number, "200", "notes", "Working notes of a person at one audit; beyond: 409", 1},
    {"search-catch-up", SettingKind::number, "500", "events",
     "Events that a search first brings into the index; with more behind, its answer says that it is not complete", 1},
    {"header-timeout", SettingKind::number, "10", "seconds", "For the header of a request; beyond: 408", 1},
    {"idle-timeout", SettingKind::number, "60", "seconds", "Between requests of a connection", 1},
    {"body-timeout", SettingKind::number, "30", "seconds", "Without any byte of a body; beyond: 408", 1},
    {"write-timeout", SettingKind::number, "30", "seconds", "Without any byte of an answer taken", 1},
    {"grace", SettingKind::number, "20", "seconds", "For running requests and deliveries when the server stops"},

    {"store-readers", SettingKind::number, "0", "connections",
     "Read connections to the database; 0: 8 on SQLite, on PostgreSQL twice the processors, at least 6"},
    {"store-writers", SettingKind::number, "0", "connections",
     "PostgreSQL: connections that commit in parallel; 0: twice the processors, at least 4"},
    {"store-batch", SettingKind::number, "256", "commands", "SQLite: commands in one commit", 1},
    {"store-queue", SettingKind::number, "1024", "commands", "Writes that may wait; beyond: 503", 1},
    {"store-wal-limit", SettingKind::number, "268435456", "bytes",
     "SQLite: size of the write-ahead log at which writers wait", 1048576},
    {"store-checkpoint", SettingKind::number, "4000", "pages",
     "SQLite: pages of the write-ahead log between checkpoints; more: fewer pauses, fewer: a shorter log", 1},
    {"store-cache", SettingKind::number, "4096", "KiB", "SQLite: page cache of each connection but the writer's", 64},
    {"store-writer-cache", SettingKind::number, "32768", "KiB", "SQLite: page cache of the connection that writes", 64},

    {"session-life", SettingKind::number, "12", "hours", "A session ends after that, whatever happens", 1},
    {"session-idle", SettingKind::number, "60", "minutes", "A session ends after that without a request", 1},
    {"sign-in-account", SettingKind::number, "10", "failures",
     "Failed sign-ins of an account within the window; beyond: 429", 1},
    {"sign-in-address", SettingKind::number, "50", "failures",
     "Failed sign-ins from an address, of IPv6 a /64, within the window; beyond: 429", 1},
    {"sign-in-window", SettingKind::number, "15", "minutes", "Window for failed sign-ins", 1},

    {"webhook-endpoints", SettingKind::number, "50", "endpoints", "Webhook endpoints of an organisation; beyond: 409",
     1},
    {"webhook-threads", SettingKind::number, "4", "requests",
     "Webhook requests that may run at once; at most half of them for one organisation where several have endpoints",
     1},
    {"webhook-per-endpoint", SettingKind::number, "2", "requests", "Of them to one endpoint", 1},
    {"webhook-backlog", SettingKind::number, "1000", "deliveries",
     "Waiting in the queue of an endpoint; later events stay in the log", 1},
    {"webhook-timeout", SettingKind::number, "15", "seconds", "For a webhook request as a whole", 1},
    {"webhook-retry-after", SettingKind::number, "24", "hours",
     "A receiver's Retry-After lets its endpoint rest that long at most", 1},
    {"webhook-allow", SettingKind::list, "", "networks",
     "Networks in CIDR notation that webhooks may reach although they are not public"},
    {"webhook-allow-http", SettingKind::flag, "no", "", "Accept webhook URLs without TLS"},
    {"webhook-ca", SettingKind::text, "", "file", "Further trusted certificates in PEM for receivers of webhooks"},
    {"delivery-days", SettingKind::number, "90", "days", "The log of webhook deliveries is kept that long", 1},
    {"file-grace", SettingKind::number, "24", "hours", "A file that nothing refers to is removed after that", 1},
};

/// A setting is unknown, or its value is not of its kind: what() is a sentence for the operator.
struct SettingError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const Setting* find_setting(std::string_view name);
/// "ASSAY_TLS_KEY" for "tls-key".
std::string environment_name(const Setting& setting);

/// The values of all settings.
class SettingValues {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string& name)>;
  /// The command line (`given`: name -> text) beats the environment, that the config file, that the defaults. Throws
  /// SettingError for unknown names in the file, values of the wrong kind, and a file that cannot be read.
  SettingValues(const std::map<std::string, std::string>& given, const Environment& environment,
                const std::optional<std::filesystem::path>& file);

  const std::string& text(std::string_view name) const;
  std::int64_t number(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;  // separated by commas

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// What getenv() says.
std::optional<std::string> process_environment(const std::string& name);

/// The table for people at a terminal: name, default with unit, environment variable, and what it does.
std::string settings_text();
/// The table as a Markdown table, for the documentation.
std::string settings_markdown();

}  // namespace assay
