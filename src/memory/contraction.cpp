#include "memory/contraction.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/checked.h"

namespace reckon {
namespace {

struct Equation {
  std::string operands[2], result;
};

std::optional<Equation> read_equation(std::string_view text) {
  Equation e;
  std::string* into = &e.operands[0];
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') continue;
    if (c == ',') {
      if (into != &e.operands[0]) return std::nullopt;
      into = &e.operands[1];
    } else if (c == '-' && into == &e.operands[1] && i + 1 < text.size() && text[i + 1] == '>') {
      into = &e.result;
      ++i;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      if (into->find(c) != std::string::npos) return std::nullopt;
      into->push_back(c);
    } else {
      return std::nullopt;
    }
  }
  return into == &e.result ? std::optional(e) : std::nullopt;
}

}  // namespace

std::optional<Contraction> contraction_of(const OpContext& ctx) {
  const auto e = read_equation(ctx.string_attr("equation", ""));
  if (!e || ctx.n_inputs() != 2 || !ctx.out(0).shape.is_static()) return std::nullopt;
  for (int i = 0; i < 2; ++i)
    if (!ctx.in(i).shape.is_static() ||
        ctx.in(i).shape.rank() != static_cast<int>(e->operands[i].size()))
      return std::nullopt;
  // Letters of the result in its order, then those that are summed in that of the alphabet.
  std::string batch, rows, columns, sums;
  for (const char c : e->result) {
    const bool in_first = e->operands[0].contains(c), in_second = e->operands[1].contains(c);
    (in_first && in_second ? batch : in_first ? rows : columns).push_back(c);
  }
  for (const std::string& operand : e->operands)
    for (const char c : operand) {
      if (e->result.contains(c)) continue;
      if (!e->operands[0].contains(c) || !e->operands[1].contains(c)) return std::nullopt;
      if (!sums.contains(c)) sums.push_back(c);
    }
  if (sums.empty()) return std::nullopt;
  std::ranges::sort(sums);
  Contraction out;
  const auto size_of = [&](char c) {
    const int i = e->operands[0].contains(c) ? 0 : 1;
    return ctx.in(i).shape[static_cast<int>(e->operands[i].find(c))];
  };
  const auto size_of_all = [&](const std::string& letters) {
    Checked size = 1;
    for (const char c : letters) size = size * size_of(c);
    return size.value_or(unknown_dim);
  };
  const std::string* const sides[2][2] = {{&rows, &sums}, {&sums, &columns}};
  for (int i = 0; i < 2; ++i) {
    for (const std::string* letters : {&std::as_const(batch), sides[i][0], sides[i][1]})
      for (const char c : *letters)
        out.order[i].push_back(static_cast<std::int64_t>(e->operands[i].find(c)));
    out.matrices[i] =
        Shape{size_of_all(batch), size_of_all(*sides[i][0]), size_of_all(*sides[i][1])};
    if (!out.matrices[i].is_static()) return std::nullopt;
    // A dimension of one that is shown many times.
    for (const char c : e->operands[i])
      if (ctx.in(i).shape[static_cast<int>(e->operands[i].find(c))] != size_of(c))
        return std::nullopt;
  }
  const std::string made = batch + rows + columns;
  out.product = Shape(std::initializer_list<Dim>{});
  for (const char c : made) out.product.push_back(size_of(c));
  for (const char c : e->result) out.back.push_back(static_cast<std::int64_t>(made.find(c)));
  return out;
}

bool Contraction::copies(int operand, const Layout& layout) const {
  const auto i = static_cast<std::size_t>(operand);
  return !layout.permuted(order[i]).viewed(matrices[i]);
}

std::int64_t copied_operand_bytes(const OpContext& ctx, int i, const Layout& layout) {
  const Tensor& x = ctx.in(i);
  if (const auto contraction = contraction_of(ctx))
    return contraction->copies(i, layout) ? bytes_of(product(x.shape.dims()), x.dtype).value_or(0)
                                          : 0;
  const Shape& y = ctx.out(0).shape;
  // Of fewer than three dimensions the other one is no batch.
  const bool shown = std::min(ctx.in(0).shape.rank(), ctx.in(1).shape.rank()) > 2 && y.is_static();
  Shape sizes = shown ? y : x.shape;
  const int rank = sizes.rank(), more = rank - x.shape.rank();
  if (rank < 4) return 0;
  for (int d = rank - 2; d < rank; ++d) sizes[d] = x.shape[d - more];
  Layout as_batch{sizes, {}};
  for (int d = 0; d < rank; ++d)
    if (d >= more && x.shape[d - more] == sizes[d])
      as_batch.strides[static_cast<std::size_t>(d)] =
          layout.strides[static_cast<std::size_t>(d - more)];
  const Dim n = product(sizes.dims().first(static_cast<std::size_t>(rank - 2)));
  if (n < 0 || as_batch.viewed(Shape{n, sizes[rank - 2], sizes[rank - 1]})) return 0;
  return bytes_of(Checked(n) * sizes[rank - 2] * sizes[rank - 1], x.dtype).value_or(0);
}

Layout Contraction::result() const {
  return Layout::contiguous(product).permuted(back);
}

}  // namespace reckon
