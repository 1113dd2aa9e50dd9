#pragma once
// The C interface between the Swift module Torch and the shim in Engines/torch, which is C++ against libtorch.
// The shim is found at run time, so that the package builds where no libtorch is installed.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Raised with every change of this file; a shim of another number is refused.
enum { PT_ABI = 5 };

/// Element types, as they are numbered here.
typedef enum { PT_F32, PT_F16, PT_BF16, PT_I32, PT_I64, PT_BOOL, PT_I8 } pt_element;

/// Operators. What each computes is documented at the Swift type `Operator`; behind each, its attributes.
typedef enum {
  PT_CONVERT,      // element type
  PT_SQUARE_ROOT,
  PT_SINE,
  PT_COSINE,
  PT_EXPONENTIAL,
  PT_LOGARITHM,
  PT_NEGATIVE,
  PT_ABSOLUTE,
  PT_TANH,
  PT_SIGMOID,
  PT_SWISH,
  PT_RELU,
  PT_GELU,
  PT_GELU_TANH,
  PT_ADD,
  PT_SUBTRACT,
  PT_MULTIPLY,
  PT_DIVIDE,
  PT_POWER,
  PT_MAXIMUM,
  PT_MINIMUM,
  PT_MATMUL,               // transposes left, transposes right
  PT_CONVOLUTION,          // stride, top, left, bottom, right
  PT_ATTENTION,
  PT_GROUP_NORMALIZATION,  // groups; epsilon
  PT_MEAN_VARIANCE,        // axes…; epsilon
  PT_FAKE_QUANTIZATION,    // levels
  PT_STOP_GRADIENT,
  PT_SOFTMAX,              // axis
  PT_MEAN,                 // keeps dimensions, axes…
  PT_SUM,                  // keeps dimensions, axes…
  PT_RESHAPE,              // dimensions…
  PT_TRANSPOSE,            // order…
  PT_CONCATENATE,          // axis
  PT_SPLIT,                // axis, count
  PT_SLICE,                // axis, start, end, step
  PT_GATHER,               // axis
  PT_BROADCAST,            // dimensions…
  PT_PAD,                  // before each dimension…, after each dimension…
  PT_RESIZE_NEAREST        // height, width
} pt_operator;

/// What is known of a tensor before it is computed.
typedef struct {
  pt_element element;
  const int64_t *dims;
  size_t rank;
} pt_type;

/// One application of an operator. Values are numbered from 0 on, in the order in which they are added.
typedef struct {
  pt_operator kind;
  /// For messages: `mid_block.resnets.0: convolution`.
  const char *name;
  const int64_t *inputs;
  size_t input_count;
  const int64_t *attributes;
  size_t attribute_count;
  double epsilon;
  /// How many values it adds.
  size_t result_count;
} pt_operation;

/// Where and how a graph is run.
typedef struct {
  /// `cpu`, `cuda` or `cuda:1`.
  const char *device;
  /// The type in which products are computed: PT_F32, PT_F16 or PT_BF16.
  pt_element arithmetic;
  /// Threads of one run on the processor, at least 1.
  int32_t threads;
} pt_options;

/// A graph: being built, then finished and run. Not for two threads at once.
typedef struct pt_graph pt_graph;

/// What of a parameter is read or written; all but the value are zeros at first.
typedef enum { PT_VALUE, PT_GRADIENT, PT_FIRST_MOMENT, PT_SECOND_MOMENT } pt_aspect;

/// A step of AdamW; the numbers are those of the Swift type `AdamW`.
typedef struct {
  double rate, first_decay, second_decay, epsilon, weight_decay;
  /// Counted from 1 on.
  int64_t step;
  /// What gradients are multiplied by first.
  double gradient_scale;
} pt_adamw;

/// One of several processes that compute together, and where they find each other.
typedef struct {
  /// The host and port where a store listens in which they leave their addresses.
  const char *address;
  int32_t port;
  /// Whether this process is to open that store.
  int32_t hosts_store;
  /// From 0 on, of so many.
  int32_t rank, count;
  /// What keeps the addresses of this start apart from those of an earlier one in the same store.
  const char *attempt;
  /// How long the others are waited for, in milliseconds.
  int64_t timeout;
} pt_place;

/// Processes that compute together, connected by Gloo. For any thread; calls queue up. All processes make the same
/// calls in the same order. After a failure every call fails.
typedef struct pt_group pt_group;

