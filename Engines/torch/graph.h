#pragma once
// A graph that is built operation by operation and then interpreted.

#include <ATen/core/Tensor.h>

#include <vector>

#include "operators.h"

/// The device of this name. Throws, in words for whoever named it, when this machine or this libtorch has none.
at::Device find_device(const std::string &name);

struct pt_graph {
 public:
  explicit pt_graph(const pt_options &options);

  int64_t add_input(const pt_type &type);
  int64_t add_constant(const pt_type &type, const void *bytes);
  int64_t add_parameter(const pt_type &type, const void *bytes);
  int64_t add_operation(const pt_operation &operation);
  void add_output(const pt_type &type, int64_t value);

  /// Computes all outputs and copies them to memory.
  void run(const void *const *inputs, void *const *outputs);
  /// The same, then adds the gradients of one output to those of the parameters.
  void differentiate(const void *const *inputs, void *const *outputs, size_t loss, double scale);

  void clear_gradients();
  /// Those that there are, in the order of the parameters; changing one changes the parameter's.
  std::vector<at::Tensor> gradients() const;
  double gradient_norm() const;
  void update(const pt_adamw &settings);
  void read_parameter(size_t index, pt_aspect aspect, void *bytes);
  void write_parameter(size_t index, pt_aspect aspect, const void *bytes);

 private:
  /// What is known of a tensor of the caller's.
  struct Type {
    at::ScalarType element;
    std::vector<int64_t> dims;
    explicit Type(const pt_type &type);
    /// The caller's memory as a tensor.
    at::Tensor over(const void *bytes) const;
  };
  struct Port {
    Type type;
    int64_t value;
  };
  /// What training changes. Moments are undefined until the first update.
  struct Parameter {
    at::Tensor value, first_moment, second_moment;
    at::Tensor &aspect(pt_aspect aspect);
  };

  at::Device device;
  at::ScalarType arithmetic;
  int threads;
  std::vector<Port> inputs, outputs;
  std::vector<Operation> operations;
  std::vector<Parameter> parameters;
  /// By value: what it holds before a run (constants and parameters), and the last operation that reads it.
  std::vector<at::Tensor> initial;
  std::vector<size_t> last_use;

  int64_t add_value(const at::Tensor &content = {});
  std::vector<at::Tensor> forward(const void *const *inputs);
  void deliver(const std::vector<at::Tensor> &results, void *const *destinations) const;
  bool is_needed(const Operation &operation) const;
};
