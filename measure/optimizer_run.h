// One update of every trained tensor, as PyTorch's optimizers do it one tensor after the other
// (torch/optim/_functional.py, the single-tensor loops of PyTorch 1.13).
#pragma once

#include "interpreter.h"
#include "memory/training.h"

namespace reckon {

class OptimizerRun {
 public:
  // Makes the state. Throws Refused for an optimizer that PyTorch does not have.
  OptimizerRun(const Optimizer& optimizer, const std::vector<Trained>& trained);
  // Tensors without a gradient are left alone.
  void step(const std::vector<Trained>& trained);
  // Gradients are let go, as zero_grad(set_to_none=True) does.
  static void forget_gradients(const std::vector<Trained>& trained);

 private:
  std::string_view name_;
  std::int64_t n_steps_ = 0;
  std::vector<at::Tensor> first_, second_;  // state, by trained tensor
};

}  // namespace reckon
