#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

// libcurl is loaded when something is fetched, not linked: its thirty libraries would cost every other run their time.

/// One GET, and what came of it.
struct pcapindex_curl_request {
  const char *url;
  const char *agent;
  const char *protocols;          // that the address may have
  const char *redirect_protocols; // that a redirection may lead to
  const char *authorities;        // file of certificates to trust; NULL: the system's
  long connect_milliseconds;
  long milliseconds;
  long redirections;
  size_t (*body)(char *, size_t, size_t, void *);   // curl_write_callback
  size_t (*header)(char *, size_t, size_t, void *); // curl_write_callback, called for each line of a head
  int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t); // not 0: give up
  void *context;
  // Results
  long status; // of HTTP
  char message[CURL_ERROR_SIZE];
};

enum {
  PCAPINDEX_CURL_MISSING = -1, // libcurl is not installed
  PCAPINDEX_CURL_FOREIGN = -2, // it lacks a function
};

/// Carries out a request. Returns a CURLcode, or a PCAPINDEX_CURL_ error.
static inline int pcapindex_curl_get(struct pcapindex_curl_request *request) {
  request->status = 0;
  request->message[0] = 0;
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return PCAPINDEX_CURL_MISSING;
  CURLcode (*start)(long) = (CURLcode(*)(long))dlsym(library, "curl_global_init");
  CURL *(*make)(void) = (CURL * (*)(void)) dlsym(library, "curl_easy_init");
  CURLcode (*set)(CURL *, CURLoption, ...) = (CURLcode(*)(CURL *, CURLoption, ...))dlsym(library, "curl_easy_setopt");
  CURLcode (*perform)(CURL *) = (CURLcode(*)(CURL *))dlsym(library, "curl_easy_perform");
  CURLcode (*get)(CURL *, CURLINFO, ...) = (CURLcode(*)(CURL *, CURLINFO, ...))dlsym(library, "curl_easy_getinfo");
  void (*cleanup)(CURL *) = (void (*)(CURL *))dlsym(library, "curl_easy_cleanup");
  if (!start || !make || !set || !perform || !get || !cleanup) return PCAPINDEX_CURL_FOREIGN;
  CURLcode code = start(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) return (int)code;
  CURL *handle = make();
  if (!handle) return CURLE_OUT_OF_MEMORY;
  // Checked: an option that is not known would leave a limit out.
#define PCAPINDEX_SET(option, value) \
  if (code == CURLE_OK) code = set(handle, option, value)
  PCAPINDEX_SET(CURLOPT_ERRORBUFFER, request->message);
  PCAPINDEX_SET(CURLOPT_URL, request->url);
  PCAPINDEX_SET(CURLOPT_USERAGENT, request->agent);
  PCAPINDEX_SET(CURLOPT_PROTOCOLS_STR, request->protocols);
  PCAPINDEX_SET(CURLOPT_REDIR_PROTOCOLS_STR, request->redirect_protocols);
  PCAPINDEX_SET(CURLOPT_FOLLOWLOCATION, 1L);
  PCAPINDEX_SET(CURLOPT_MAXREDIRS, request->redirections);
  PCAPINDEX_SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
  PCAPINDEX_SET(CURLOPT_TIMEOUT_MS, request->milliseconds);
  PCAPINDEX_SET(CURLOPT_NOSIGNAL, 1L);
  PCAPINDEX_SET(CURLOPT_ACCEPT_ENCODING, "");
  PCAPINDEX_SET(CURLOPT_WRITEFUNCTION, request->body);
  PCAPINDEX_SET(CURLOPT_WRITEDATA, request->context);
  PCAPINDEX_SET(CURLOPT_HEADERFUNCTION, request->header);
  PCAPINDEX_SET(CURLOPT_HEADERDATA, request->context);
  PCAPINDEX_SET(CURLOPT_NOPROGRESS, 0L);
  PCAPINDEX_SET(CURLOPT_XFERINFOFUNCTION, request->progress);
  PCAPINDEX_SET(CURLOPT_XFERINFODATA, request->context);
  if (request->authorities) PCAPINDEX_SET(CURLOPT_CAINFO, request->authorities);
#undef PCAPINDEX_SET
  if (code == CURLE_OK) code = perform(handle);
  get(handle, CURLINFO_RESPONSE_CODE, &request->status);
  cleanup(handle);
  return (int)code;
}
