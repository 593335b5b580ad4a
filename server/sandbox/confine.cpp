// Confines the process of a plugin.
#include "sandbox/confine.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "sandbox/confine_steps.h"

namespace assay::sandbox {
namespace {

constexpr unsigned nobody = 65534;  // the user that owns nothing, on every Linux

bool write_text(const char* path, const std::string& text) {
  const int to = ::open(path, O_WRONLY | O_CLOEXEC);
  if (to < 0) return false;
  const bool written = ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(to);
  return written;
}

/// A user namespace in which this user is nobody and may do what the next steps need.
bool own_users() {
  const std::string uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // after a change of user, /proc/self belongs to root without this
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  return write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", "65534 " + uid + " 1") &&
         write_text("/proc/self/gid_map", "65534 " + gid + " 1");
}

Parts own_namespaces() {
  struct Row {
    int flag;
    Parts part;
  };
  constexpr Row rows[] = {{CLONE_NEWNET, part_network},
                          {CLONE_NEWIPC, part_ipc},
                          {CLONE_NEWUTS, 0},
                          {CLONE_NEWNS, part_mounts},
                          {CLONE_NEWPID, part_processes}};
  Parts parts = 0;
  for (const Row& row : rows) {
    if (::unshare(row.flag) == 0) parts |= row.part;
  }
  return parts;
}

/// From root to nobody. False when it is root still.
bool leave_root() {
  if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0) return false;
  return ::setresuid(nobody, nobody, nobody) == 0;
}

bool limit(__rlimit_resource what, rlim_t most) {
  const rlimit value{most, most};
  return ::setrlimit(what, &value) == 0;
}

bool limits() {
  bool held = true;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // Those sanitizers reserve terabytes. A host that is built with one is for tests of the plugins' own code; what the
  // sandbox does is tested with a host that is built as it is shipped.
  held = limit(RLIMIT_AS, rlim_t{1} << 30) && held;
#endif
  held = limit(RLIMIT_CPU, 3600) && held;  // a call has a deadline; this is for what nobody waits for
  held = limit(RLIMIT_CORE, 0) && held;
  held = limit(RLIMIT_NOFILE, 16) && held;
  held = limit(RLIMIT_FSIZE, 0) && held;
  held = limit(RLIMIT_MEMLOCK, 0) && held;
  return limit(RLIMIT_MSGQUEUE, 0) && held;
}

/// Before the server, which is of more use. Where it cannot be told, the kernel chooses.
void be_first_when_memory_runs_out() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t told = ::write(file, "1000", 4);
  ::close(file);
}

/// Gives up what a namespace or root has left; without these there is nothing to mount or to enter any more.
bool drop_capabilities() {
  for (unsigned long each = 0; ::prctl(PR_CAPBSET_DROP, each, 0, 0, 0) == 0; ++each) continue;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2] = {};
  return ::syscall(SYS_capset, &head, none) == 0;
}

/// Ends as the inner process ended, so that whoever waits for this one sees it.
[[noreturn]] void end_as(pid_t inner) {
  for (int descriptor = 0; descriptor < 15; ++descriptor) ::close(descriptor);
  int status = 0;
  while (::waitpid(inner, &status, 0) != inner) continue;
  if (WIFSIGNALED(status)) {
    std::signal(WTERMSIG(status), SIG_DFL);
    ::kill(::getpid(), WTERMSIG(status));
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/// The first process of the namespace that was made before. It must not outlive the outer one, not even if that dies
/// before PR_SET_PDEATHSIG: then the pipe, which only that one writes to, has nobody at its other end.
bool enter_processes() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  const pid_t inner = ::fork();
  if (inner != 0) ::close(ends[0]);
  if (inner < 0) ::close(ends[1]);
  if (inner < 0) return false;
  if (inner > 0) {
    // The writing end stays open until this process ends: it is moved beyond what end_as() closes.
    if (::fcntl(ends[1], F_DUPFD_CLOEXEC, 15) < 0) ::_exit(1);
    end_as(inner);
  }
  ::close(ends[1]);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  pollfd outer{ends[0], 0, 0};
  if (::poll(&outer, 1, 0) != 0) ::_exit(1);
  ::close(ends[0]);
  return true;
}

/// The first process of a namespace is not killed by its own signals: abort() would end as a segmentation fault.
void end_by_abort(int) { ::_exit(128 + SIGABRT); }

}  // namespace

Confined confine(int library, bool watched) {
  be_first_when_memory_runs_out();
  const bool was_root = ::geteuid() == 0;
  Parts parts = was_root ? own_namespaces() : 0;
  bool rooted = (parts & part_mounts) != 0 && own_root(library);
  if (was_root) {
    if (!leave_root()) ::_exit(1);  // nothing of a plugin ever runs as root
    parts |= part_user;
  }
  if (parts == 0 || parts == part_user) {
    if (own_users()) parts |= part_user | own_namespaces();
    rooted = (parts & part_mounts) != 0 && own_root(library);
  }
  if (!rooted) parts &= ~Parts{part_mounts};
  if (limits()) parts |= part_limits;
  if (!drop_capabilities()) ::_exit(1);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) parts |= part_no_new_privileges;
  if (landlock()) parts |= part_landlock;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // again: a change of user clears it
  if ((parts & part_processes) != 0 && !enter_processes()) ::_exit(1);
  std::signal(SIGABRT, end_by_abort);
  if (limit_system_calls(false, watched)) parts |= part_system_calls;
  return {parts, rooted ? library_in_own_root : "/proc/self/fd/" + std::to_string(library)};
}

bool deny_loading(bool watched) { return limit_system_calls(true, watched); }

}  // namespace assay::sandbox
