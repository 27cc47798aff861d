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
  void set_rate(double rate) { rate_ = rate; }
  // Those that moments are kept of, and how many steps they are of.
  std::vector<at::Tensor> state() const;
  void set_steps(std::int64_t n_steps) { n_steps_ = n_steps; }
  // Gradients are let go, as zero_grad(set_to_none=True) does.
  static void forget_gradients(const std::vector<Trained>& trained);

 private:
  std::string_view name_;
  // Small, so that a step changes little and no repeat sees other numbers than the first.
  double rate_ = 1e-4;
  std::int64_t n_steps_ = 0;
  std::vector<at::Tensor> first_, second_;  // state, by trained tensor
};

}  // namespace reckon
