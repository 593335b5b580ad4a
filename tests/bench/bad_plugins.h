// A server with bad plugins, and what is needed to ask it for something.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/server.h"

namespace bench {

struct Reply {
  int status = 0;
  std::string body = {};
};
/// One request on a connection of its own; throws std::runtime_error when it is not answered.
Reply ask(std::uint16_t port, const std::string& method, const std::string& target, const std::string& token,
          const std::string& body = {}, const std::string& etag = {});

/// Copies of the package in `from`, whose id ends in "-00", with the ids "-00", "-01", ... in `to`: a plugin that has
/// crashed rests, and is quarantined after three times, each of them for itself.
void copy_package(const std::filesystem::path& from, const std::filesystem::path& to, int copies);
/// The id of such a copy.
std::string id_of_copy(std::string id, int copy);

/// A server on a copy of the fixture, with folders of its own for plugins and for temporary files, and the plain host
/// of plugins' processes: one with a sanitizer would catch signals itself.
class PluginServer {
 public:
  PluginServer(const Options& options, const Fixture& fixture, std::string name);
  ~PluginServer();
  PluginServer(const PluginServer&) = delete;
  PluginServer& operator=(const PluginServer&) = delete;

  std::filesystem::path plugins() const { return root_ / "plugins"; }
  std::filesystem::path temporary() const { return root_ / "tmp"; }
  const Fixture& fixture() const { return fixture_; }
  /// Starts the server, again if it runs; `before` is a command that runs it.
  void start(const std::vector<std::string>& before = {});
  const Served& served() const { return *served_; }
  pid_t process() const { return served_->process.id(); }

  /// A terminated audit, of which reports are made, and the token of its lead.
  struct Audit {
    std::string path, token;
  };
  Audit terminate_an_audit() const;
  Reply report(const Audit& audit, const std::string& plugin, const std::string& format) const;

 private:
  const Options& options_;
  std::filesystem::path root_;
  Fixture fixture_;
  std::unique_ptr<Served> served_;
};

}  // namespace bench
