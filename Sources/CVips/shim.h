// What Swift cannot import of GObject and libvips: macros and casts.
#pragma once
#include <vips/vips.h>
#include <vips/vector.h>

static inline GType cvips_type_boolean(void) { return G_TYPE_BOOLEAN; }
static inline GType cvips_type_int(void) { return G_TYPE_INT; }
static inline GType cvips_type_uint64(void) { return G_TYPE_UINT64; }
static inline GType cvips_type_double(void) { return G_TYPE_DOUBLE; }
static inline GType cvips_type_string(void) { return G_TYPE_STRING; }
static inline GType cvips_type_enum(void) { return G_TYPE_ENUM; }
static inline GType cvips_type_flags(void) { return G_TYPE_FLAGS; }

static inline GType cvips_fundamental(GType type) { return G_TYPE_FUNDAMENTAL(type); }
static inline GType cvips_value_type(const GValue *value) { return G_VALUE_TYPE(value); }

// VIPS_INIT checks that the library is the one these headers describe.
static inline int cvips_init(const char *name) { return VIPS_INIT(name); }

static inline void cvips_signal_connect(
    VipsImage *image, const char *signal,
    void (*handler)(VipsImage *, VipsProgress *, void *), void *data, gulong *id) {
  *id = g_signal_connect(image, signal, G_CALLBACK(handler), data);
}
