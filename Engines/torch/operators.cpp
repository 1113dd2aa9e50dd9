#include "operators.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/div.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/split.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/var.h>
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
#include <ATen/ops/scaled_dot_product_attention.h>
#define HAS_FUSED_ATTENTION 1
#endif

#include <algorithm>
#include <cmath>
#include <stdexcept>

using at::IntArrayRef;
using at::Tensor;

at::ScalarType scalar_type(int64_t element) {
  switch (element) {
    case PT_F32: return at::kFloat;
    case PT_F16: return at::kHalf;
    case PT_BF16: return at::kBFloat16;
    case PT_I32: return at::kInt;
    case PT_I64: return at::kLong;
    case PT_BOOL: return at::kBool;
  }
  throw std::invalid_argument("there is no element type " + std::to_string(element));
}

namespace {

/// Single precision, where there is less.
Tensor wide(const Tensor &x) {
  const auto type = x.scalar_type();
  return type == at::kHalf || type == at::kBFloat16 ? x.to(at::kFloat) : x;
}

Tensor unary(pt_operator kind, const Tensor &x) {
  switch (kind) {
    case PT_SQUARE_ROOT: return at::sqrt(x);
    case PT_SINE: return at::sin(x);
    case PT_COSINE: return at::cos(x);
    case PT_EXPONENTIAL: return at::exp(x);
    case PT_LOGARITHM: return at::log(x);
    case PT_NEGATIVE: return at::neg(x);
    case PT_ABSOLUTE: return at::abs(x);
    case PT_TANH: return at::tanh(x);
    case PT_SIGMOID: return at::sigmoid(x);
    case PT_SWISH: return at::silu(x);
    case PT_RELU: return at::relu(x);
    case PT_GELU: return at::gelu(x, "none");
    case PT_GELU_TANH: return at::gelu(x, "tanh");
    default: throw std::logic_error("no function of one element");
  }
}

Tensor binary(pt_operator kind, const Tensor &a, const Tensor &b) {
  switch (kind) {
    case PT_ADD: return at::add(a, b);
    case PT_SUBTRACT: return at::sub(a, b);
    case PT_MULTIPLY: return at::mul(a, b);
    case PT_DIVIDE:
      // Integers stay integers, as the graph says they do; OpenVINO truncates them, too.
      return a.is_floating_point() ? at::div(a, b) : at::div(a, b, "trunc");
    case PT_POWER: return at::pow(a, b);
    case PT_MAXIMUM: return at::maximum(a, b);
    case PT_MINIMUM: return at::minimum(a, b);
    default: throw std::logic_error("no function of two elements");
  }
}

Tensor convolution(const Tensor &x, const Tensor &kernel, IntArrayRef a) {
  const auto stride = a[0], top = a[1], left = a[2], bottom = a[3], right = a[4];
  if (top == bottom && left == right) return at::conv2d(x, kernel, {}, {stride, stride}, {top, left});
  const auto padded = at::constant_pad_nd(x, {left, right, top, bottom}, 0);
  return at::conv2d(padded, kernel, {}, {stride, stride});
}

Tensor attention(const Tensor &queries, const Tensor &keys, const Tensor &values) {
#ifdef HAS_FUSED_ATTENTION
  return at::scaled_dot_product_attention(queries, keys, values);
#else
  // Some queries at a time, so that their products with all keys stay below 64 MB.
  const int64_t tokens = queries.size(-2);
  const int64_t products = queries.numel() / queries.size(-1) / tokens * keys.size(-2);
  const int64_t part = std::max<int64_t>(1, (int64_t(1) << 24) / products);
  const auto scaled = at::mul(keys.transpose(-2, -1), 1 / std::sqrt(double(queries.size(-1))));
  std::vector<Tensor> parts;
  for (int64_t start = 0; start < tokens; start += part) {
    const auto some = at::slice(queries, -2, start, std::min(start + part, tokens));
    parts.push_back(at::matmul(at::softmax(at::matmul(some, scaled), -1), values));
  }
  return parts.size() == 1 ? parts[0] : at::cat(parts, -2);
#endif
}

Tensor mean_variance(const Tensor &x, IntArrayRef axes, double epsilon) {
  if (axes.size() == 1 && axes[0] == x.dim() - 1) {
    return at::layer_norm(x, {x.size(-1)}, {}, {}, epsilon);
  }
  const auto variance = at::var(x, axes, /*unbiased=*/false, /*keepdim=*/true);
  return at::mul(at::sub(x, at::mean(x, axes, true)), at::rsqrt(at::add(variance, epsilon)));
}

Tensor product(pt_operator kind, const std::vector<Tensor> &in, IntArrayRef a) {
  switch (kind) {
    case PT_MATMUL:
      return at::matmul(
          a[0] ? in[0].transpose(-2, -1) : in[0], a[1] ? in[1].transpose(-2, -1) : in[1]);
    case PT_CONVOLUTION: return convolution(in[0], in[1], a);
    default: return attention(in[0], in[1], in[2]);
  }
}

Tensor reduction(pt_operator kind, const Tensor &x, IntArrayRef a) {
  const bool keeps = a[0] != 0;
  const auto axes = a.slice(1);
  return kind == PT_MEAN ? at::mean(x, axes, keeps) : at::sum(x, axes, keeps);
}

/// ATen names the widths of the last dimension first.
Tensor pad(const Tensor &x, IntArrayRef a) {
  const auto rank = size_t(x.dim());
  std::vector<int64_t> widths;
  for (size_t axis = rank; axis-- > 0;) {
    widths.push_back(a[axis]);
    widths.push_back(a[rank + axis]);
  }
  return at::constant_pad_nd(x, widths, 0);
}

Tensor gather(const Tensor &x, const Tensor &indices, int64_t axis) {
  std::vector<int64_t> shape(x.sizes().begin(), x.sizes().begin() + axis);
  shape.insert(shape.end(), indices.sizes().begin(), indices.sizes().end());
  shape.insert(shape.end(), x.sizes().begin() + axis + 1, x.sizes().end());
  return at::index_select(x, axis, indices.reshape({-1}).to(at::kLong)).reshape(shape);
}

/// One dimension resized. Not ATen's own resizing: that takes the ratio in single precision, which misses
/// ⌊index · in / out⌋ for some sizes, and its gradient is summed in any order on a GPU.
Tensor resize(const Tensor &x, int64_t axis, int64_t length) {
  const int64_t present = x.size(axis);
  if (present == length) return x;
  if (length % present == 0) {
    std::vector<int64_t> shape = x.sizes().vec();
    shape.insert(shape.begin() + axis + 1, length / present);
    std::vector<int64_t> resized = x.sizes().vec();
    resized[axis] = length;
    return x.unsqueeze(axis + 1).expand(shape).reshape(resized);
  }
  const auto positions = at::arange(length, at::TensorOptions(at::kLong).device(x.device()));
  return at::index_select(x, axis, at::div(at::mul(positions, present), length, "floor"));
}

Tensor moved(pt_operator kind, const std::vector<Tensor> &in, IntArrayRef a) {
  const Tensor &x = in[0];
  switch (kind) {
    case PT_RESHAPE: return x.reshape(a);
    case PT_TRANSPOSE: return x.permute(a);
    case PT_CONCATENATE: return at::cat(in, a[0]);
    case PT_SLICE: return at::slice(x, a[0], a[1], a[2], a[3]);
    case PT_GATHER: return gather(x, in[1], a[0]);
    case PT_BROADCAST: return x.expand(a);
    case PT_PAD: return pad(x, a);
    case PT_RESIZE_NEAREST: return resize(resize(x, 2, a[0]), 3, a[1]);
    default: throw std::logic_error("moves nothing");
  }
}

}  // namespace

