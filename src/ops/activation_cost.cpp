#include "ops/activation_cost.h"

#include <algorithm>

#include "ops/pointwise.h"

namespace reckon {
namespace {

struct Entry {
  std::string_view name;  // small letters
  std::int64_t operations;
};
constexpr Entry table[] = {
    {"", 0},         {"none", 0},        {"identity", 0},
    {"relu", 1},     {"leakyrelu", 2},   {"sigmoid", 4},
    {"tanh", 1},     {"clip", 2},        {"elu", 4},
    {"selu", 5},     {"hardsigmoid", 4}, {"hardswish", 5},
    {"softplus", 3}, {"softsign", 3},    {"thresholdedrelu", 1},
    {"gelu", 5},     {"fastgelu", 9},    {"quickgelu", 6},
    {"silu", 5},     {"swish", 5},       {"softmax", 5},
};

constexpr char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::int64_t activation_operations(std::string_view name) {
  for (const Entry& entry : table)
    if (std::equal(entry.name.begin(), entry.name.end(), name.begin(), name.end(),
                   [](char a, char b) { return a == small(b); }))
      return entry.operations;
  return unknown_dim;
}

void add_activation(const OpContext& ctx, Cost& cost, std::string_view attr) {
  const std::int64_t operations = activation_operations(ctx.string_attr(attr, ""));
  if (operations != 0) count_elements(cost.flops, "activation", ctx.out(0).shape, operations);
}

}  // namespace reckon
