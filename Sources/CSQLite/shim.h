#include <sqlite3.h>

// sqlite3_config takes variable arguments, which Swift cannot call.

/// Leaves out what the whole library would do for every allocation: count it, under a lock. To be called before the first
/// connection is opened; SQLITE_OK, or SQLITE_MISUSE where it is too late.
static inline int pcapindex_sqlite_leave_out_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// Linux's, which fcntl.h shows only to programs that ask for it before they include anything.

/// Has the kernel begin to write `count` bytes from `offset` on (`flags` 2) of a file to the disk.
int sync_file_range(int descriptor, long long offset, long long count, unsigned int flags);
