#include "graph.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/add.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "device.h"
#include "message.h"

namespace {

constexpr size_t never = SIZE_MAX;
constexpr size_t is_output = SIZE_MAX - 1;

/// The same numbers on every run, and single precision where single precision was asked for.
void demand_exactness() {
  auto &context = at::globalContext();
  context.setDeterministicAlgorithms(true, /*warn_only=*/true);
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 2)
  // Nothing here reads memory that was not written, so it need not be filled first.
  context.setDeterministicFillUninitializedMemory(false);
#endif
  context.setAllowTF32CuBLAS(false);
  context.setAllowTF32CuDNN(false);
}

}  // namespace

pt_graph::Type::Type(const pt_type &type)
    : element(scalar_type(type.element)), dims(type.dims, type.dims + type.rank) {}

at::Tensor pt_graph::Type::over(const void *bytes) const {
  // Never written through: constants and inputs are only read.
  return at::from_blob(const_cast<void *>(bytes), dims, at::TensorOptions(element));
}

pt_graph::pt_graph(const pt_options &options)
    : device(find_device(options.device)),
      arithmetic(scalar_type(options.arithmetic)),
      threads(options.threads) {
  if (threads < 1) throw std::invalid_argument("a run needs a thread");
  demand_exactness();
}

// MARK: - Building

int64_t pt_graph::add_value(const at::Tensor &content, bool made, bool trained) {
  initial.push_back(content);
  last_use.push_back(never);
  is_made.push_back(made);
  is_trained.push_back(trained);
  return int64_t(initial.size()) - 1;
}

int64_t pt_graph::add_input(const pt_type &type) {
  inputs.push_back({Type(type), int64_t(initial.size())});
  return add_value();
}

int64_t pt_graph::add_constant(const pt_type &type, const void *bytes) {
  const Type known(type);
  const auto size = c10::elementSize(known.element);
  if (reinterpret_cast<uintptr_t>(bytes) % size == 0) return add_value(known.over(bytes).to(device));
  Type packed = known;
  packed.element = at::kByte;
  packed.dims.push_back(int64_t(size));
  const auto aligned = packed.over(bytes).clone();
  return add_value(aligned.view(known.element).reshape(known.dims).to(device));
}

int64_t pt_graph::add_parameter(const pt_type &type, const void *bytes) {
  if (!kept && device.is_cpu()) kept = std::make_unique<TensorMemory>();
  const auto value = initial[size_t(add_constant(type, bytes))].clone();
  value.set_requires_grad(true);
  parameters.push_back({value, {}, {}});
  initial.back() = value;
  is_trained.back() = true;
  return int64_t(initial.size()) - 1;
}

int64_t pt_graph::add_operation(const pt_operation &o) {
  const auto first = int64_t(initial.size());
  const Operation operation{
      o.kind,    o.name, {o.inputs, o.inputs + o.input_count}, {o.attributes, o.attributes + o.attribute_count},
      o.epsilon, first,  o.result_count};
  bool trained = false;
  for (const auto input : operation.inputs) {
    if (input < 0 || input >= first) throw std::out_of_range("there is no value " + std::to_string(input));
    last_use[size_t(input)] = operations.size();
    trained = trained || is_trained[size_t(input)];
  }
  operations.push_back(operation);
  for (size_t i = 0; i < o.result_count; i++) add_value({}, true, trained);
  return first;
}

void pt_graph::begin_segment() {
  const std::pair<size_t, int64_t> border(operations.size(), int64_t(initial.size()));
  if (!operations.empty() && (borders.empty() || borders.back().first < border.first)) borders.push_back(border);
}

void pt_graph::add_output(const pt_type &type, int64_t value) {
  if (value < 0 || size_t(value) >= initial.size()) throw std::out_of_range("there is no such value");
  outputs.push_back({Type(type), value});
  last_use[size_t(value)] = is_output;
}

// MARK: - Running

bool pt_graph::is_needed(const Operation &operation) const {
  for (size_t i = 0; i < operation.result_count; i++) {
    if (last_use[size_t(operation.first_result) + i] != never) return true;
  }
  return false;
}

std::vector<at::Tensor> pt_graph::start(const void *const *sources) const {
  at::set_num_threads(threads);
  std::vector<at::Tensor> values = initial;
  for (size_t i = 0; i < inputs.size(); i++) {
    values[size_t(inputs[i].value)] = inputs[i].type.over(sources[i]).to(device);
  }
  return values;
}

std::vector<pt_graph::Segment> pt_graph::segments() const {
  std::vector<Segment> all;
  Segment segment{0, 0, 0, 0};
  for (const auto &border : borders) {
    segment.last = border.first;
    segment.last_value = border.second;
    all.push_back(segment);
    segment.first = border.first;
    segment.first_value = border.second;
  }
  segment.last = operations.size();
  segment.last_value = int64_t(initial.size());
  all.push_back(segment);
  return all;
}

