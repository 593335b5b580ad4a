// A plugin that attacks: while it is loaded, if the build defines that, or in the way that the format names.
#include <assay/cxx/report.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using assay::sdk::Call;
using assay::sdk::Failure;
using assay::sdk::Writer;

[[noreturn]] void fail_with_errno(const char* what) {
  throw Failure(ASSAY_FAILED, std::string(what) + ": " + std::strerror(errno));
}

void crash() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}

std::string contents_of(const char* path) {
  const int file = ::open(path, O_RDONLY);
  if (file < 0) fail_with_errno("cannot read");
  char bytes[100];
  const ssize_t count = ::read(file, bytes, sizeof bytes);
  return {bytes, static_cast<std::size_t>(count < 0 ? 0 : count)};
}

void corrupt_heap() {
  void* volatile block = std::malloc(64);
  volatile char* before = static_cast<char*>(block) - 16;
  for (int i = 0; i < 16; ++i) before[i] = 0x41;
  std::free(block);
}

void use_memory() {
  for (;;) {
    void* volatile block = std::malloc(64u << 20);
    if (block == nullptr) throw std::bad_alloc();
    std::memset(block, 1, 64u << 20);
  }
}

/// A frame that says it is longer than any may be, or one of a kind that there is not.
void forge(std::uint32_t length, std::uint32_t kind) {
  const std::uint32_t head[] = {length, kind};
  if (::write(3, head, sizeof head) < 0) fail_with_errno("cannot write to the server");
  for (;;) ::usleep(1000);
}

/// Asks for evidence, as the host's side of evidence/1 would, which the manifest does not ask for.
void ask() {
  struct {
    std::uint32_t length = sizeof(std::uint64_t) * 5, kind = 23;
    std::uint64_t service = 2, name_length = sizeof name, name = 0, offset = 0, bytes = 100;
  } frame;
  std::memcpy(&frame.name, "E-000001", sizeof frame.name);
  if (::write(3, &frame, sizeof frame) < 0) fail_with_errno("cannot write to the server");
  for (;;) ::usleep(1000);
}

std::string reach() {
  std::string found = "environment:";
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) found += std::string(" ") + *each;
  found += "; descriptors:";
  struct stat what;
  for (int i = 0; i < 1024; ++i) found += ::fstat(i, &what) == 0 ? " " + std::to_string(i) : "";
  // Of a pointer a filter of system calls sees halves: the lower one of this page is that of no page at all.
  void* page = ::mmap(reinterpret_cast<void*>(std::uintptr_t{1} << 32), 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (page == MAP_FAILED) return found + "; no page";
  const rlimit none{3, 3};
  std::memcpy(page, &none, sizeof none);
  if (::prlimit(0, RLIMIT_NOFILE, static_cast<rlimit*>(page), nullptr) == 0) found += "; limits were set";
  return found;
}

void* nothing(void*) { return nullptr; }

#ifdef FAULT_HOSTILE_CONSTRUCTOR
const bool crashed = (crash(), true);
#endif
#ifdef FAULT_HOSTILE_READER
const bool has_read = ::open("/etc/passwd", O_RDONLY) >= 0 || ::open("/proc/self/environ", O_RDONLY) >= 0;
const bool left = has_read && (std::exit(42), true);
#endif
#ifdef FAULT_HOSTILE_SENDER
/// Empty pieces of output, of which no number is too many bytes.
const bool sent = [] {
  const std::uint32_t head[] = {0, 19};
  while (::write(3, head, sizeof head) > 0) continue;
  return false;
}();
#endif
#ifdef FAULT_HOSTILE_STRANGER
const bool strange = (forge(0, 20), true);
#endif
#ifdef FAULT_HOSTILE_CALLER
const int called = ::socket(AF_INET, SOCK_STREAM, 0);
#endif

class Hostile {
 public:
  explicit Hostile(const assay::sdk::Host& host) : host_(host) {
#ifdef FAULT_HOSTILE_INIT
    crash();
#endif
  }
  Hostile(const Hostile&) = delete;
  Hostile& operator=(const Hostile&) = delete;
  ~Hostile() {
    while (stays_) ::usleep(1'000'000);
  }

  void render(const Call& call, std::string_view format, std::string_view input, const Writer& out) {
    if (format == "segfault") crash();
    while (format == "hang") ::usleep(1'000'000);
    for (volatile std::uint64_t turn = 0; format == "busy"; turn = turn + 1) continue;
    while (format == "fork") {
      if (::fork() < 0) fail_with_errno("cannot fork");
    }
    const std::string block(1 << 16, 'x');
    while (format == "flood") flood(block);
    while (format == "log-flood") host_.log(ASSAY_LOG_INFO, "again");
    while (format == "stray-flood") {
      if (::write(1, block.data(), block.size()) < 0) fail_with_errno("cannot write");
    }
    if (format == "exit") std::exit(0);
    if (format == "socket" && ::socket(AF_INET, SOCK_STREAM, 0) >= 0) out.write("a socket");
    if (format == "passwd") out.write(contents_of("/etc/passwd"));
    if (format == "outside") write_outside(input);
    if (format == "heap") corrupt_heap();
    if (format == "memory") use_memory();
    if (format == "forge") forge(0, 77);
    if (format == "ask") ask();
    if (format == "ask-nothing") forge(0, 23);
    if (format == "oversize") forge(0x7fffffff, 19);
    if (format == "exec") ::execl("/bin/sh", "sh", "-c", "true", nullptr);
    if (format == "reach") return out.write(reach() + "; report " + std::to_string(++reports_));
    if (format == "thread") start_thread();
    if (format == "urgent" && ::send(3, "u", 1, MSG_OOB) < 0) fail_with_errno("cannot send");
    stays_ = format == "stay";
    if (format == "kill") ::kill(::getppid(), SIGKILL);
    (void)call;
    out.write("good");
  }

 private:
  /// Past what an honest plugin is told by its writer: straight to the server.
  static void flood(const std::string& block) {
    const std::uint32_t head[] = {static_cast<std::uint32_t>(block.size()), 18 + 1};
    if (::write(3, head, sizeof head) < 0 || ::write(3, block.data(), block.size()) < 0) std::exit(1);
  }
  /// `input` names no file: the place is one where anybody may write.
  static void write_outside(std::string_view) {
    const int file = ::open("/tmp/assay-hostile-plugin-was-here", O_WRONLY | O_CREAT, 0600);
    if (file < 0) fail_with_errno("cannot write outside");
  }
  static void start_thread() {
    pthread_t thread;
    const int error = ::pthread_create(&thread, nullptr, &nothing, nullptr);
    if (error != 0) throw Failure(ASSAY_FAILED, std::string("no thread: ") + std::strerror(error));
  }

  assay::sdk::Host host_;
  int reports_ = 0;
  bool stays_ = false;
};

}  // namespace

ASSAY_PLUGIN(Hostile, assay::sdk::Report)
