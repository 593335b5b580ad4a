// Takes the lock with flock(2): the kernel gives it back when the process dies.
#include "storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "storage/files.h"

namespace assay {

FolderLock::FolderLock(const std::filesystem::path& folder) {
  try {
    make_folder(folder);
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot make the data folder " + folder.string() + ": " + error.code().message());
  }
  file_ = open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) {
    throw std::runtime_error("cannot open " + (folder / "lock").string() + ": " +
                             std::generic_category().message(errno));
  }
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  close(file_);
  if (error == EWOULDBLOCK) {
    throw std::runtime_error("the data folder " + folder.string() + " is in use by another server");
  }
  throw std::runtime_error("cannot lock " + folder.string() + ": " + std::generic_category().message(error));
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace assay
