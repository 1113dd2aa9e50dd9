#pragma once
// The few functions of OpenVINO's C interface that the Swift module calls, found at run time, so that the
// package builds where no OpenVINO is installed.

#include <stddef.h>
#include <stdint.h>

/// A status: 0 is success, all else a failure.
typedef int32_t ov_status;

/// Element types are numbered by the runtime; only this one is ever named (weights are bytes).
/// The number holds from release 2025.0 on; `OpenVINORuntime` checks it.
enum { OV_ELEMENT_U8 = 16 };

typedef struct {
  int64_t rank;
  int64_t *dims;
} ov_shape;

typedef struct {
  const char *build;
  const char *description;
} ov_version;

// Handles. The runtime owns what they point to.
typedef struct ov_core_handle ov_core_handle;
typedef struct ov_model_handle ov_model_handle;
typedef struct ov_tensor_handle ov_tensor_handle;
typedef struct ov_compiled_handle ov_compiled_handle;
typedef struct ov_request_handle ov_request_handle;

/// The functions of one loaded library; each field is the function `ov_` + its name.
typedef struct {
  ov_status (*get_openvino_version)(ov_version *);
  void (*version_free)(ov_version *);
  const char *(*get_error_info)(ov_status);
  const char *(*get_last_err_msg)(void);
  void (*free)(const char *);

  ov_status (*core_create)(ov_core_handle **);
  void (*core_free)(ov_core_handle *);
  ov_status (*core_get_property)(const ov_core_handle *, const char *device, const char *key, char **value);
  ov_status (*core_read_model_from_memory_buffer)(
      const ov_core_handle *, const char *xml, size_t length, const ov_tensor_handle *weights,
      ov_model_handle **);
  ov_status (*core_compile_model)(
      const ov_core_handle *, const ov_model_handle *, const char *device, size_t argument_count,
      ov_compiled_handle **, ...);
  void (*model_free)(ov_model_handle *);

  ov_status (*tensor_create_from_host_ptr)(int32_t element_type, ov_shape, void *, ov_tensor_handle **);
  ov_status (*tensor_data)(const ov_tensor_handle *, void **);
  ov_status (*tensor_get_byte_size)(const ov_tensor_handle *, size_t *);
  void (*tensor_free)(ov_tensor_handle *);

  ov_status (*compiled_model_create_infer_request)(const ov_compiled_handle *, ov_request_handle **);
  ov_status (*compiled_model_get_property)(const ov_compiled_handle *, const char *key, char **value);
  void (*compiled_model_free)(ov_compiled_handle *);

  ov_status (*infer_request_get_input_tensor_by_index)(
      const ov_request_handle *, size_t, ov_tensor_handle **);
  ov_status (*infer_request_get_output_tensor_by_index)(
      const ov_request_handle *, size_t, ov_tensor_handle **);
  ov_status (*infer_request_infer)(ov_request_handle *);
  void (*infer_request_free)(ov_request_handle *);
} ov_functions;

/// One property: its key and its value, both text.
typedef struct {
  const char *key;
  const char *value;
} ov_text_property;

/// The most properties `ov_compile` passes on.
enum { OV_MAX_PROPERTIES = 8 };

/// Opens the library at `path` (or, for a bare file name, wherever the system finds it) and fills the table.
/// Returns 1, or 0 with the reason in `reason`. A library that was opened is never closed: its threads
/// outlive any object made from it.
/// Kernels are limited to what the processor has first.
int ov_load(const char *path, ov_functions *table, char *reason, size_t reason_size);

/// Where the loaded library's file is, written to `path`. Returns 1, or 0 when it is not known.
int ov_library_path(const ov_functions *table, char *path, size_t path_size);

/// `core_compile_model`, whose properties are C variadics, with at most `OV_MAX_PROPERTIES` of them.
/// More give -14, the runtime's own status for a bad parameter.
ov_status ov_compile(
    const ov_functions *table, const ov_core_handle *core, const ov_model_handle *model, const char *device,
    const ov_text_property *properties, size_t count, ov_compiled_handle **compiled);
