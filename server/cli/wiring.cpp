// From settings to the settings of each part.
#include "cli/wiring.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <thread>

#include "cli/version.h"
#include "cli/workspace.h"
#include "ledger/random.h"

namespace assay {
namespace {

using std::chrono::seconds;

seconds seconds_of(const SettingValues& values, std::string_view name) { return seconds{values.number(name)}; }

void listen_on(const std::string& listen, ServerSettings& to) {
  const auto colon = listen.rfind(':');
  int port = -1;
  if (colon != std::string::npos) {
    const char* end = listen.data() + listen.size();
    const auto read = std::from_chars(listen.data() + colon + 1, end, port);
    if (read.ec != std::errc() || read.ptr != end) port = -1;
  }
  if (port < 0 || port > 65535) throw SettingError("--listen must be HOST:PORT, not \"" + listen + "\"");
  to.address = listen.substr(0, colon);
  if (to.address.size() > 2 && to.address.front() == '[' && to.address.back() == ']') {
    to.address = to.address.substr(1, to.address.size() - 2);
  }
  to.port = static_cast<std::uint16_t>(port);
}

std::vector<AddressRange> networks(const SettingValues& values, const std::string& name) {
  std::vector<AddressRange> all;
  for (const std::string& text : values.list(name)) {
    const auto range = AddressRange::parse(text);
    if (!range) throw SettingError("--" + name + ": \"" + text + "\" is no network such as 10.1.0.0/16");
    all.push_back(*range);
  }
  return all;
}

/// In [0, 1), from the kernel: receivers that failed together are not to be tried together.
double chance() {
  std::uint32_t bits = 0;
  std::memcpy(&bits, random_bytes(sizeof bits).data(), sizeof bits);
  return static_cast<double>(bits) / 4294967296.0;
}

}  // namespace

ServerSettings server_settings(const SettingValues& values) {
  ServerSettings to;
  listen_on(values.text("listen"), to);
  const std::string &certificate = values.text("tls-certificate"), &key = values.text("tls-key");
  if (certificate.empty() != key.empty()) throw SettingError("--tls-certificate and --tls-key belong together");
  if (!certificate.empty()) to.tls = TlsFiles{certificate, key};
  to.trusted_proxies = networks(values, "trusted-proxies");
  to.https_outside = public_url(values).starts_with("https://");
  to.io_threads = static_cast<unsigned>(values.number("io-threads"));
  to.pool_threads = static_cast<unsigned>(values.number("pool-threads"));
  to.pool_queue = static_cast<std::size_t>(values.number("pool-queue"));
  to.connections = static_cast<std::size_t>(values.number("connections"));
  to.header_limit = static_cast<std::size_t>(values.number("header-limit"));
  to.json_limit = static_cast<std::size_t>(values.number("json-limit"));
  to.upload_limit = static_cast<std::uint64_t>(values.number("upload-limit"));
  to.header_timeout = seconds_of(values, "header-timeout");
  to.idle_timeout = seconds_of(values, "idle-timeout");
  to.body_timeout = seconds_of(values, "body-timeout");
  to.write_timeout = seconds_of(values, "write-timeout");
  to.grace = seconds_of(values, "grace");
  return to;
}

TakesLong takes_long_without_reader(Store& store, TakesLong by_route) {
  return [&store, by_route = std::move(by_route)](const Route& route, const Request& request) {
    return !store.reader_free() || by_route(route, request);
  };
}

void refuse_open_demo(const SettingValues& values) {
  ServerSettings where;
  listen_on(values.text("listen"), where);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(where.address, error);
  if (!error && address.is_loopback()) return;
  throw SettingError("a demo is refused on " + values.text("listen") +
                     ": everybody knows its passwords, so it listens on 127.0.0.1 or [::1] only");
}

SignInSettings sign_in_settings(const SettingValues& values) {
  SignInSettings to;
  to.session_life = std::chrono::hours{values.number("session-life")};
  to.session_idle = std::chrono::minutes{values.number("session-idle")};
  to.failures_per_account = static_cast<int>(values.number("sign-in-account"));
  to.failures_per_address = static_cast<int>(values.number("sign-in-address"));
  to.window = std::chrono::minutes{values.number("sign-in-window")};
  return to;
}

UrlRules url_rules(const SettingValues& values) {
  UrlRules rules;
  rules.allow_http = values.flag("webhook-allow-http");
  return rules;
}

OutboundSettings outbound_settings(const SettingValues& values) {
  OutboundSettings to;
  to.timeout = seconds_of(values, "webhook-timeout");
  to.user_agent = fmt::format("Assay/{}", program_version);
  to.ca_file = values.text("webhook-ca");
  to.guard = AddressGuard(networks(values, "webhook-allow"));
  return to;
}

DeliverySettings delivery_settings(const SettingValues& values) {
  DeliverySettings to;
  to.threads = static_cast<unsigned>(values.number("webhook-threads"));
  to.per_endpoint = static_cast<unsigned>(values.number("webhook-per-endpoint"));
  to.backlog = static_cast<int>(values.number("webhook-backlog"));
  to.claim = std::max(to.claim, 4 * seconds_of(values, "webhook-timeout"));
  to.grace = seconds_of(values, "grace");
  to.attempt.retry.retry_after_cap = std::chrono::hours{values.number("webhook-retry-after")};
  to.attempt.urls = url_rules(values);
  to.attempt.source = public_url(values);
  to.attempt.random = chance;
  return to;
}

PluginHost plugin_host(const SettingValues& values) {
  PluginHost host;
  host.version = std::string(program_version);
  host.limits.processes = static_cast<int>(values.number("plugin-processes"));
  host.limits.niceness = static_cast<int>(values.number("plugin-niceness"));
  host.limits.pulse = std::chrono::microseconds(values.number("plugin-pulse"));
  host.in_process = values.list("plugins-in-process");
  const auto level = sandbox::level_named(values.text("plugin-sandbox"));
  if (!level || *level == sandbox::Level::open)
    throw SettingError("--plugin-sandbox must be filtered, confined or isolated, not \"" +
                       values.text("plugin-sandbox") + "\"");
  host.required_level = *level;
  host.program = part_of_program("assay-plugin-host");
  return host;
}

std::filesystem::path part_of_program(std::string_view name) {
  const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  if (std::filesystem::exists(beside / name)) return beside / name;
  return beside.parent_path() / installed_libraries / "assay" / name;
}

}  // namespace assay
