// Starting the sides and loading them.
#include "bench/server.h"

#include <stdexcept>

namespace bench {
namespace {

Served started(const std::vector<std::string>& command, const std::filesystem::path& errors) {
  Child process(command, errors);
  const auto port = port_in(process.wait_for("serves"));
  return {std::move(process), port};
}

}  // namespace

Served serve_assay(const Options& options, const Fixture& fixture, const std::vector<std::string>& more) {
  std::vector<std::string> command = {
      options.assay.string(),     "serve",    "--data",     fixture.data.string(), "--workflows",
      fixture.workflows.string(), "--listen", "127.0.0.1:0"};
  command.insert(command.end(), more.begin(), more.end());
  return started(command, options.cache / "server.log");
}

Served serve_bare(const Options& options) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  return started({self.string(), "--serve-hello", std::to_string(options.threads)}, options.cache / "hello.log");
}

Run run_on(const Options& options, const Served& server, const MakeRequests& make, unsigned connections, bool tls) {
  LoadPlan plan{server.port};
  plan.tls = tls;
  plan.connections = connections;
  plan.threads = options.threads;
  plan.warm_up = std::chrono::duration<double>(options.warm_up());
  plan.measure = std::chrono::duration<double>(options.seconds());
  double used = 0;
  Run run;
  run.load = run_load(plan, make, [&] { used = server.process.processor_seconds() - used; });
  if (run.load.wrong > 0) throw std::runtime_error("an unexpected answer: " + run.load.first_wrong);
  run.processor_us = used * 1e6 / static_cast<double>(run.load.answers);
  return run;
}

}  // namespace bench
