#include <sqlite3.h>

// sqlite3_config takes variable arguments, which Swift cannot call.

/// Leaves out what the whole library would do for every allocation: count it, under a lock. To be called before the first
/// connection is opened; SQLITE_OK, or SQLITE_MISUSE where it is too late.
static inline int pcapindex_sqlite_leave_out_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
