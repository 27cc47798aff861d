#include "optimizer_run.h"

#include <cmath>

#include "base/text.h"

namespace reckon {
namespace {

constexpr double momentum = 0.9, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.01,
                 smoothing = 0.99, adagrad_epsilon = 1e-10;

}  // namespace

OptimizerRun::OptimizerRun(const Optimizer& optimizer, const std::vector<Trained>& trained)
    : name_(optimizer.name) {
  const bool known = name_ == "sgd" || name_ == "momentum" || name_ == "nesterov" ||
                     name_ == "adam" || name_ == "adamw" || name_ == "adagrad" ||
                     name_ == "rmsprop";
  if (!known)
    throw Refused("LibTorch has no optimizer " + quoted(name_) +
                  " (there are: sgd, momentum, nesterov, adam, adamw, adagrad, rmsprop)");
  const at::NoGradGuard no_grad;
  for (const Trained& one : trained) {
    if (optimizer.states_per_param >= 1) first_.push_back(at::zeros_like(one.tensor));
    if (optimizer.states_per_param >= 2) second_.push_back(at::zeros_like(one.tensor));
  }
}

void OptimizerRun::step(const std::vector<Trained>& trained) {
  const at::NoGradGuard no_grad;
  ++n_steps_;
  const double rate = rate_;
  const auto n = static_cast<double>(n_steps_);
  for (std::size_t i = 0; i < trained.size(); ++i) {
    at::Tensor weight = trained[i].tensor;
    const at::Tensor& gradient = weight.grad();
    if (!gradient.defined()) continue;
    if (name_ == "sgd") {
      weight.add_(gradient, -rate);
    } else if (name_ == "momentum" || name_ == "nesterov") {
      first_[i].mul_(momentum).add_(gradient);
      if (name_ == "nesterov")
        weight.add_(gradient.add(first_[i], momentum), -rate);
      else
        weight.add_(first_[i], -rate);
    } else if (name_ == "adam" || name_ == "adamw") {
      if (name_ == "adamw") weight.mul_(1 - rate * decay);
      first_[i].mul_(beta1).add_(gradient, 1 - beta1);
      second_[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
      const double root = std::sqrt(1 - std::pow(beta2, n));
      const at::Tensor divisor = (second_[i].sqrt() / root).add_(epsilon);
      weight.addcdiv_(first_[i], divisor, -rate / (1 - std::pow(beta1, n)));
    } else if (name_ == "adagrad") {
      first_[i].addcmul_(gradient, gradient, 1);
      const at::Tensor divisor = first_[i].sqrt().add_(adagrad_epsilon);
      weight.addcdiv_(gradient, divisor, -rate);
    } else {  // rmsprop
      first_[i].mul_(smoothing).addcmul_(gradient, gradient, 1 - smoothing);
      const at::Tensor divisor = first_[i].sqrt().add_(epsilon);
      weight.addcdiv_(gradient, divisor, -rate);
    }
  }
}

std::vector<at::Tensor> OptimizerRun::state() const {
  std::vector<at::Tensor> all = first_;
  all.insert(all.end(), second_.begin(), second_.end());
  return all;
}

void OptimizerRun::forget_gradients(const std::vector<Trained>& trained) {
  for (const Trained& one : trained) {
    at::Tensor weight = one.tensor;
    weight.mutable_grad() = at::Tensor();
  }
}

}  // namespace reckon
