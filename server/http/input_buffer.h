// The bytes of a connection that have been read and not used yet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace assay {

/// Grows by doubling up to a limit and gives its memory back when it is empty and larger than a small request needs.
class InputBuffer {
 public:
  static constexpr std::size_t smallest = 2048;  // bytes

  std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  struct Space {
    char* start;
    std::size_t size;  // 0 if the buffer holds `limit` bytes
  };
  /// Free space at the end, with at most `limit` bytes in the buffer altogether.
  Space space(std::size_t limit) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == capacity_ || capacity_ == 0) make_room(limit);
    const std::size_t room = std::min(capacity_, std::max(limit, end_)) - end_;
    return {bytes_.get() + end_, room};
  }
  void add(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }
  void release() {
    if (!empty() || capacity_ <= smallest) return;
    bytes_.reset();
    begin_ = end_ = capacity_ = 0;
  }

 private:
  void make_room(std::size_t limit) {
    const std::size_t used = end_ - begin_;
    if (begin_ > 0 && used < capacity_ / 2) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, used);
    } else {
      const std::size_t capacity = std::max(used, std::min(limit, std::max(smallest, capacity_ * 2)));
      std::unique_ptr<char[]> larger(new char[capacity]);
      if (used > 0) std::memcpy(larger.get(), bytes_.get() + begin_, used);
      bytes_ = std::move(larger);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = used;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace assay
