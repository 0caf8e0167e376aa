#ifndef HUBTUI_CZLIB_SHIM_H
#define HUBTUI_CZLIB_SHIM_H
#include <zlib.h>

/* deflateInit2 and inflateInit2 are macros, which Swift does not import. */
static inline int hubtui_deflate_init_raw(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

static inline int hubtui_inflate_init_raw(z_stream *stream) {
  return inflateInit2(stream, -15);
}
#endif