/// What a device can do; arrays are indexed by element types up to PT_BF16.
typedef struct {
  /// Whether it multiplies in that type, has instructions for it, and finds gradients of such products.
  int32_t supports[3], is_native[3], trains[3];
  /// What a GPU is called: `NVIDIA H200`; empty for the processor, and where it is not known.
  char kind[128];
} pt_device;

/// The functions of a shim. All that can fail return NULL, or a message to be freed with `free_text`.
typedef struct {
  /// PT_ABI of the header that the shim was built with.
  int32_t abi;
  /// libtorch's version, statically allocated: `1.13.1`.
  const char *version;
  void (*free_text)(char *);

  /// Tells what a device can do, if it is there.
  char *(*describe_device)(const char *device, pt_device *);

  char *(*graph_create)(const pt_options *, pt_graph **);
  void (*graph_free)(pt_graph *);
  /// Adds an input; they are given to a run in this order.
  char *(*graph_add_input)(pt_graph *, pt_type, int64_t *value);
  /// Adds a constant. On the processor it is read in place, as long as the graph lives, unless its address is
  /// unfit for its type.
  char *(*graph_add_constant)(pt_graph *, pt_type, const void *bytes, int64_t *value);
  /// Adds a constant that gradients are wanted of, copied from `bytes`. Parameters are numbered from 0 on.
  char *(*graph_add_parameter)(pt_graph *, pt_type, const void *bytes, int64_t *value);
  /// Adds an operation; its results are `value`, `value` + 1, …
  char *(*graph_add_operation)(pt_graph *, const pt_operation *, int64_t *value);
  /// Names a value as an output of this type; they are given by a run in this order.
  char *(*graph_add_output)(pt_graph *, pt_type, int64_t value);
  /// What is added from now on is a segment: on the way back from the loss, all inside it is computed anew instead of
  /// being kept.
  char *(*graph_begin_segment)(pt_graph *);

  /// Runs once. `inputs` and `outputs` point to packed bytes of the declared types.
  char *(*graph_run)(pt_graph *, const void *const *inputs, void *const *outputs);
  /// Runs once, then adds the gradients of output `loss`, one number, times `scale`, to those of the parameters.
  char *(*graph_differentiate)(
      pt_graph *, const void *const *inputs, void *const *outputs, size_t loss, double scale);
  /// Sets all gradients to zero.
  char *(*graph_clear_gradients)(pt_graph *);
  /// The Euclidean length of all gradients together; not finite when one of them is not.
  char *(*graph_gradient_norm)(pt_graph *, double *norm);
  /// Changes all parameters that have a gradient by a step of AdamW. Gradients stay.
  char *(*graph_update)(pt_graph *, const pt_adamw *);
  /// Copies an aspect of a parameter to `bytes`, in its own type.
  char *(*graph_read_parameter)(pt_graph *, size_t parameter, pt_aspect, void *bytes);
  /// Copies `bytes` to an aspect of a parameter.
  char *(*graph_write_parameter)(pt_graph *, size_t parameter, pt_aspect, const void *bytes);

  /// Waits until all processes are there.
  char *(*group_create)(const pt_place *, pt_group **);
  void (*group_free)(pt_group *);
  /// Replaces numbers by their means over all processes, the same bits in all of them.
  char *(*group_average)(pt_group *, float *numbers, size_t count);
  /// The same for the gradients of a graph, which must be the same graph in all processes.
  char *(*group_average_gradients)(pt_group *, pt_graph *);
  /// Returns once all processes have called it.
  char *(*group_barrier)(pt_group *);
} pt_functions;

/// The one symbol that a shim exports: its functions.
#define PT_ENTRY pipeline_torch
typedef const pt_functions *(*pt_entry)(void);

/// Opens the shim at `path` (or, for a bare file name, wherever the system finds it). Returns its functions, or
/// NULL with the reason in `reason`. A library that was opened is never closed: libtorch's threads outlive any
/// object made from it.
const pt_functions *pt_load(const char *path, char *reason, size_t reason_size);

/// Where the file is that holds these functions, written to `path`. Returns 1, or 0 when it is not known.
int pt_library_path(const pt_functions *functions, char *path, size_t path_size);

#ifdef __cplusplus
}
#endif
