#include <dlfcn.h>
#include <nghttp2/nghttp2.h>
#include <stddef.h>
#include <stdint.h>

// libnghttp2 is loaded when the first connection of HTTP/2 is met, not linked: few captures have one.

/// The functions of libnghttp2 that decode field blocks. None is NULL after a successful open.
struct pcapindex_hpack {
  int (*make)(nghttp2_hd_inflater **);
  void (*free)(nghttp2_hd_inflater *);
  int (*resize)(nghttp2_hd_inflater *, size_t);
  ssize_t (*next)(nghttp2_hd_inflater *, nghttp2_nv *, int *, const uint8_t *, size_t, int);
  int (*end)(nghttp2_hd_inflater *);
  size_t (*size)(nghttp2_hd_inflater *);
};

/// What a step of decoding found.
struct pcapindex_hpack_step {
  ptrdiff_t used;       // bytes of the block that it took; negative: the block is malformed
  int has_field;        // whether `name` and `value` are a field; they live until the next step
  int is_final;         // whether the block is over
  const uint8_t *name;
  size_t name_length;
  const uint8_t *value;
  size_t value_length;
};

/// Loads libnghttp2 for the rest of the program's life; 0 where it or one of its functions is missing.
static inline int pcapindex_hpack_open(struct pcapindex_hpack *hpack) {
  void *library = dlopen("libnghttp2.so.14", RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
  hpack->make = (__typeof__(hpack->make))dlsym(library, "nghttp2_hd_inflate_new");
  hpack->free = (__typeof__(hpack->free))dlsym(library, "nghttp2_hd_inflate_del");
  hpack->resize = (__typeof__(hpack->resize))dlsym(library, "nghttp2_hd_inflate_change_table_size");
  hpack->next = (__typeof__(hpack->next))dlsym(library, "nghttp2_hd_inflate_hd2");
  hpack->end = (__typeof__(hpack->end))dlsym(library, "nghttp2_hd_inflate_end_headers");
  hpack->size = (__typeof__(hpack->size))dlsym(library, "nghttp2_hd_inflate_get_dynamic_table_size");
  return hpack->make && hpack->free && hpack->resize && hpack->next && hpack->end && hpack->size;
}

/// A decoder with an empty dynamic table; NULL where there is no memory.
static inline nghttp2_hd_inflater *pcapindex_hpack_make(const struct pcapindex_hpack *hpack) {
  nghttp2_hd_inflater *inflater = NULL;
  return hpack->make(&inflater) == 0 ? inflater : NULL;
}

static inline void pcapindex_hpack_free(const struct pcapindex_hpack *hpack, nghttp2_hd_inflater *inflater) {
  hpack->free(inflater);
}

/// Sets how large the other side may make the dynamic table; 0 where that cannot be set.
static inline int pcapindex_hpack_resize(
    const struct pcapindex_hpack *hpack, nghttp2_hd_inflater *inflater, size_t size) {
  return hpack->resize(inflater, size) == 0;
}

/// Decodes up to the next field of a block of which `length` bytes from `input` on are left.
static inline struct pcapindex_hpack_step pcapindex_hpack_next(
    const struct pcapindex_hpack *hpack, nghttp2_hd_inflater *inflater, const uint8_t *input, size_t length) {
  nghttp2_nv field = {0};
  int flags = 0;
  struct pcapindex_hpack_step step = {0};
  step.used = hpack->next(inflater, &field, &flags, input, length, 1);
  if (step.used < 0) return step;
  step.has_field = (flags & NGHTTP2_HD_INFLATE_EMIT) != 0;
  step.is_final = (flags & NGHTTP2_HD_INFLATE_FINAL) != 0;
  step.name = field.name;
  step.name_length = field.namelen;
  step.value = field.value;
  step.value_length = field.valuelen;
  if (step.is_final) hpack->end(inflater);
  return step;
}

/// Bytes of the dynamic table as RFC 7541, section 4.1, counts them.
static inline size_t pcapindex_hpack_size(const struct pcapindex_hpack *hpack, nghttp2_hd_inflater *inflater) {
  return hpack->size(inflater);
}
