// libpng and zlib for Swift. libpng reports errors by longjmp, which must not cross a Swift frame, so everything
// that can jump happens inside one function here.
#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static inline int cpng_inflate_init(z_stream *stream) { return inflateInit(stream); }
// For gzip files: zlib's stream within another frame.
static inline int cpng_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }
// For zip files: zlib's stream without a frame.
static inline int cpng_inflate_init_raw(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }

// What a PNG is being written into, and why writing stopped.
typedef struct {
  unsigned char *bytes;
  size_t count, capacity;
  char message[256];
} cpng_output;

static inline void cpng_append(png_structp png, png_bytep data, size_t length) {
  cpng_output *output = (cpng_output *)png_get_io_ptr(png);
  if (output->count + length > output->capacity) {
    size_t capacity = 2 * (output->count + length);
    unsigned char *bytes = (unsigned char *)realloc(output->bytes, capacity);
    if (bytes == NULL) png_error(png, "out of memory");
    output->bytes = bytes;
    output->capacity = capacity;
  }
  memcpy(output->bytes + output->count, data, length);
  output->count += length;
}

static inline void cpng_flush(png_structp png) { (void)png; }

static inline void cpng_fail(png_structp png, png_const_charp message) {
  cpng_output *output = (cpng_output *)png_get_error_ptr(png);
  snprintf(output->message, sizeof output->message, "%s", message);
  longjmp(png_jmpbuf(png), 1);
}

static inline void cpng_warn(png_structp png, png_const_charp message) { (void)png; (void)message; }

// Writes one band of 8-bit samples as a 1-bit grey PNG, 128 and more being white. Returns 0, or -1 with the message
// set. The caller frees output->bytes in either case.
static inline int cpng_write_mask(
    const unsigned char *samples, unsigned width, unsigned height, int level, cpng_output *output) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, output, cpng_fail, cpng_warn);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  unsigned char *row = (unsigned char *)malloc(((size_t)width + 7) / 8);
  if (png == NULL || info == NULL || row == NULL) {
    snprintf(output->message, sizeof output->message, "out of memory");
    free(row);
    png_destroy_write_struct(&png, &info);
    return -1;
  }
  if (setjmp(png_jmpbuf(png))) {
    free(row);
    png_destroy_write_struct(&png, &info);
    return -1;
  }
  png_set_write_fn(png, output, cpng_append, cpng_flush);
  png_set_IHDR(png, info, width, height, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, level);
  png_write_info(png, info);
  for (unsigned y = 0; y < height; y++) {
    const unsigned char *line = samples + (size_t)y * width;
    memset(row, 0, ((size_t)width + 7) / 8);
    for (unsigned x = 0; x < width; x++)
      if (line[x] >= 128) row[x / 8] |= (unsigned char)(0x80 >> (x % 8));
    png_write_row(png, row);
  }
  png_write_end(png, NULL);
  free(row);
  png_destroy_write_struct(&png, &info);
  return 0;
}
