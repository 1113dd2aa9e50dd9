#pragma once
// Processes that compute together: c10d's group over Gloo, where libtorch has one.

#include <ATen/core/Tensor.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "CTorch.h"

struct pt_group {
 public:
  /// Waits for all processes. Throws, in words for whoever started them, when some do not come.
  explicit pt_group(const pt_place &place);
  ~pt_group();

  /// Replaces every tensor by its mean over all processes: all get the same bits.
  void average(const std::vector<at::Tensor> &tensors);
  /// Returns once all processes have called it.
  void barrier();

 private:
  struct Connection;
  std::unique_ptr<Connection> connection;
  int rank, count;
  /// Calls go to the others in the order in which they were made here.
  std::mutex mutex;
  /// What the first failure said: no call can succeed after it.
  std::string failure;

  template <typename Body>
  void exchange(const Body &body);
};
