#include <brotli/decode.h>
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

// libbrotlidec is loaded when brotli content is met: few captures have any in the clear.

/// The functions of libbrotlidec that are used. None is NULL after a successful open.
struct pcapindex_brotli {
  BrotliDecoderState *(*create)(brotli_alloc_func, brotli_free_func, void *);
  void (*destroy)(BrotliDecoderState *);
  BrotliDecoderResult (*decompress)(BrotliDecoderState *, size_t *, const uint8_t **, size_t *, uint8_t **, size_t *);
};

/// One stream.
struct pcapindex_brotli_stream {
  BrotliDecoderState *state;
  size_t held; // bytes of memory that it holds
};

/// Loads libbrotlidec for the rest of the program's life; 0 where it is missing.
static inline int pcapindex_brotli_open(struct pcapindex_brotli *brotli) {
  void *library = dlopen("libbrotlidec.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
  brotli->create = (__typeof__(brotli->create))dlsym(library, "BrotliDecoderCreateInstance");
  brotli->destroy = (__typeof__(brotli->destroy))dlsym(library, "BrotliDecoderDestroyInstance");
  brotli->decompress = (__typeof__(brotli->decompress))dlsym(library, "BrotliDecoderDecompressStream");
  return brotli->create && brotli->destroy && brotli->decompress;
}

// The size stands before each block, sixteen bytes before it so that the block stays aligned.
static inline void *pcapindex_brotli_allocate(void *stream, size_t size) {
  if (size > (size_t)-1 - 16) return NULL;
  char *block = (char *)malloc(size + 16);
  if (!block) return NULL;
  *(size_t *)(void *)block = size;
  ((struct pcapindex_brotli_stream *)stream)->held += size;
  return block + 16;
}

static inline void pcapindex_brotli_free(void *stream, void *address) {
  if (!address) return;
  char *block = (char *)address - 16;
  ((struct pcapindex_brotli_stream *)stream)->held -= *(size_t *)(void *)block;
  free(block);
}

/// Begins a stream, which must not move until it is ended; 0 where there is no memory.
static inline int pcapindex_brotli_begin(const struct pcapindex_brotli *brotli, struct pcapindex_brotli_stream *stream) {
  stream->held = 0;
  stream->state = brotli->create(pcapindex_brotli_allocate, pcapindex_brotli_free, stream);
  return stream->state != NULL;
}

static inline void pcapindex_brotli_end(const struct pcapindex_brotli *brotli, struct pcapindex_brotli_stream *stream) {
  if (stream->state) brotli->destroy(stream->state);
  stream->state = NULL;
}

/// Decodes some of `*count` bytes at `input` into `*room` bytes at `output`: both counts become what was used. Returns 0:
/// the data is invalid, 1: it has ended, 2: more is to come.
static inline int pcapindex_brotli_step(
    const struct pcapindex_brotli *brotli, struct pcapindex_brotli_stream *stream, const uint8_t *input, size_t *count,
    uint8_t *output, size_t *room) {
  size_t left = *count, space = *room;
  BrotliDecoderResult result = brotli->decompress(stream->state, &left, &input, &space, &output, NULL);
  *count -= left;
  *room -= space;
  return result == BROTLI_DECODER_RESULT_ERROR ? 0 : result == BROTLI_DECODER_RESULT_SUCCESS ? 1 : 2;
}
