#if defined(__linux__)
#define _GNU_SOURCE  // dladdr
#endif
#include "COpenVINO.h"

#include <CProcessor.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void explain(char *reason, size_t size, const char *fallback) {
  const char *message = dlerror();
  snprintf(reason, size, "%s", message ? message : fallback);
}

int ov_load(const char *path, ov_functions *table, char *reason, size_t reason_size) {
  processor_limit_kernels();
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    explain(reason, reason_size, "cannot be opened");
    return 0;
  }
  const struct {
    const char *name;
    void *field;
  } symbols[] = {
#define SYMBOL(name) {"ov_" #name, &table->name}
      SYMBOL(get_openvino_version),
      SYMBOL(version_free),
      SYMBOL(get_error_info),
      SYMBOL(get_last_err_msg),
      SYMBOL(free),
      SYMBOL(core_create),
      SYMBOL(core_free),
      SYMBOL(core_get_property),
      SYMBOL(core_read_model_from_memory_buffer),
      SYMBOL(core_compile_model),
      SYMBOL(model_free),
      SYMBOL(tensor_create_from_host_ptr),
      SYMBOL(tensor_data),
      SYMBOL(tensor_get_byte_size),
      SYMBOL(tensor_free),
      SYMBOL(compiled_model_create_infer_request),
      SYMBOL(compiled_model_get_property),
      SYMBOL(compiled_model_free),
      SYMBOL(infer_request_get_input_tensor_by_index),
      SYMBOL(infer_request_get_output_tensor_by_index),
      SYMBOL(infer_request_infer),
      SYMBOL(infer_request_free),
#undef SYMBOL
  };
  for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
    void *function = dlsym(library, symbols[i].name);
    if (!function) {
      explain(reason, reason_size, symbols[i].name);
      dlclose(library);  // nothing of it has run
      return 0;
    }
    memcpy(symbols[i].field, &function, sizeof function);
  }
  return 1;
}

int ov_library_path(const ov_functions *table, char *path, size_t path_size) {
  void *address;
  memcpy(&address, &table->core_create, sizeof address);
  Dl_info info;
  if (!dladdr(address, &info) || !info.dli_fname) return 0;
  return snprintf(path, path_size, "%s", info.dli_fname) < (int)path_size;
}

ov_status ov_compile(
    const ov_functions *table, const ov_core_handle *core, const ov_model_handle *model, const char *device,
    const ov_text_property *properties, size_t count, ov_compiled_handle **compiled) {
  if (count > OV_MAX_PROPERTIES) return -14;
  // The callee reads as many arguments as it is announced; those behind them are never looked at.
  ov_text_property p[OV_MAX_PROPERTIES] = {{0}};
  if (count) memcpy(p, properties, count * sizeof *properties);
  return table->core_compile_model(
      core, model, device, count * 2, compiled, p[0].key, p[0].value, p[1].key, p[1].value, p[2].key,
      p[2].value, p[3].key, p[3].value, p[4].key, p[4].value, p[5].key, p[5].value, p[6].key, p[6].value,
      p[7].key, p[7].value);
}
