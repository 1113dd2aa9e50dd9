// libjpeg for Swift. It reports errors by longjmp, which must not cross a Swift frame, so everything that can jump
// happens inside one function here.
#pragma once
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

// What a decoder found, and whether it is to stop.
typedef struct {
  long warnings;
  int is_truncated, is_cancelled;
  char message[JMSG_LENGTH_MAX];  // of the first warning, or of the error that ended decoding
  int (*cancelled)(void *context);
  void *context;
} cjpeg_report;

typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  cjpeg_report *report;
  jmp_buf jump;
} cjpeg_client;

static inline void cjpeg_note(j_common_ptr decoder) {
  cjpeg_report *report = ((cjpeg_client *)decoder->client_data)->report;
  (*decoder->err->format_message)(decoder, report->message);
  if (decoder->err->msg_code == JWRN_JPEG_EOF || decoder->err->msg_code == JERR_INPUT_EOF) report->is_truncated = 1;
}

static inline void cjpeg_fail(j_common_ptr decoder) {
  cjpeg_note(decoder);
  longjmp(((cjpeg_client *)decoder->client_data)->jump, 1);
}

static inline void cjpeg_warn(j_common_ptr decoder, int level) {
  if (level >= 0) return;
  cjpeg_report *report = ((cjpeg_client *)decoder->client_data)->report;
  if (report->warnings++ == 0 || decoder->err->msg_code == JWRN_JPEG_EOF) cjpeg_note(decoder);
}

static inline void cjpeg_print(j_common_ptr decoder) { (void)decoder; }

static inline void cjpeg_advance(j_common_ptr decoder) {
  cjpeg_client *client = (cjpeg_client *)decoder->client_data;
  if (!client->report->cancelled(client->report->context)) return;
  client->report->is_cancelled = 1;
  longjmp(client->jump, 1);
}

// Decodes a whole JPEG at an eighth of its size, for which all of its data are read, and keeps no pixels. It is read
// from the file, or from the bytes where there is none. Returns 0 when the decoder came to the end, -1 when it gave up.
static inline int cjpeg_check(FILE *file, const unsigned char *bytes, unsigned long count, cjpeg_report *report) {
  struct jpeg_decompress_struct decoder;
  cjpeg_client client;
  memset(&decoder, 0, sizeof decoder);
  memset(&client, 0, sizeof client);
  client.report = report;
  decoder.client_data = &client;
  decoder.err = jpeg_std_error(&client.errors);
  client.errors.error_exit = cjpeg_fail;
  client.errors.emit_message = cjpeg_warn;
  client.errors.output_message = cjpeg_print;
  client.progress.progress_monitor = cjpeg_advance;
  if (setjmp(client.jump)) {
    jpeg_destroy_decompress(&decoder);
    return -1;
  }
  jpeg_create_decompress(&decoder);
  decoder.client_data = &client;
  decoder.progress = &client.progress;
  if (file) jpeg_stdio_src(&decoder, file);
  else jpeg_mem_src(&decoder, bytes, count);
  jpeg_read_header(&decoder, TRUE);
  decoder.scale_num = 1;
  decoder.scale_denom = 8;
  decoder.dct_method = JDCT_IFAST;
  decoder.do_fancy_upsampling = FALSE;
  decoder.do_block_smoothing = FALSE;
  decoder.out_color_space = decoder.jpeg_color_space;
  jpeg_start_decompress(&decoder);
  JSAMPARRAY row = (*decoder.mem->alloc_sarray)(
      (j_common_ptr)&decoder, JPOOL_IMAGE, decoder.output_width * decoder.output_components, 1);
  while (decoder.output_scanline < decoder.output_height) jpeg_read_scanlines(&decoder, row, 1);
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return 0;
}
