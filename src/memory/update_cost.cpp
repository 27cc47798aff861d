// Counts, with λ a weight decay (g += λθ: 2), and −g where a loss is maximised (1):
//
// clang-format off
//   sgd       θ −= γg                                                    2    high + λ
//   momentum  b = μb + g (2), θ −= γb (2)                                4    high + λ, dampening 1
//   nesterov  b = μb + g (2), θ −= γ(g + μb) (4)                         6    high + λ
//   adam      m = β₁m + (1−β₁)g (3), v = β₂v + (1−β₂)g² (4), m̂ and v̂ (2),
//             θ −= γ·m̂/(√v̂ + ε) (5)                                      14
//             low: the order at the end of Kingma and Ba's section 2, where the corrections are
//             part of the step: 12, without √ and ÷ 10; high + λ, the maximum of AMSGrad 1, −g 1
//   adamw     adam, and θ −= γλθ (2)                                     16   low 10 and θ·(1−γλ) 1; high + 1 + 1
//   adagrad   s += g² (2), θ −= γg/(√s + ε) (5)                          7    low without √ ÷; high + λ, −g
//   rmsprop   v = αv + (1−α)g² (4), θ −= γg/(√v + ε) (5)                 9    low without √ ÷; high + λ, −g,
//             centred: a mean (3) and its square taken away (2), momentum (2)
//   lion      c = β₁m + (1−β₁)g (3), θ −= γ(sign c + λθ) (5), m = β₂m + (1−β₂)g (3)   11
//             low without λ (2) and with a free sign
// clang-format on
#include "memory/update_cost.h"

#include <array>

namespace reckon {
namespace {

constexpr std::array rows = {
    UpdateCost{"sgd", 2, 2, 4, "θ −= γ·g", "torch.optim.SGD, algorithm in its documentation"},
    UpdateCost{"momentum", 4, 4, 7, "b = μ·b + g, θ −= γ·b",
               "torch.optim.SGD(momentum), algorithm in its documentation"},
    UpdateCost{"nesterov", 6, 6, 8, "b = μ·b + g, θ −= γ·(g + μ·b)",
               "torch.optim.SGD(momentum, nesterov), algorithm in its documentation"},
    UpdateCost{"adam", 10, 14, 18,
               "m = β₁·m + (1−β₁)·g, v = β₂·v + (1−β₂)·g², m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ), "
               "θ −= γ·m̂/(√v̂ + ε)",
               "torch.optim.Adam, algorithm in its documentation; Kingma and Ba, ICLR 2015"},
    UpdateCost{
        "adamw", 11, 16, 18,
        "θ −= γ·λ·θ, m = β₁·m + (1−β₁)·g, v = β₂·v + (1−β₂)·g², m̂ = m/(1−β₁ᵗ), "
        "v̂ = v/(1−β₂ᵗ), θ −= γ·m̂/(√v̂ + ε)",
        "torch.optim.AdamW, algorithm in its documentation; Loshchilov and Hutter, ICLR 2019"},
    UpdateCost{"adagrad", 5, 7, 10, "s += g², θ −= γ·g/(√s + ε)",
               "torch.optim.Adagrad, algorithm in its documentation"},
    UpdateCost{"rmsprop", 7, 9, 19, "v = α·v + (1−α)·g², θ −= γ·g/(√v + ε)",
               "torch.optim.RMSprop, algorithm in its documentation"},
    UpdateCost{"lion", 8, 11, 11, "c = β₁·m + (1−β₁)·g, θ −= γ·(sign c + λ·θ), m = β₂·m + (1−β₂)·g",
               "Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, algorithm 2"},
};

}  // namespace

const UpdateCost* update_cost(const Optimizer& optimizer) {
  for (const UpdateCost& row : rows)
    if (row.optimizer == optimizer.name) return &row;
  return nullptr;
}

}  // namespace reckon
