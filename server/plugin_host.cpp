// The program that runs one plugin in a process of its own; the server starts it, nobody else does.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "sandbox/host.h"

#if defined(__SANITIZE_ADDRESS__)
/// Crashes are seen by the server, as those of a build without it; there is no file to read symbols from.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_abort=0:abort_on_error=1:detect_leaks=0:"
         "symbolize=0:allocator_may_return_null=1:disable_coredump=1";
}
#endif

int main(int count, char** arguments) {
  // A service that is stopped tells all of its processes; the server lets running calls end, and ends this one itself.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
  struct stat what;
  if (::fstat(assay::sandbox::socket_descriptor, &what) != 0 || !S_ISSOCK(what.st_mode)) {
    std::fputs("assay-plugin-host: this is a part of the server, which starts it for each plugin\n", stderr);
    return 2;
  }
  ::_exit(assay::sandbox::run_host(count > 1 ? static_cast<int>(std::strtol(arguments[1], nullptr, 10)) : 0));
}
