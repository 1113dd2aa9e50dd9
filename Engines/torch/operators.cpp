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
#include <ATen/ops/round.h>
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

// An operator that a switch forgets is an error, and no switch here has a default.
#pragma GCC diagnostic error "-Wswitch"

using at::IntArrayRef;
using at::Tensor;

at::ScalarType scalar_type(int64_t element) {
  switch (element) {
    case PT_F32: return at::kFloat;
    case PT_F16: return at::kHalf;
    case PT_BF16: return at::kBFloat16;
    case PT_I8: return at::kChar;
    case PT_I32: return at::kInt;
    case PT_I64: return at::kLong;
    case PT_BOOL: return at::kBool;
  }
  throw std::invalid_argument("there is no element type " + std::to_string(element));
}

namespace {

bool is_narrow(at::ScalarType type) { return type == at::kHalf || type == at::kBFloat16; }

/// Whether the processor computes in this type with colours innermost: its kernels for bf16 rearrange anything else
/// before and after each layer.
bool wants_channels_last(const Tensor &x) { return x.is_cpu() && x.scalar_type() == at::kBFloat16; }

Tensor convolution(const Tensor &x, const Tensor &kernel, IntArrayRef a) {
  if (wants_channels_last(x) && !x.is_contiguous(at::MemoryFormat::ChannelsLast)) {
    return convolution(x.contiguous(at::MemoryFormat::ChannelsLast), kernel, a);
  }
  const auto stride = a[0], top = a[1], left = a[2], bottom = a[3], right = a[4];
  if (top == bottom && left == right) return at::conv2d(x, kernel, {}, {stride, stride}, {top, left});
  const auto padded = at::constant_pad_nd(x, {left, right, top, bottom}, 0);
  return at::conv2d(padded, kernel, {}, {stride, stride});
}

/// Sums are taken in single precision; on the processor bf16 may come and go, which halves the memory that is moved.
Tensor group_normalization(const Tensor &x, int64_t groups, const Tensor &scale, const Tensor &shift, double epsilon) {
  const auto given = is_narrow(x.scalar_type()) && !wants_channels_last(x) ? x.to(at::kFloat) : x;
  return at::group_norm(given, groups, scale.to(at::kFloat), shift.to(at::kFloat), epsilon);
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

/// Not ATen's own fake quantisation, which takes the range as a scale and an integer.
Tensor fake_quantization(const Tensor &x, const Tensor &lowest, const Tensor &highest, int64_t levels) {
  const auto step = at::div(at::sub(highest, lowest), double(levels - 1));
  const auto clamped = at::minimum(at::maximum(x, lowest), highest);
  return at::add(at::mul(at::round(at::div(at::sub(clamped, lowest), step)), step), lowest);
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

/// The type in which an operator computes what is at hand in `given`.
at::ScalarType computing_type(pt_operator kind, at::ScalarType given, at::ScalarType arithmetic) {
  switch (kind) {
    // What moves elements leaves them as they are, and a conversion says itself what becomes of them.
    case PT_CONVERT:
    case PT_RESHAPE:
    case PT_TRANSPOSE:
    case PT_CONCATENATE:
    case PT_SPLIT:
    case PT_SLICE:
    case PT_GATHER:
    case PT_BROADCAST:
    case PT_PAD:
    case PT_RESIZE_NEAREST:
    case PT_STOP_GRADIENT:
    // Sees to its types itself.
    case PT_GROUP_NORMALIZATION: return given;
    case PT_MATMUL:
    case PT_CONVOLUTION:
    case PT_ATTENTION: return arithmetic;
    // Steep functions and sums lose much by a narrow type.
    case PT_SQUARE_ROOT:
    case PT_EXPONENTIAL:
    case PT_LOGARITHM:
    case PT_POWER:
    case PT_MEAN_VARIANCE:
    case PT_FAKE_QUANTIZATION:
    case PT_SOFTMAX:
    case PT_MEAN:
    case PT_SUM: return is_narrow(given) ? at::kFloat : given;
    // The others lose little: what a product in a narrower type gave stays narrow, as torch's autocast leaves it.
    case PT_SINE:
    case PT_COSINE:
    case PT_NEGATIVE:
    case PT_ABSOLUTE:
    case PT_TANH:
    case PT_SIGMOID:
    case PT_SWISH:
    case PT_RELU:
    case PT_GELU:
    case PT_GELU_TANH:
    case PT_ADD:
    case PT_SUBTRACT:
    case PT_MULTIPLY:
    case PT_DIVIDE:
    case PT_MAXIMUM:
    case PT_MINIMUM: return is_narrow(given) && arithmetic == at::kFloat ? at::kFloat : given;
  }
  throw std::logic_error("there is no operator " + std::to_string(int(kind)));
}

/// A bias or a factor that is spread over a narrower tensor is rounded to its type: of two types ATen takes the wider,
/// and everything after a convolution's bias would be wide again.
void adopt_narrow_type(Tensor &spread, const Tensor &whole) {
  if (is_narrow(whole.scalar_type()) && spread.scalar_type() == at::kFloat && spread.numel() < whole.numel()) {
    spread = spread.to(whole.scalar_type());
  }
}

bool is_elementwise(pt_operator kind) {
  return kind == PT_ADD || kind == PT_SUBTRACT || kind == PT_MULTIPLY || kind == PT_DIVIDE || kind == PT_MAXIMUM ||
         kind == PT_MINIMUM;
}

}  // namespace

std::vector<Tensor> apply(
    const Operation &operation, const std::vector<Tensor> &inputs, at::ScalarType arithmetic) {
  const IntArrayRef a = operation.attributes;
  std::vector<Tensor> in;
  for (const auto &x : inputs) in.push_back(x.to(computing_type(operation.kind, x.scalar_type(), arithmetic)));
  if (is_elementwise(operation.kind)) {
    adopt_narrow_type(in[0], in[1]);
    adopt_narrow_type(in[1], in[0]);
  }
  switch (operation.kind) {
    case PT_CONVERT: return {in[0].to(scalar_type(a[0]))};
    case PT_SQUARE_ROOT: return {at::sqrt(in[0])};
    case PT_SINE: return {at::sin(in[0])};
    case PT_COSINE: return {at::cos(in[0])};
    case PT_EXPONENTIAL: return {at::exp(in[0])};
    case PT_LOGARITHM: return {at::log(in[0])};
    case PT_NEGATIVE: return {at::neg(in[0])};
    case PT_ABSOLUTE: return {at::abs(in[0])};
    case PT_TANH: return {at::tanh(in[0])};
    case PT_SIGMOID: return {at::sigmoid(in[0])};
    case PT_SWISH: return {at::silu(in[0])};
    case PT_RELU: return {at::relu(in[0])};
    case PT_GELU: return {at::gelu(in[0], "none")};
    case PT_GELU_TANH: return {at::gelu(in[0], "tanh")};
    case PT_ADD: return {at::add(in[0], in[1])};
    case PT_SUBTRACT: return {at::sub(in[0], in[1])};
    case PT_MULTIPLY: return {at::mul(in[0], in[1])};
    case PT_DIVIDE:
      // Integers stay integers, as the graph says they do; OpenVINO truncates them, too.
      return {in[0].is_floating_point() ? at::div(in[0], in[1]) : at::div(in[0], in[1], "trunc")};
    case PT_POWER: return {at::pow(in[0], in[1])};
    case PT_MAXIMUM: return {at::maximum(in[0], in[1])};
    case PT_MINIMUM: return {at::minimum(in[0], in[1])};
    case PT_MATMUL:
      return {at::matmul(a[0] ? in[0].transpose(-2, -1) : in[0], a[1] ? in[1].transpose(-2, -1) : in[1])};
    case PT_CONVOLUTION: return {convolution(in[0], in[1], a)};
    case PT_ATTENTION: return {attention(in[0], in[1], in[2])};
    case PT_GROUP_NORMALIZATION: return {group_normalization(in[0], a[0], in[1], in[2], operation.epsilon)};
    case PT_MEAN_VARIANCE: return {mean_variance(in[0], a, operation.epsilon)};
    case PT_FAKE_QUANTIZATION: return {fake_quantization(in[0], in[1], in[2], a[0])};
    case PT_STOP_GRADIENT: return {in[0].detach()};
    case PT_SOFTMAX: return {at::softmax(in[0], a[0])};
    case PT_MEAN: return {at::mean(in[0], a.slice(1), a[0] != 0)};
    case PT_SUM: return {at::sum(in[0], a.slice(1), a[0] != 0)};
    case PT_RESHAPE: return {in[0].reshape(a)};
    case PT_TRANSPOSE: return {in[0].permute(a)};
    case PT_CONCATENATE: return {at::cat(in, a[0])};
    case PT_SPLIT: return at::split(in[0], in[0].size(a[0]) / a[1], a[0]);
    case PT_SLICE: return {at::slice(in[0], a[0], a[1], a[2], a[3])};
    case PT_GATHER: return {gather(in[0], in[1], a[0])};
    case PT_BROADCAST: return {in[0].expand(a)};
    case PT_PAD: return {pad(in[0], a)};
    case PT_RESIZE_NEAREST: return {resize(resize(in[0], 2, a[0]), 3, a[1])};
  }
  throw std::logic_error("there is no operator " + std::to_string(int(operation.kind)));
}
