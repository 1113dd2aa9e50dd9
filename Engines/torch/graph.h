#pragma once
// A graph that is built operation by operation and then interpreted.

#include <ATen/core/Tensor.h>

#include <vector>

#include "memory.h"

#include "operators.h"

struct pt_graph {
 public:
  explicit pt_graph(const pt_options &options);

  int64_t add_input(const pt_type &type);
  int64_t add_constant(const pt_type &type, const void *bytes);
  int64_t add_parameter(const pt_type &type, const void *bytes);
  int64_t add_operation(const pt_operation &operation);
  void add_output(const pt_type &type, int64_t value);
  /// What is added from now on is a segment: going back from the loss, its inside is computed anew.
  void begin_segment();

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
  /// Operations in a row, and the values they make.
  struct Segment {
    size_t first, last;
    int64_t first_value, last_value;
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
  /// By value: what it holds before a run (constants and parameters), the last operation that reads it, whether an
  /// operation makes it, and whether it depends on a parameter.
  std::vector<at::Tensor> initial;
  std::vector<size_t> last_use;
  std::vector<bool> is_made, is_trained;
  /// From the first parameter on.
  std::unique_ptr<TensorMemory> kept;
  /// Where segments begin, but for the first: operations and the values they make.
  std::vector<std::pair<size_t, int64_t>> borders;

  int64_t add_value(const at::Tensor &content = {}, bool made = false, bool trained = false);
  std::vector<at::Tensor> start(const void *const *inputs) const;
  void compute(const Segment &segment, std::vector<at::Tensor> &values, int64_t kept_from) const;
  std::vector<Segment> segments() const;
  void propagate(
      const Segment &segment, std::vector<at::Tensor> &values, std::vector<at::Tensor> &gradients) const;
  std::vector<at::Tensor> results(const std::vector<at::Tensor> &values) const;
  void deliver(const std::vector<at::Tensor> &results, void *const *destinations) const;
  bool is_needed(const Operation &operation) const;
};
