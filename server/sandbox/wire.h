// The child's end of the socketpair: frames as they come, and output that goes out in large pieces.
#pragma once

#include <sys/uio.h>

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/frame.h"

namespace assay::sandbox {

/// One thread at a time. The server is trusted: what it sends is not limited. When it is gone, the process ends.
class Wire {
 public:
  explicit Wire(int socket) : socket_(socket), in_(max_child_payload) {}

  struct Frame {
    FrameKind kind;
    std::string_view payload;  // until the next frame is read
  };
  /// Waits for the next frame. False at the end of file.
  bool next(Frame& frame);
  /// During a call: whether a cancel has come, which it then takes.
  bool take_cancel();

  /// Sends an ask and waits for its answer, which is `payload` then; a cancel that comes before it sets `cancelled`.
  /// When the server is gone, the process ends.
  void ask(std::string_view request, std::string& payload, bool& cancelled);

  /// Appends to the output of the running call.
  void write(std::string_view bytes);
  /// Forgets the output that was not sent yet.
  void drop_output() { output_.clear(); }
  /// Sends the output that is left and then a frame.
  void send(FrameKind kind, std::string_view payload);

 private:
  static constexpr std::size_t piece = 32 * 1024;  // of output, which is collected up to that

  bool receive();
  void send_all(iovec* parts, int count);

  int socket_;
  std::vector<char> in_;
  std::size_t begin_ = 0, end_ = 0;  // what was received and not taken
  std::string output_;
};

}  // namespace assay::sandbox