/// Computes a segment's operations; of what they read, values below `kept_from` stay even after their last use.
void pt_graph::compute(const Segment &segment, std::vector<at::Tensor> &values, int64_t kept_from) const {
  for (size_t index = segment.first; index < segment.last; index++) {
    const auto &operation = operations[index];
    if (!is_needed(operation)) continue;
    std::vector<at::Tensor> operands;
    for (const auto input : operation.inputs) operands.push_back(values[size_t(input)]);
    for (const auto input : operation.inputs) {
      const bool is_last = last_use[size_t(input)] == index;
      if (is_last && is_made[size_t(input)] && input >= kept_from) values[size_t(input)].reset();
    }
    try {
      auto results = apply(operation, operands, arithmetic);
      if (results.size() != operation.result_count) throw std::logic_error("gave another number of results");
      for (size_t i = 0; i < results.size(); i++) {
        values[size_t(operation.first_result) + i] = std::move(results[i]);
      }
    } catch (const std::exception &error) {
      throw std::runtime_error(operation.name + ": " + message(error));
    }
  }
}

std::vector<at::Tensor> pt_graph::results(const std::vector<at::Tensor> &values) const {
  std::vector<at::Tensor> results;
  for (const auto &output : outputs) {
    const auto &value = values[size_t(output.value)];
    if (value.sizes() != at::IntArrayRef(output.type.dims)) {
      throw std::logic_error("an output's dimensions are not those that the graph declares");
    }
    results.push_back(value.detach());
  }
  return results;
}

void pt_graph::deliver(const std::vector<at::Tensor> &results, void *const *destinations) const {
  const at::NoGradGuard guard;
  for (size_t i = 0; i < outputs.size(); i++) outputs[i].type.over(destinations[i]).copy_(results[i]);
}

void pt_graph::run(const void *const *sources, void *const *destinations) {
  const c10::InferenceMode guard;
  auto values = start(sources);
  compute({0, operations.size(), 0, 0}, values, 0);
  deliver(results(values), destinations);
}

/// Chen et al. 2016: on the way forward only what crosses from one segment to the next is kept; on the way back each
/// segment is computed once more, and its inside goes as soon as gradients went through it.
void pt_graph::differentiate(
    const void *const *sources, void *const *destinations, size_t loss, double scale) {
  const auto target = size_t(outputs.at(loss).value);
  if (c10::multiply_integers(outputs[loss].type.dims) != 1) {
    throw std::invalid_argument("gradients are those of one number");
  }
  if (!is_trained[target]) throw std::invalid_argument("the output depends on no parameter");
  const auto parts = segments();
  auto values = start(sources);
  for (const auto &part : parts) {
    const at::AutoGradMode guard(false);
    // What comes last need not be computed twice.
    if (part.last < operations.size()) compute(part, values, part.first_value);
  }
  std::vector<at::Tensor> gradients(values.size());
  std::vector<at::Tensor> delivered;
  gradients[target] = at::full({}, scale, at::TensorOptions(at::kFloat).device(device));
  try {
    for (size_t i = parts.size(); i-- > 0;) {
      propagate(parts[i], values, gradients);
      if (delivered.empty()) delivered = results(values);
      // Nothing that is left to do reads what this segment made.
      for (auto v = size_t(parts[i].first_value); v < size_t(parts[i].last_value); v++) values[v].reset();
    }
  } catch (const std::exception &error) {
    throw std::runtime_error("gradients: " + message(error));
  }
  deliver(delivered, destinations);
}

/// Computes a segment with its gradients, and takes those that arrived at its results on to what it read.
void pt_graph::propagate(
    const Segment &segment, std::vector<at::Tensor> &values, std::vector<at::Tensor> &gradients) const {
  const at::AutoGradMode guard(true);
  // What other segments made is a leaf here, so that gradients stop at it.
  auto own = values;
  std::vector<std::pair<size_t, at::Tensor>> leaves;
  for (size_t index = segment.first; index < segment.last; index++) {
    if (!is_needed(operations[index])) continue;
    for (const auto input : operations[index].inputs) {
      auto &value = own[size_t(input)];
      const bool is_foreign = input < segment.first_value && is_trained[size_t(input)];
      if (!is_foreign || !value.is_floating_point() || value.requires_grad()) continue;
      value = value.detach().set_requires_grad(true);
      leaves.emplace_back(size_t(input), value);
    }
  }
  compute(segment, own, 0);
  for (const auto &output : outputs) {
    if (output.value >= segment.first_value && output.value < segment.last_value) {
      values[size_t(output.value)] = own[size_t(output.value)].detach();
    }
  }
  torch::autograd::variable_list roots, arrived;
  for (auto value = size_t(segment.first_value); value < size_t(segment.last_value); value++) {
    if (!gradients[value].defined() || !own[value].requires_grad()) continue;
    arrived.push_back(gradients[value].to(own[value].scalar_type()).expand(own[value].sizes()));
    roots.push_back(own[value]);
    gradients[value].reset();
  }
  own.clear();
  if (!roots.empty()) torch::autograd::backward(roots, arrived);
  for (const auto &leaf : leaves) {
    if (!leaf.second.grad().defined()) continue;
    auto &sum = gradients[leaf.first];
    sum = sum.defined() ? at::add(sum, leaf.second.grad()) : leaf.second.grad();
  }
}

