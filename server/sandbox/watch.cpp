// What a plugin asks of the kernel and must not.
#include "sandbox/watch.h"

#include <sys/syscall.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace assay::sandbox {
namespace {

struct NamedCall {
  int number;
  std::string_view name;
};

/// Those that libraries are likely to make; others are told by number.
constexpr NamedCall named_calls[] = {
    {SYS_openat, "openat (opens a file)"},
    {SYS_socket, "socket"},
    {SYS_socketpair, "socketpair"},
    {SYS_connect, "connect"},
    {SYS_clone, "clone (starts a thread or process)"},
    {SYS_clone3, "clone3 (starts a thread or process)"},
    {SYS_execve, "execve"},
    {SYS_kill, "kill"},
    {SYS_tgkill, "tgkill"},
    {SYS_ioctl, "ioctl"},
    {SYS_fcntl, "fcntl"},
    {SYS_dup, "dup"},
    {SYS_dup3, "dup3"},
    {SYS_pipe2, "pipe2"},
    {SYS_prctl, "prctl"},
    {SYS_mmap, "mmap (of executable memory)"},
    {SYS_mprotect, "mprotect (makes memory executable)"},
    {SYS_readlinkat, "readlinkat"},
    {SYS_newfstatat, "newfstatat (looks at a file)"},
    {SYS_getdents64, "getdents64"},
    {SYS_unlinkat, "unlinkat"},
    {SYS_mkdirat, "mkdirat"},
    {SYS_prlimit64, "prlimit64"},
    {SYS_ptrace, "ptrace"},
    {SYS_memfd_create, "memfd_create"},
    {SYS_timer_create, "timer_create"},
    {SYS_setitimer, "setitimer"},
    {SYS_getcwd, "getcwd"},
    {SYS_chdir, "chdir"},
    {SYS_umask, "umask"},
#if defined(__x86_64__)
    {SYS_open, "open (opens a file)"},
    {SYS_stat, "stat (looks at a file)"},
    {SYS_access, "access (looks at a file)"},
    {SYS_readlink, "readlink"},
    {SYS_fork, "fork"},
    {SYS_vfork, "vfork"},
    {SYS_alarm, "alarm"},
    {SYS_dup2, "dup2"},
    {SYS_pipe, "pipe"},
#endif
};

constexpr std::size_t most_calls = 64;
std::array<std::atomic<int>, most_calls> noted_calls;  // number plus one; 0: free

void note_call(int number) {
  for (auto& place : noted_calls) {
    int before = 0;
    if (place.compare_exchange_strong(before, number + 1) || before == number + 1) return;
  }
}

/// The call was not made: notes it, and lets it fail as it would in the sandbox, or would if that let it live.
void refuse_call(int, siginfo_t* info, void* context) {
  note_call(info->si_syscall);
  const long failure = info->si_errno == 0 ? -EPERM : -static_cast<long>(info->si_errno);
  auto* const state = static_cast<ucontext_t*>(context);
#if defined(__x86_64__)
  state->uc_mcontext.gregs[REG_RAX] = failure;
#elif defined(__aarch64__)
  state->uc_mcontext.regs[0] = static_cast<unsigned long long>(failure);
#endif
}

}  // namespace

void watch_system_calls() {
  struct sigaction action{};
  action.sa_sigaction = &refuse_call;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGSYS, &action, nullptr);
}

std::vector<std::string> refused_system_calls() {
  std::vector<std::string> names;
  for (const auto& place : noted_calls) {
    const int number = place - 1;
    if (number < 0) break;
    const auto* const found = std::find_if(std::begin(named_calls), std::end(named_calls),
                                           [&](const NamedCall& one) { return one.number == number; });
    names.push_back(found == std::end(named_calls) ? "system call " + std::to_string(number)
                                                   : std::string(found->name));
  }
  return names;
}

}  // namespace assay::sandbox
