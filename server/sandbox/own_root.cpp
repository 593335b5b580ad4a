// A file system that holds libraries and nothing else.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "sandbox/confine_steps.h"

namespace assay::sandbox {
namespace {

constexpr const char* below = "/proc";  // any folder that is there and not wanted: the new root is made over it

/// Makes the folders above `path`.
void make_folders(const std::string& path) {
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    ::mkdir(path.substr(0, slash).c_str(), 0755);
  }
}

/// Shows `place` in the new root as what it is here: link, folder or file. True when it is not there at all.
bool show(const char* place) {
  struct stat what;
  if (::lstat(place, &what) != 0) return true;
  const std::string to = std::string(below) + place;
  make_folders(to);
  if (S_ISLNK(what.st_mode)) {
    char target[512];
    const ssize_t length = ::readlink(place, target, sizeof target - 1);
    if (length < 0) return false;
    target[length] = 0;
    return ::symlink(target, to.c_str()) == 0;
  }
  if (S_ISDIR(what.st_mode)) {
    if (::mkdir(to.c_str(), 0755) != 0) return false;
  } else {
    const int file = ::open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
    if (file < 0) return false;
    ::close(file);
  }
  return ::mount(place, to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0;
}

/// A memory file has no place that could be shown.
bool copy_library(int library) {
  struct stat what;
  const std::string path = std::string(below) + library_in_own_root;
  const int to = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
  bool copied = to >= 0 && ::fstat(library, &what) == 0;
  for (off_t at = 0; copied && at < what.st_size;) {
    copied = ::sendfile(to, library, &at, static_cast<std::size_t>(what.st_size - at)) > 0;
  }
  if (to >= 0) ::close(to);
  return copied;
}

bool fill(int library) {
  for (const char* place : library_places) {
    if (!show(place)) return false;
  }
  if (!copy_library(library)) return false;
  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  return ::mount_setattr(AT_FDCWD, below, AT_RECURSIVE, &read_only, sizeof read_only) == 0;
}

bool enter() {
  if (::chdir(below) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0) return false;
  return ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0;
}

}  // namespace

bool own_root(int library) {
  if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  if (::mount("tmpfs", below, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0) return false;
  if (fill(library)) {
    if (enter()) return true;
    if (::chdir("/") != 0) return false;
  }
  ::umount2(below, MNT_DETACH);
  return false;
}

}  // namespace assay::sandbox
