// The system calls that are left to a plugin's process: a seccomp filter, as the program that the kernel runs.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "sandbox/confine_steps.h"

namespace assay::sandbox {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
#error "the system calls of this architecture are not known to the sandbox"
#endif

constexpr std::uint32_t allow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kill_process = SECCOMP_RET_KILL_PROCESS;
constexpr std::uint32_t denied(std::uint32_t error) { return SECCOMP_RET_ERRNO | error; }

/// What a library needs to compute, to keep time, and to read and write what it has; the most frequent first.
constexpr int always[] = {
    SYS_futex,
    SYS_munmap,
    SYS_brk,
    SYS_madvise,
    SYS_mremap,
    SYS_write,
    SYS_read,
    SYS_writev,
    SYS_readv,
    SYS_pread64,
    SYS_ppoll,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getrusage,
    SYS_sysinfo,
    SYS_uname,
    SYS_membarrier,
    SYS_set_robust_list,
    SYS_set_tid_address,
    SYS_rseq,
    SYS_exit,
    SYS_exit_group,
#if defined(__x86_64__)
    SYS_poll,
    SYS_time,
    SYS_arch_prctl,
#endif
};

/// Looking at files: while a library is loaded; later they fail.
constexpr int loading[] = {
    SYS_faccessat, SYS_faccessat2, SYS_readlinkat,
#if defined(__x86_64__)
    SYS_access,    SYS_readlink,   SYS_stat,       SYS_lstat,
#endif
};

/// Changing files: fail, as they would on a machine where nothing belongs to this user.
constexpr int changing[] = {
    SYS_openat2,  SYS_unlinkat,  SYS_renameat,  SYS_renameat2,  SYS_mkdirat, SYS_mknodat,
    SYS_linkat,   SYS_symlinkat, SYS_fchmod,    SYS_fchmodat,   SYS_fchown,  SYS_fchownat,
    SYS_truncate, SYS_ftruncate, SYS_utimensat, SYS_getdents64, SYS_chdir,
#if defined(__x86_64__)
    SYS_unlink,   SYS_rename,    SYS_mkdir,     SYS_rmdir,      SYS_mknod,   SYS_link,
    SYS_symlink,  SYS_chmod,     SYS_chown,     SYS_creat,
#endif
};

/// Reaching for the network, other processes or the kernel: nothing does so in good faith.
constexpr int hostile[] = {
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kill,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_bpf,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_userfaultfd,
    SYS_perf_event_open,
    SYS_open_by_handle_at,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_init_module,
    SYS_finit_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_setuid,
    SYS_setgid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_personality,
    SYS_quotactl,
    SYS_syslog,
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_ioperm,
    SYS_iopl,
#endif
};

class Filter {
 public:
  /// With `watched`, whatever would not be allowed raises SIGSYS; by what it would have been is told in si_errno.
  explicit Filter(bool watched) : watched_(watched) {
    load(offsetof(seccomp_data, arch));
    jump(BPF_JEQ, architecture, 1, 0);
    result(kill_process);
    load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    jump(BPF_JGE, 0x40000000, 0, 1);  // the calls of x32, which go by other numbers
    result(kill_process);
#endif
  }

