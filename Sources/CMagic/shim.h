#include <dlfcn.h>
#include <magic.h>
#include <stddef.h>

// libmagic is loaded when a file is met whose type is not plain: linked, it would cost every start, and the program would
// not start where it is missing.

/// libmagic with its database, and the function that asks it. None is NULL after a successful open.
struct pcapindex_magic {
  magic_t cookie;
  const char *(*buffer)(magic_t, const void *, size_t);
};

/// Loads libmagic and its database for the rest of the program's life; 0 where one of them is missing.
///
/// It answers media types from magic numbers and text alone: what unpacks, or follows offsets through a whole file (ELF,
/// compound documents), is left out, since it costs most, sees only a file's beginning, and is where its faults were.
static inline int pcapindex_magic_open(struct pcapindex_magic *magic) {
  void *library = dlopen("libmagic.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
  __typeof__(&magic_open) make = (__typeof__(make))dlsym(library, "magic_open");
  __typeof__(&magic_load) load = (__typeof__(load))dlsym(library, "magic_load");
  __typeof__(&magic_close) discard = (__typeof__(discard))dlsym(library, "magic_close");
  magic->buffer = (__typeof__(magic->buffer))dlsym(library, "magic_buffer");
  if (!make || !load || !discard || !magic->buffer) return 0;
  magic->cookie = make(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF |
                       MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_JSON |
                       MAGIC_NO_CHECK_CSV);
  if (!magic->cookie) return 0;
  if (load(magic->cookie, NULL) == 0) return 1;
  discard(magic->cookie);
  magic->cookie = NULL;
  return 0;
}

/// The media type of data that begins with `count` bytes; NULL: it failed. The text lasts until the next call.
static inline const char *pcapindex_magic_type(const struct pcapindex_magic *magic, const void *bytes, size_t count) {
  return magic->buffer(magic->cookie, bytes, count);
}
