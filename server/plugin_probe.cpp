// The program that tries a plugin in a process of its own; `assay plugin check` and `assay plugin run` start it.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "sandbox/host.h"
#include "sandbox/probe.h"

int main() {
  struct stat what{};
  if (::fstat(assay::sandbox::socket_descriptor, &what) != 0 || !S_ISSOCK(what.st_mode)) {
    std::fputs("assay-plugin-probe: this is a part of `assay plugin check`, which starts it for each test\n", stderr);
    return 2;
  }
  ::_exit(assay::sandbox::run_probe());
}
