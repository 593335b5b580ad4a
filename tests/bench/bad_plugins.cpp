// A server with bad plugins.
#include "bench/bad_plugins.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "bench/census.h"
#include "domain/json.h"
#include "ledger/digest.h"

namespace bench {
namespace {

namespace fs = std::filesystem;
using assay::Json;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_content(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(file.string() + " cannot be written");
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

Reply ask(std::uint16_t port, const std::string& method, const std::string& target, const std::string& token,
          const std::string& body, const std::string& etag) {
  const int socket = connect_to(port);
  std::string request = fmt::format(
      "{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n", method, target, token);
  if (!etag.empty()) request += "If-Match: " + etag + "\r\n";
  if (method != "GET") request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  request += "\r\n" + body;
  std::string answer;
  char piece[65536];
  auto count = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
  while ((count = ::recv(socket, piece, sizeof piece, 0)) > 0) answer.append(piece, static_cast<std::size_t>(count));
  ::close(socket);
  const auto end = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 ") || end == std::string::npos)
    throw std::runtime_error(method + " " + target + " was not answered");
  return {std::stoi(answer.substr(9, 3)), answer.substr(end + 4)};
}

std::string id_of_copy(std::string id, int copy) {
  id.resize(id.size() - 2);
  return id + fmt::format("{:02}", copy);
}

void copy_package(const fs::path& from, const fs::path& to, int copies) {
  const Json original = Json::parse(content_of(from / "manifest.json"));
  const std::string id = original.at("id"), library = original.at("library"), code = content_of(from / library);
  if (!id.ends_with("-00") || copies > 100) throw std::logic_error("a package that is not made to be copied: " + id);
  for (int copy = 0; copy < copies; ++copy) {
    const std::string other = id_of_copy(id, copy);
    std::string bytes = code;
    replace_all(bytes, id, other);  // as long as the other one
    Json manifest = original;
    manifest["id"] = other;
    for (Json& file : manifest.at("files")) {
      if (file.at("path") == library) file["sha256"] = assay::sha256_hex(bytes);
    }
    const fs::path folder = to / other;
    fs::create_directories(folder);
    write_content(folder / library, bytes);
    write_content(folder / "manifest.json", manifest.dump());
  }
}

PluginServer::PluginServer(const Options& options, const Fixture& fixture, std::string name)
    : options_(options), root_(options.cache / ("faults-" + std::move(name))) {
  fs::remove_all(root_);
  fs::create_directories(plugins());
  fs::create_directories(temporary());
  fs::create_directories(root_ / "bin");
  fixture_ = copy_of(fixture, root_ / "data");
  // The server looks for the programs of plugins' processes beside itself.
  std::error_code elsewhere;  // on another file system it takes room
  fs::create_hard_link(options.assay, root_ / "bin" / "assay", elsewhere);
  if (elsewhere) fs::copy(options.assay, root_ / "bin" / "assay");
  fs::copy(ASSAY_PLAIN_HOST, root_ / "bin" / "assay-plugin-host");
}

PluginServer::~PluginServer() {
  served_.reset();
  std::error_code none;
  fs::remove_all(root_, none);
}

void PluginServer::start(const std::vector<std::string>& before) {
  served_.reset();
  std::vector<std::string> command = {"env", "TMPDIR=" + temporary().string()};
  command.insert(command.end(), before.begin(), before.end());
  command.insert(command.end(),
                 {(root_ / "bin" / "assay").string(), "serve", "--data", fixture_.data.string(), "--workflows",
                  fixture_.workflows.string(), "--listen", "127.0.0.1:0", "--plugins", plugins().string()});
  served_ = std::make_unique<Served>(start_server(command, options_));
}

PluginServer::Audit PluginServer::terminate_an_audit() const {
  const std::string& manager = fixture_.tokens.front();
  const Json audits = Json::parse(ask(served_->port, "GET", "/api/v1/audits?limit=1", manager).body);
  const Json& audit = audits.at("items").at(0);
  const std::string path = audit.at("href");
  const std::string etag = fmt::format("\"v{}\"", audit.at("version").get<std::int64_t>());
  Reply last;
  for (const std::string& token : fixture_.tokens) {  // one of them leads it
    last = ask(served_->port, "POST", path + "/commands/terminate", token, R"({"reason":"The benchmark."})", etag);
    if (last.status == 200) return {path, token};
  }
  throw std::runtime_error("nobody may terminate an audit of the fixture: " + last.body);
}

Reply PluginServer::report(const Audit& audit, const std::string& plugin, const std::string& format) const {
  return ask(served_->port, "POST", audit.path + "/reports", audit.token,
             Json{{"plugin", plugin}, {"format", format}, {"language", "en"}}.dump());
}

}  // namespace bench