  template <std::size_t N>
  void rule(const int (&calls)[N], std::uint32_t action) {
    for (const int call : calls) rule(call, action);
  }
  void rule(int call, std::uint32_t action) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 1);
    result(action);
  }
  /// `action` when an argument (its lower half) has one of `bits`, else `otherwise`.
  void rule_bits(int call, unsigned argument, std::uint32_t bits, std::uint32_t action, std::uint32_t otherwise) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    jump(BPF_JSET, bits, 0, 1);
    result(action);
    result(otherwise);
  }
  /// `action` when an argument (its lower half) has one of `bits`; else later rules tell.
  void rule_when_bits(int call, unsigned argument, std::uint32_t bits, std::uint32_t action) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    jump(BPF_JSET, bits, 0, 1);
    result(action);
    load(offsetof(seccomp_data, nr));
  }
  /// `action` when an argument (its lower half) is `value`, else `otherwise`.
  void rule_equal(int call, unsigned argument, std::uint32_t value, std::uint32_t action, std::uint32_t otherwise) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    jump(BPF_JEQ, value, 0, 1);
    result(action);
    result(otherwise);
  }
  /// `action` when an argument, a pointer, is null, else `otherwise`.
  void rule_null(int call, unsigned argument, std::uint32_t action, std::uint32_t otherwise) {
    const std::size_t at = offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t);
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 6);
    load(at);
    jump(BPF_JEQ, 0, 0, 3);
    load(at + sizeof(std::uint32_t));
    jump(BPF_JEQ, 0, 0, 1);
    result(action);
    result(otherwise);
  }

  bool install(std::uint32_t otherwise) {
    result(otherwise);
    const sock_fprog program{static_cast<unsigned short>(size_), code_};
    return !overflow_ && ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
  }

 private:
  void add(std::uint16_t code, std::uint8_t yes, std::uint8_t no, std::uint32_t value) {
    if (size_ == std::size(code_)) {
      overflow_ = true;
    } else {
      code_[size_++] = {code, yes, no, value};
    }
  }
  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)); }
  void jump(std::uint16_t test, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
    add(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), yes, no, value);
  }
  void result(std::uint32_t action) {
    const bool told = watched_ && action != allow;
    const std::uint32_t error = action == kill_process ? 0 : action & SECCOMP_RET_DATA;
    add(BPF_RET | BPF_K, 0, 0, told ? SECCOMP_RET_TRAP | error : action);
  }

  bool watched_;
  sock_filter code_[512] = {};
  std::size_t size_ = 0;
  bool overflow_ = false;
};

}  // namespace

bool limit_system_calls(bool loaded, bool watched) {
  constexpr std::uint32_t not_reading = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  const std::uint32_t looking = loaded ? denied(EACCES) : allow;
  Filter filter(watched);
  // The socket has no urgent bytes; what the kernel does about them has been a way into it.
  filter.rule_bits(SYS_sendto, 3, MSG_OOB, kill_process, allow);
  filter.rule_bits(SYS_recvfrom, 3, MSG_OOB, kill_process, allow);
  filter.rule_bits(SYS_sendmsg, 2, MSG_OOB, kill_process, allow);
  filter.rule_bits(SYS_recvmsg, 2, MSG_OOB, kill_process, allow);
  filter.rule(always, allow);
  filter.rule_bits(SYS_mmap, 2, PROT_EXEC, looking, allow);
  filter.rule_bits(SYS_mprotect, 2, PROT_EXEC, looking, allow);
  filter.rule(loading, looking);
  // The loader opens libraries with O_CLOEXEC; what is opened without it, a constructor of the plugin asks for.
  filter.rule_when_bits(SYS_openat, 2, not_reading, denied(EACCES));
  if (watched && !loaded) filter.rule_bits(SYS_openat, 2, O_CLOEXEC, allow, denied(EACCES));
  filter.rule(SYS_openat, looking);
#if defined(__x86_64__)
  filter.rule_bits(SYS_open, 1, not_reading, denied(EACCES), looking);
#endif
  filter.rule_bits(SYS_newfstatat, 3, AT_EMPTY_PATH, allow, looking);
  filter.rule_null(SYS_prlimit64, 2, allow, denied(EPERM));                                       // asking, not setting
  filter.rule_equal(SYS_tgkill, 0, static_cast<std::uint32_t>(::getpid()), allow, kill_process);  // abort()
  // A thread is refused so that its library can say so; another process is not asked for in good faith. The flags of
  // clone3 lie where a filter cannot see them, and without it libraries use clone.
  filter.rule_bits(SYS_clone, 0, CLONE_THREAD, denied(EPERM), kill_process);
  filter.rule(SYS_clone3, denied(ENOSYS));
  filter.rule(SYS_seccomp, loaded ? kill_process : allow);
  filter.rule(changing, denied(EACCES));
  filter.rule(hostile, kill_process);
  return filter.install(denied(ENOSYS));
}

}  // namespace assay::sandbox
