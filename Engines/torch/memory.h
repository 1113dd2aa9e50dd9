#pragma once

#include <memory>

/// While one of these lives, memory that tensors on the processor give back is kept for the next tensor of that size.
///
/// A step of training makes and drops gigabytes of tensors, the same sizes every time. Given back to the system and
/// asked for again, each page is cleared by the kernel first: a third of a step's time. The last one to go gives
/// everything back.
class TensorMemory {
 public:
  TensorMemory();
  ~TensorMemory();
  TensorMemory(const TensorMemory &) = delete;
  TensorMemory &operator=(const TensorMemory &) = delete;
};
