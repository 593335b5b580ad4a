// libarchive, loaded when a process first opens or writes a package.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "storage/shared_library.h"

namespace assay {

/// What is used of libarchive, by its names without archive_. With it come an XML parser and ten more libraries, which
/// a server that opens no package does without.
struct Libarchive {
  SharedLibrary library{ASSAY_LIBARCHIVE};
  decltype(&archive_entry_clear) entry_clear = library["archive_entry_clear"];
  decltype(&archive_entry_filetype) entry_filetype = library["archive_entry_filetype"];
  decltype(&archive_entry_free) entry_free = library["archive_entry_free"];
  decltype(&archive_entry_hardlink) entry_hardlink = library["archive_entry_hardlink"];
  decltype(&archive_entry_new) entry_new = library["archive_entry_new"];
  decltype(&archive_entry_pathname) entry_pathname = library["archive_entry_pathname"];
  decltype(&archive_entry_set_filetype) entry_set_filetype = library["archive_entry_set_filetype"];
  decltype(&archive_entry_set_mtime) entry_set_mtime = library["archive_entry_set_mtime"];
  decltype(&archive_entry_set_pathname) entry_set_pathname = library["archive_entry_set_pathname"];
  decltype(&archive_entry_set_perm) entry_set_perm = library["archive_entry_set_perm"];
  decltype(&archive_entry_set_size) entry_set_size = library["archive_entry_set_size"];
  decltype(&archive_entry_size) entry_size = library["archive_entry_size"];
  decltype(&archive_entry_size_is_set) entry_size_is_set = library["archive_entry_size_is_set"];
  decltype(&archive_entry_sparse_count) entry_sparse_count = library["archive_entry_sparse_count"];
  decltype(&archive_entry_symlink) entry_symlink = library["archive_entry_symlink"];
  decltype(&archive_error_string) error_string = library["archive_error_string"];
  decltype(&archive_filter_bytes) filter_bytes = library["archive_filter_bytes"];
  decltype(&archive_read_data) read_data = library["archive_read_data"];
  decltype(&archive_read_free) read_free = library["archive_read_free"];
  decltype(&archive_read_new) read_new = library["archive_read_new"];
  decltype(&archive_read_next_header) read_next_header = library["archive_read_next_header"];
  decltype(&archive_read_open_fd) read_open_fd = library["archive_read_open_fd"];
  decltype(&archive_read_support_filter_gzip) read_support_filter_gzip = library["archive_read_support_filter_gzip"];
  decltype(&archive_read_support_format_tar) read_support_format_tar = library["archive_read_support_format_tar"];
  decltype(&archive_write_add_filter_gzip) write_add_filter_gzip = library["archive_write_add_filter_gzip"];
  decltype(&archive_write_close) write_close = library["archive_write_close"];
  decltype(&archive_write_data) write_data = library["archive_write_data"];
  decltype(&archive_write_free) write_free = library["archive_write_free"];
  decltype(&archive_write_header) write_header = library["archive_write_header"];
  decltype(&archive_write_new) write_new = library["archive_write_new"];
  decltype(&archive_write_open_filename) write_open_filename = library["archive_write_open_filename"];
  decltype(&archive_write_set_bytes_in_last_block) write_set_bytes_in_last_block =
      library["archive_write_set_bytes_in_last_block"];
  decltype(&archive_write_set_filter_option) write_set_filter_option = library["archive_write_set_filter_option"];
  decltype(&archive_write_set_format_ustar) write_set_format_ustar = library["archive_write_set_format_ustar"];
};

/// Loads it at its first call, from any thread; throws std::runtime_error when that fails.
inline const Libarchive& libarchive() {
  static const Libarchive loaded;
  return loaded;
}

}  // namespace assay
