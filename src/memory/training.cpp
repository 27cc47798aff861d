#include "memory/training.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace reckon {
namespace {

constexpr Precision precision_rows[] = {
    {"file", 0, 0, 0, 0, 0, true},
    {"fp32", 32, 32, 0, 32, 32, true},
    {"fp16", 16, 16, 0, 16, 16, true},
    {"bf16", 16, 16, 0, 16, 16, true},
    {"amp-fp16", 16, 16, 32, 32, 16, true},
    {"amp-bf16", 16, 16, 32, 32, 16, true},
    {"autocast-fp16", 32, 32, 0, 32, 16, true, true},
    {"autocast-bf16", 32, 32, 0, 32, 16, true, true},
    {"int8", 8, 0, 0, 0, 8, false},
    {"int4", 4, 0, 0, 0, 16, false},
};

constexpr Optimizer optimizer_rows[] = {
    {"sgd", 0, "", "Robbins and Monro, Ann. Math. Stat. 1951; torch.optim.SGD"},
    {"momentum", 1, "velocity", "Polyak, USSR Comp. Math. 1964; torch.optim.SGD(momentum)"},
    {"nesterov", 1, "velocity", "Nesterov 1983; torch.optim.SGD(momentum, nesterov)"},
    {"adam", 2, "first and second moment", "Kingma and Ba, ICLR 2015, algorithm 1"},
    {"adamw", 2, "first and second moment", "Loshchilov and Hutter, ICLR 2019, algorithm 2"},
    {"adagrad", 1, "sum of squares", "Duchi, Hazan and Singer, JMLR 2011"},
    {"rmsprop", 1, "mean of squares", "Hinton, Neural Networks for Machine Learning, lecture 6e"},
    {"adafactor", 0, "row and column means of squares",
     "Shazeer and Stern, ICML 2018, algorithm 4, without first moment", Optimizer::Rule::factored},
    {"lion", 1, "momentum", "Chen et al., Symbolic Discovery of Optimization Algorithms, 2023"},
    {"adam8bit", 2, "first and second moment, one byte each, with a scale per 2,048",
     "Dettmers et al., 8-bit Optimizers via Block-wise Quantization, ICLR 2022",
     Optimizer::Rule::eight_bit},
};

template <class Row>
Result<const Row*> find(std::span<const Row> rows, std::string_view name, std::string_view what) {
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
  if (at != rows.end()) return &*at;
  std::vector<std::string_view> names;
  std::string list;
  for (const Row& row : rows) {
    names.push_back(row.name);
    list += (list.empty() ? "" : ", ") + std::string(row.name);
  }
  return fail(ErrorCode::bad_argument,
              "no " + std::string(what) + " " + quoted(name) + did_you_mean(name, names) +
                  " (there are: " + list + ")",
              std::string("`").append(what).append("`"));
}

}  // namespace

std::span<const Precision> precisions() {
  return precision_rows;
}
std::span<const Optimizer> optimizers() {
  return optimizer_rows;
}

Result<const Precision*> find_precision(std::string_view name) {
  return find(precisions(), name, "precision");
}

Result<const Optimizer*> find_optimizer(std::string_view name) {
  return find(optimizers(), name, "optimizer");
}

}  // namespace reckon
