// What the server is compared with: Boost.Beast alone, keep-alive, answering every request with a few bytes.
#pragma once

namespace bench {

/// Serves on a free loopback port with this many threads, each with an io_context and a listening socket of its own,
/// until SIGTERM; prints the port. The exit status.
int serve_hello(unsigned threads);

}  // namespace bench
