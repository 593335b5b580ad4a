// Work that can be cut into pieces, done by as many threads as there are processors.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace assay {

/// Calls work(0) to work(count - 1), each once, on this thread and some of its own, and returns when all are done. What
/// the first call of each thread throws that throws ends that thread's work; one of these is thrown here.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
  const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> thrown(std::min(threads, count));
  const auto take = [&](std::size_t thread) {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      thrown[thread] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t thread = 1; thread < thrown.size(); ++thread) others.emplace_back(take, thread);
    if (count > 0) take(0);
  }
  for (const std::exception_ptr& one : thrown) {
    if (one) std::rethrow_exception(one);
  }
}

}  // namespace assay
