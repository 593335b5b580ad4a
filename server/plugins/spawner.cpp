// Starts the processes of plugins.
#include "plugins/spawner.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <future>
#include <system_error>

#include "domain/thread_name.h"
#include "sandbox/host.h"

namespace assay {
namespace {

void check_errno(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

/// A copy beyond the descriptors that the child gets, so that placing one does not overwrite another.
Descriptor moved_up(int descriptor) {
  Descriptor copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, 16));
  check_errno(copy.get() >= 0, "no descriptor for a plugin");
  return copy;
}

/// The library opened anew, so that nothing that one process does to its descriptor, such as moving its place, is seen
/// by another; reading leaves no time behind, either.
Descriptor opened_anew(int library) {
  const std::string path = "/proc/self/fd/" + std::to_string(library);
  Descriptor again(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME));
  check_errno(again.get() >= 0, "the library of a plugin cannot be opened");
  return again;
}

/// What the child is given; posix_spawn does nothing else between fork and exec.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);  // an interrupt at the terminal is for the server alone
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  pid_t run(const char* program, int niceness, int socket, int library, int stray) {
    ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, stray, 1);
    ::posix_spawn_file_actions_adddup2(&actions_, stray, 2);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, sandbox::socket_descriptor);
    ::posix_spawn_file_actions_adddup2(&actions_, library, sandbox::library_descriptor);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, sandbox::library_descriptor + 1);
    ::posix_spawn_file_actions_addchdir_np(&actions_, "/");
    std::string name = "assay-plugin-host";
    std::string level = std::to_string(niceness);
    char* const arguments[] = {name.data(), level.data(), nullptr};
    char* const environment[] = {nullptr};
    pid_t process = -1;
    errno = ::posix_spawn(&process, program, &actions_, &attributes_, arguments, environment);
    check_errno(errno == 0, program);
    return process;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

Spawner::Spawner(std::filesystem::path program, std::chrono::microseconds pulse, std::chrono::milliseconds look)
    : program_(std::move(program)), pulse_(pulse), look_(look), thread_([this] {
        name_thread("spawner");
        work();
      }) {}

Spawner::~Spawner() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Spawner::work() {
  std::unique_lock lock(mutex_);
  auto next_look = std::chrono::steady_clock::now() + look_;
  while (!ends_) {
    changed_.wait_until(lock, next_look, [this] { return ends_ || !waiting_.empty(); });
    while (!waiting_.empty()) {
      auto task = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
    if (std::chrono::steady_clock::now() < next_look) continue;
    lock.unlock();
    ask_resting();
    lock.lock();
    next_look = std::chrono::steady_clock::now() + look_;
  }
}

void Spawner::ask_resting() {
  std::vector<std::weak_ptr<Resting>> all;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(resting_, [](const auto& one) { return one.expired(); });
    all = resting_;
  }
  for (const auto& one : all) {
    if (const auto resting = one.lock()) resting->end_idle();
  }
}

void Spawner::watch(std::weak_ptr<Resting> resting) {
  const std::lock_guard lock(mutex_);
  resting_.push_back(std::move(resting));
}

Spawned Spawner::spawn(int library, int niceness) {
  const auto task =
      std::make_shared<std::packaged_task<Spawned()>>([this, library, niceness] { return start(library, niceness); });
  auto spawned = task->get_future();
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back([task] { (*task)(); });
  }
  changed_.notify_one();
  return spawned.get();
}

Spawned Spawner::start(int library, int niceness) const {
  int ends[2], pipe[2];
  check_errno(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
  Descriptor ours(ends[0]);
  const Descriptor low_socket(ends[1]);
  check_errno(::pipe2(pipe, O_CLOEXEC) == 0, "pipe");
  Descriptor stray(pipe[0]);
  const Descriptor low_stray(pipe[1]);
  check_errno(::fcntl(stray.get(), F_SETFL, O_NONBLOCK) == 0 && ::fcntl(ours.get(), F_SETFL, O_NONBLOCK) == 0, "fcntl");
  const Descriptor low_library = opened_anew(library);
  const Descriptor socket = moved_up(low_socket.get()), write_stray = moved_up(low_stray.get()),
                   copy = moved_up(low_library.get());
  SpawnPlan plan;
  const pid_t process = plan.run(program_.c_str(), niceness, socket.get(), copy.get(), write_stray.get());
  Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  if (handle.get() < 0) {
    const int error = errno;
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    throw std::system_error(error, std::generic_category(), "pidfd_open");
  }
  return {std::move(handle), std::move(ours), std::move(stray), process};
}

}  // namespace assay
