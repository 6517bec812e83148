#include <dlfcn.h>
#include <libpsl.h>

// libpsl is loaded when it is first asked, not when the program starts: linked, it and the two libraries that it needs
// would cost every start half a millisecond, and the program would not start where they are missing.

/// The newest public suffix list of the machine, and the functions that read it. None is NULL after a successful open.
struct pcapindex_psl {
  const psl_ctx_t *list;
  int (*is_suffix)(const psl_ctx_t *, const char *, int);
  const char *(*registrable)(const psl_ctx_t *, const char *);
};

/// Loads libpsl for the rest of the program's life; 0 where it or its list is missing.
static inline int pcapindex_psl_open(struct pcapindex_psl *psl) {
  void *library = dlopen("libpsl.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
  __typeof__(&psl_latest) latest = (__typeof__(latest))dlsym(library, "psl_latest");
  psl->is_suffix = (__typeof__(psl->is_suffix))dlsym(library, "psl_is_public_suffix2");
  psl->registrable = (__typeof__(psl->registrable))dlsym(library, "psl_registrable_domain");
  if (!latest || !psl->is_suffix || !psl->registrable) return 0;
  psl->list = latest(NULL);
  return psl->list != NULL;
}

/// Whether a name in lower case is on the list; a top-level domain that the list does not know is none.
static inline int pcapindex_psl_is_suffix(const struct pcapindex_psl *psl, const char *name) {
  return psl->is_suffix(psl->list, name, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

/// The public suffix of a name in lower case and the label before it, as the end of `name`; NULL where it has none.
static inline const char *pcapindex_psl_registrable(const struct pcapindex_psl *psl, const char *name) {
  return psl->registrable(psl->list, name);
}
