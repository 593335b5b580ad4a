// Starting the sides and loading them.
#include "bench/server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <stdexcept>

namespace bench {
namespace {

/// The durable commits of a server since its start.
struct Commits {
  std::map<double, double> within = {};  // upper bound in seconds -> commits
  double changes = 0;

  double median_us_since(const Commits& before) const {
    const double half = (within.rbegin()->second - before.within.rbegin()->second) / 2;
    double lower = 0, seen = 0;
    for (const auto& [bound, count] : within) {
      const double here = count - before.within.at(bound);
      if (half > 0 && here >= half) return (lower + (bound - lower) * (half - seen) / (here - seen)) * 1e6;
      lower = bound;
      seen = here;
    }
    return 0;
  }
  double changes_per_commit_since(const Commits& before) const {
    const double commits = within.rbegin()->second - before.within.rbegin()->second;
    return commits > 0 ? (changes - before.changes) / commits : 0;
  }
};

Commits commits_in(const std::string& exposition) {
  Commits commits;
  constexpr std::string_view bucket = "\nassay_store_commit_seconds_bucket{le=\"";
  for (auto at = exposition.find(bucket); at != std::string::npos; at = exposition.find(bucket, at + 1)) {
    const double bound = std::stod(exposition.substr(at + bucket.size(), 32));  // also "+Inf"
    commits.within[bound] = std::stod(exposition.substr(exposition.find('}', at) + 1, 32));
  }
  constexpr std::string_view changes = "\nassay_store_changes_total ";
  const auto at = exposition.find(changes);
  if (commits.within.empty() || at == std::string::npos) throw std::runtime_error("/metrics tells of no commits");
  commits.changes = std::stod(exposition.substr(at + changes.size(), 32));
  return commits;
}

Served started(const std::vector<std::string>& command, const std::filesystem::path& errors) {
  Child process(command, errors);
  const auto port = port_in(process.wait_for("serves"));
  return {std::move(process), port};
}

}  // namespace

Served serve_assay(const Options& options, const Fixture& fixture, const std::vector<std::string>& more) {
  std::vector<std::string> command;
  if (options.sync_ms > 0)
    command = {"env", "LD_PRELOAD=" ASSAY_SYNC_DELAY, fmt::format("ASSAY_BENCH_SYNC_MS={}", options.sync_ms)};
  command.insert(command.end(), {options.assay.string(), "serve", "--data", fixture.data.string(), "--workflows",
                                 fixture.workflows.string(), "--listen", "127.0.0.1:0"});
  // Faults are not about plugins, whose processes would have to be started again in each round.
  if (options.faults) command.insert(command.end(), {"--plugins", (options.cache / "no-plugins").string()});
  command.insert(command.end(), more.begin(), more.end());
  return started(command, options.cache / "server.log");
}

Served start_server(const std::vector<std::string>& command, const Options& options) {
  return started(command, options.cache / "server.log");
}

Served serve_bare(const Options& options) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  return started({self.string(), "--serve-hello", std::to_string(options.threads)}, options.cache / "hello.log");
}

std::string fetch(std::uint16_t port, const std::string& target, const std::string& token) {
  const int socket = connect_to(port);
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  request += "\r\n";
  std::string answer;
  char piece[65536];
  auto count = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
  while ((count = ::recv(socket, piece, sizeof piece, 0)) > 0) answer.append(piece, static_cast<std::size_t>(count));
  ::close(socket);
  const auto body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 200 ") || body == std::string::npos) {
    throw std::runtime_error("GET " + target + " was answered with: " + answer.substr(0, 200));
  }
  return answer.substr(body + 4);
}

Run run_on(const Options& options, const Served& server, const MakeRequests& make, const RunPlan& how) {
  LoadPlan plan{server.port};
  plan.tls = how.tls;
  plan.connections = how.connections;
  plan.threads = options.threads;
  plan.warm_up = std::chrono::duration<double>(how.warm_ups * options.warm_up());
  plan.measure = std::chrono::duration<double>(options.seconds());
  double used = 0;
  std::vector<Commits> commits;
  Run run;
  run.load = run_load(plan, make, [&] {
    used = server.process.processor_seconds() - used;
    if (how.commits) commits.push_back(commits_in(fetch(server.port, "/metrics")));
  });
  const auto answers = static_cast<double>(run.load.answers);
  if (static_cast<double>(run.load.wrong) > how.wrong_at_most * answers) {
    throw std::runtime_error(fmt::format("{} unexpected answers, the first: {}", run.load.wrong, run.load.first_wrong));
  }
  run.processor_us = used * 1e6 / answers;
  if (how.commits) {
    run.commit_us = commits.back().median_us_since(commits.front());
    run.batch = commits.back().changes_per_commit_since(commits.front());
  }
  return run;
}

}  // namespace bench
