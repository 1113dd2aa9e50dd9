#pragma once
// One operator applied to tensors, by ATen.

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "CTorch.h"

/// An operation with storage of its own.
struct Operation {
  pt_operator kind;
  std::string name;
  std::vector<int64_t> inputs;
  std::vector<int64_t> attributes;
  double epsilon;
  int64_t first_result;
  size_t result_count;
};

/// ATen's name of an element type. Throws for an unknown number.
at::ScalarType scalar_type(int64_t element);

/// The results of an operation on these inputs, products being computed in `arithmetic`.
std::vector<at::Tensor> apply(
    const Operation &operation, const std::vector<at::Tensor> &inputs, at::ScalarType arithmetic);
