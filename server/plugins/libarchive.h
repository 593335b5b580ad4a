// libarchive, loaded when a process first opens or writes a package.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "storage/shared_library.h"

namespace assay {

#define ASSAY_OF_LIBARCHIVE(function) decltype(&archive_##function) function = library["archive_" #function];

/// What is used of libarchive, by its names without archive_. With it come an XML parser and ten more libraries, which
/// a server that opens no package does without.
struct Libarchive {
  SharedLibrary library{ASSAY_LIBARCHIVE, "a package of a plugin"};
  ASSAY_OF_LIBARCHIVE(entry_clear)
  ASSAY_OF_LIBARCHIVE(entry_filetype)
  ASSAY_OF_LIBARCHIVE(entry_free)
  ASSAY_OF_LIBARCHIVE(entry_hardlink)
  ASSAY_OF_LIBARCHIVE(entry_new)
  ASSAY_OF_LIBARCHIVE(entry_pathname)
  ASSAY_OF_LIBARCHIVE(entry_set_filetype)
  ASSAY_OF_LIBARCHIVE(entry_set_mtime)
  ASSAY_OF_LIBARCHIVE(entry_set_pathname)
  ASSAY_OF_LIBARCHIVE(entry_set_perm)
  ASSAY_OF_LIBARCHIVE(entry_set_size)
  ASSAY_OF_LIBARCHIVE(entry_size)
  ASSAY_OF_LIBARCHIVE(entry_size_is_set)
  ASSAY_OF_LIBARCHIVE(entry_sparse_count)
  ASSAY_OF_LIBARCHIVE(entry_symlink)
  ASSAY_OF_LIBARCHIVE(error_string)
  ASSAY_OF_LIBARCHIVE(filter_bytes)
  ASSAY_OF_LIBARCHIVE(read_data)
  ASSAY_OF_LIBARCHIVE(read_free)
  ASSAY_OF_LIBARCHIVE(read_new)
  ASSAY_OF_LIBARCHIVE(read_next_header)
  ASSAY_OF_LIBARCHIVE(read_open_fd)
  ASSAY_OF_LIBARCHIVE(read_support_filter_gzip)
  ASSAY_OF_LIBARCHIVE(read_support_format_tar)
  ASSAY_OF_LIBARCHIVE(write_add_filter_gzip)
  ASSAY_OF_LIBARCHIVE(write_close)
  ASSAY_OF_LIBARCHIVE(write_data)
  ASSAY_OF_LIBARCHIVE(write_free)
  ASSAY_OF_LIBARCHIVE(write_header)
  ASSAY_OF_LIBARCHIVE(write_new)
  ASSAY_OF_LIBARCHIVE(write_open_filename)
  ASSAY_OF_LIBARCHIVE(write_set_bytes_in_last_block)
  ASSAY_OF_LIBARCHIVE(write_set_filter_option)
  ASSAY_OF_LIBARCHIVE(write_set_format_ustar)
};

#undef ASSAY_OF_LIBARCHIVE

/// Loads it at its first call, from any thread; throws std::runtime_error when that fails.
inline const Libarchive& libarchive() {
  static const Libarchive loaded;
  return loaded;
}

}  // namespace assay