// MARK: - Parameters

namespace {

/// Memory of the caller's in a tensor's own type and dimensions.
at::Tensor alike(const at::Tensor &tensor, const void *bytes) {
  return at::from_blob(const_cast<void *>(bytes), tensor.sizes(), at::TensorOptions(tensor.scalar_type()));
}

}  // namespace

at::Tensor &pt_graph::Parameter::aspect(pt_aspect aspect) {
  switch (aspect) {
    case PT_VALUE: return value;
    case PT_GRADIENT: return value.mutable_grad();
    case PT_FIRST_MOMENT: return first_moment;
    case PT_SECOND_MOMENT: return second_moment;
  }
  throw std::invalid_argument("there is no such aspect of a parameter");
}

void pt_graph::clear_gradients() {
  for (auto &parameter : parameters) parameter.value.mutable_grad().reset();
}

std::vector<at::Tensor> pt_graph::gradients() const {
  std::vector<at::Tensor> all;
  for (const auto &parameter : parameters) {
    if (parameter.value.grad().defined()) all.push_back(parameter.value.grad());
  }
  return all;
}

double pt_graph::gradient_norm() const {
  const at::NoGradGuard guard;
  const auto all = gradients();
  if (all.empty()) return 0;
  // Summed where they are; one number comes back.
  return at::stack(at::_foreach_norm(all, 2)).to(at::kDouble).square().sum().sqrt().item<double>();
}

/// All parameters at once: on a GPU, one kernel for each tensor and operation takes longer than the arithmetic.
void pt_graph::update(const pt_adamw &s) {
  const at::NoGradGuard guard;
  const double first_bias = 1 - std::pow(s.first_decay, double(s.step));
  const double second_bias = 1 - std::pow(s.second_decay, double(s.step));
  std::vector<at::Tensor> values, gradients, firsts, seconds;
  for (auto &p : parameters) {
    if (!p.value.grad().defined()) continue;
    if (!p.first_moment.defined()) p.first_moment = at::zeros_like(p.value);
    if (!p.second_moment.defined()) p.second_moment = at::zeros_like(p.value);
    values.push_back(p.value);
    gradients.push_back(p.value.grad());
    firsts.push_back(p.first_moment);
    seconds.push_back(p.second_moment);
  }
  if (values.empty()) return;
  if (s.gradient_scale != 1) gradients = at::_foreach_mul(gradients, s.gradient_scale);
  at::_foreach_mul_(firsts, s.first_decay);
  at::_foreach_add_(firsts, at::_foreach_mul(gradients, 1 - s.first_decay));
  at::_foreach_mul_(seconds, s.second_decay);
  at::_foreach_addcmul_(seconds, gradients, gradients, 1 - s.second_decay);
  auto scales = at::_foreach_sqrt(seconds);
  at::_foreach_div_(scales, std::sqrt(second_bias));
  at::_foreach_add_(scales, s.epsilon);
  at::_foreach_mul_(values, 1 - s.rate * s.weight_decay);
  at::_foreach_addcdiv_(values, firsts, scales, -s.rate / first_bias);
}

void pt_graph::read_parameter(size_t index, pt_aspect aspect, void *bytes) {
  const at::NoGradGuard guard;
  auto &parameter = parameters.at(index);
  const auto destination = alike(parameter.value, bytes);
  const auto &source = parameter.aspect(aspect);
  if (source.defined()) {
    destination.copy_(source);
  } else {
    destination.zero_();
  }
}

void pt_graph::write_parameter(size_t index, pt_aspect aspect, const void *bytes) {
  const at::NoGradGuard guard;
  auto &parameter = parameters.at(index);
  auto &target = parameter.aspect(aspect);
  if (!target.defined()) target = at::zeros_like(parameter.value);
  target.copy_(alike(parameter.value, bytes));
}
