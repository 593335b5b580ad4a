// A plugin that ends its call in the middle, in the way and at the point that the format of a report names, or the id
// of what a sample is to be drawn from: "segfault-3".
#include <assay/cxx/report.h>
#include <assay/cxx/sampling.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using assay::sdk::Call;
using assay::sdk::Host;
using assay::sdk::Writer;

constexpr int points = 8;

void write_to_nowhere() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}

void corrupt_heap() {
  void* volatile block = std::malloc(64);
  volatile char* before = static_cast<char*>(block) - 16;
  for (int i = 0; i < 16; ++i) before[i] = 0x41;
  std::free(block);
}

void end(std::string_view how) {
  if (how == "segfault") write_to_nowhere();
  if (how == "exit") std::exit(0);
  if (how == "heap") corrupt_heap();
  while (how == "hang") ::usleep(100'000);
}

class Crash {
 public:
  explicit Crash(const Host& host) : host_(host) {}

  void render(const Call& call, std::string_view format, std::string_view, const Writer& out) {
    const std::string piece(1 << 13, 'x');
    work(call, format, piece, out);
  }
  void sample(const Call& call, std::string_view input, const Writer& out) {
    constexpr std::string_view mark = "\"id\":\"";
    const auto begin = input.find(mark) + mark.size();
    work(call, input.substr(begin, input.find('"', begin) - begin), " ", out);
    out.write(R"({"sample":[]})");
  }

 private:
  /// Whatever a call does: lines for the log, progress, memory, output; between them it ends.
  void work(const Call& call, std::string_view what, std::string_view piece, const Writer& out) {
    const auto dash = what.rfind('-');
    const int wanted = what.back() - '0';
    for (int point = 0; point < points; ++point) {
      host_.log(ASSAY_LOG_INFO, "a step");
      call.progress(point * 100);
      const std::string memory(1 << (10 + point), 'm');
      if (point == wanted) end(what.substr(0, dash));
      out.write(piece);
    }
  }

  Host host_;
};

}  // namespace

ASSAY_PLUGIN(Crash, assay::sdk::Report, assay::sdk::Sampling)
