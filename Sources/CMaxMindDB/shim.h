#include <maxminddb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

// MMDB_get_value takes variable arguments, which Swift cannot call.

/// What a value of a record is.
enum pcapindex_mmdb_kind { PCAPINDEX_MMDB_NONE = 0, PCAPINDEX_MMDB_TEXT = 1, PCAPINDEX_MMDB_NUMBER = 2 };

/// Looks up the value at `first` (and `second` below it, unless it is NULL) of a record. Returns its kind, or, below
/// zero, the negated MMDB_ error. `text` is not terminated and lives as long as the database.
static inline int pcapindex_mmdb_value(MMDB_entry_s *entry, const char *first, const char *second, const char **text,
                                       uint32_t *size, uint64_t *number) {
  MMDB_entry_data_s data;
  int status = MMDB_get_value(entry, &data, first, second, (const char *)0);
  if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR || status == MMDB_INVALID_LOOKUP_PATH_ERROR) {
    return PCAPINDEX_MMDB_NONE;
  }
  if (status != MMDB_SUCCESS) return -status;
  if (!data.has_data) return PCAPINDEX_MMDB_NONE;
  switch (data.type) {
  case MMDB_DATA_TYPE_UTF8_STRING:
    *text = data.utf8_string;
    *size = data.data_size;
    return PCAPINDEX_MMDB_TEXT;
  case MMDB_DATA_TYPE_UINT16:
    *number = data.uint16;
    return PCAPINDEX_MMDB_NUMBER;
  case MMDB_DATA_TYPE_UINT32:
    *number = data.uint32;
    return PCAPINDEX_MMDB_NUMBER;
  case MMDB_DATA_TYPE_UINT64:
    *number = data.uint64;
    return PCAPINDEX_MMDB_NUMBER;
  default:
    return PCAPINDEX_MMDB_NONE;
  }
}

/// Looks up the record of an address, given as 16 bytes with IPv4 as ::ffff:a.b.c.d. Returns an MMDB_ error; `found` and
/// `prefix` (bits of the record's network, of 128 or, in a database of IPv4, of 32) are set where it is MMDB_SUCCESS.
static inline int pcapindex_mmdb_lookup(const MMDB_s *database, const uint8_t *key, int is_v4, MMDB_entry_s *entry,
                                        int *found, uint16_t *prefix) {
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  const struct sockaddr *address;
  int status = MMDB_SUCCESS;
  if (is_v4) {
    memset(&v4, 0, sizeof v4);
    v4.sin_family = AF_INET;
    memcpy(&v4.sin_addr, key + 12, 4);
    address = (const struct sockaddr *)&v4;
  } else {
    memset(&v6, 0, sizeof v6);
    v6.sin6_family = AF_INET6;
    memcpy(&v6.sin6_addr, key, 16);
    address = (const struct sockaddr *)&v6;
  }
  MMDB_lookup_result_s result = MMDB_lookup_sockaddr(database, address, &status);
  *found = result.found_entry ? 1 : 0;
  *prefix = result.netmask;
  *entry = result.entry;
  return status;
}
