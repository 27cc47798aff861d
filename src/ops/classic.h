// Helpers of the rules of classical models (ai.onnx.ml): attributes that hold what was learned.
#pragma once

#include <string_view>
#include <vector>

#include "ops/context.h"

namespace reckon {

// Of a matrix samples×features; a vector is one sample.
inline Dim samples(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  return !x.has_rank() ? unknown_dim : x.rank() == 2 ? x[0] : 1;
}
inline Dim features(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  return x.rank() < 1 ? unknown_dim : x[x.rank() - 1];
}

// Elements of attributes that are lists of floats, or tensors.
template <class... Names>
Dim count_attrs(const OpContext& ctx, Names... names) {
  Dim n = 0;
  for (const std::string_view name : {std::string_view(names)...}) {
    n += static_cast<Dim>(ctx.floats_attr(name).size());
    if (const Constant* tensor = ctx.tensor_attr(name))
      n += tensor->shape.is_static() ? tensor->shape.elements().value_or(0) : 0;
  }
  return n;
}

// Elements of a list of strings or integers.
inline Dim list_length(const OpContext& ctx, std::string_view name) {
  const Attr* attr = ctx.graph().find_attr(ctx.node(), name);
  if (attr == nullptr) return 0;
  if (const auto* strings = std::get_if<std::vector<std::string_view>>(&attr->value))
    return static_cast<Dim>(strings->size());
  if (const auto* ints = std::get_if<std::vector<std::int64_t>>(&attr->value))
    return static_cast<Dim>(ints->size());
  return 0;
}

}  // namespace reckon
