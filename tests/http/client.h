// A client on a bare socket, which can send what no library would.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::test {

/// An answer taken apart. `status` 0: the connection ended without one.
struct Answer {
  int status = 0;
  std::string head;                                 // status line and fields
  std::string body;                                 // decoded
  std::string header(std::string_view name) const;  // "" if absent
};

/// Blocking, with a time-out of 10 s for each read so that a broken server fails the test and does not hang it.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes);
  /// Sends what the socket takes; false if the server has closed.
  bool try_send(std::string_view bytes);
  void finish_sending();
  /// The next answer. `to_head`: the answer belongs to HEAD and has no body.
  Answer read(bool to_head = false);
  /// All bytes until the server closes.
  std::string read_all();
  /// The next bytes up to and with `mark`; throws if the connection ends before.
  std::string read_until(std::string_view mark);
  /// True if the server closes without sending anything more.
  bool is_closed_by_server();

 private:
  bool receive();
  std::string take(std::size_t count);

  int socket_;
  std::string received_;
};

/// One request on its own connection.
Answer ask(std::uint16_t port, std::string_view bytes);
Answer get(std::uint16_t port, std::string_view target);

}  // namespace assay::test
