// A VFS for connections that write: what a commit appends to the write-ahead log goes to the system in few calls.
#pragma once

namespace assay {

/// The name of the VFS, for sqlite3_open_v2(); the first call registers it. It passes everything to the default VFS of
/// the moment. Only for the log it keeps what is appended until the frame that commits, a sync, a read of it, or
/// anything else that is asked of the file, at most 120 KiB: SQLite writes each page in two calls, of 24 and of 4,096
/// bytes. A write that fails fails the call that makes it, and from then on all that its transaction asks of the log,
/// until SQLite has rolled it back. For files to which one connection at a time commits. Any thread.
const char* wal_vfs();

}  // namespace assay