std::vector<Tensor> apply(
    const Operation &operation, const std::vector<Tensor> &inputs, at::ScalarType arithmetic) {
  const IntArrayRef a = operation.attributes;
  const auto kind = operation.kind;
  std::vector<Tensor> in = inputs;
  if (kind == PT_CONVERT) return {in[0].to(scalar_type(a[0]))};
  if (kind == PT_SPLIT) return at::split(in[0], in[0].size(a[0]) / a[1], a[0]);
  if (kind >= PT_RESHAPE) return {moved(kind, in, a)};
  if (kind >= PT_MATMUL && kind <= PT_ATTENTION) {
    for (auto &x : in) x = x.to(arithmetic);
    return {product(kind, in, a)};
  }
  // What is neither moved nor multiplied is computed in single precision, but for those elementwise functions of what
  // a product in a narrower type gave that lose little by it: what torch's autocast leaves narrow.
  const bool is_steep = kind == PT_SQUARE_ROOT || kind == PT_EXPONENTIAL || kind == PT_LOGARITHM || kind == PT_POWER;
  const bool is_elementwise = kind < PT_MATMUL;
  if (arithmetic == at::kFloat || !is_elementwise || is_steep) {
    for (auto &x : in) x = wide(x);
  }
  switch (kind) {
    case PT_GROUP_NORMALIZATION:
      return {at::group_norm(in[0], a[0], in[1], in[2], operation.epsilon)};
    case PT_MEAN_VARIANCE: return {mean_variance(in[0], a, operation.epsilon)};
    case PT_SOFTMAX: return {at::softmax(in[0], a[0])};
    case PT_MEAN:
    case PT_SUM: return {reduction(kind, in[0], a)};
    default: break;
  }
  return {kind < PT_ADD ? unary(kind, in[0]) : binary(kind, in[0], in[1])};
}
