#include "memory/contraction.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "ops/einsum.h"

namespace reckon {
namespace {

using Letters = std::vector<int>;

struct Contraction {
  std::vector<std::int64_t> order[2];  // of an operand's dimensions: as its matrices need them
  Shape matrices[2];                   // batch × rows × columns
  Shape product;                       // of the dimensions of batch, rows and columns
  std::vector<std::int64_t> back;      // dimension i of the result is back[i] of the product
};

bool contains(const Letters& letters, int c) {
  return std::ranges::find(letters, c) != letters.end();
}
int place_of(const Letters& letters, int c) {
  return static_cast<int>(std::ranges::find(letters, c) - letters.begin());
}
bool repeats(Letters letters) {
  std::ranges::sort(letters);
  return std::ranges::adjacent_find(letters) != letters.end();
}

// Letters of the result in its order, then those that are summed in theirs.
struct Roles {
  Letters batch, rows, columns, sums;
};
std::optional<Roles> roles_of(const EinsumLetters& e) {
  Roles roles;
  const Letters &a = e.operands[0], &b = e.operands[1];
  for (const int c : e.result)
    (!contains(b, c) ? roles.rows : contains(a, c) ? roles.batch : roles.columns).push_back(c);
  for (const Letters* operand : {&a, &b})
    for (const int c : *operand) {
      if (contains(e.result, c) || contains(roles.sums, c)) continue;
      if (!contains(a, c) || !contains(b, c)) return std::nullopt;
      roles.sums.push_back(c);
    }
  if (roles.sums.empty()) return std::nullopt;
  std::ranges::sort(roles.sums);
  return roles;
}

std::optional<Contraction> contraction_of(const OpContext& ctx) {
  if (ctx.node().op_type != "Einsum" || ctx.n_inputs() != 2 || !ctx.out(0).shape.is_static())
    return std::nullopt;
  const auto e = einsum_letters(ctx);
  if (!e || repeats(e->operands[0]) || repeats(e->operands[1])) return std::nullopt;
  const auto roles = roles_of(*e);
  if (!roles) return std::nullopt;
  const auto size_of = [&](int c) {
    const int i = contains(e->operands[0], c) ? 0 : 1;
    return ctx.in(i).shape[place_of(e->operands[static_cast<std::size_t>(i)], c)];
  };
  for (int i = 0; i < 2; ++i) {
    if (!ctx.in(i).shape.is_static()) return std::nullopt;
    const Letters& operand = e->operands[static_cast<std::size_t>(i)];
    for (const int c : operand)
      if (ctx.in(i).shape[place_of(operand, c)] != size_of(c)) return std::nullopt;
  }
  const auto size_of_all = [&](const Letters& letters) {
    Checked size = 1;
    for (const int c : letters) size = size * size_of(c);
    return size.value_or(unknown_dim);
  };
  Contraction out;
  const Letters* const sides[2][2] = {{&roles->rows, &roles->sums},
                                      {&roles->sums, &roles->columns}};
  for (std::size_t i = 0; i < 2; ++i) {
    for (const Letters* letters : {&roles->batch, sides[i][0], sides[i][1]})
      for (const int c : *letters) out.order[i].push_back(place_of(e->operands[i], c));
    out.matrices[i] =
        Shape{size_of_all(roles->batch), size_of_all(*sides[i][0]), size_of_all(*sides[i][1])};
    if (!out.matrices[i].is_static()) return std::nullopt;
  }
  Letters made = roles->batch;
  made.insert(made.end(), roles->rows.begin(), roles->rows.end());
  made.insert(made.end(), roles->columns.begin(), roles->columns.end());
  out.product = Shape(std::initializer_list<Dim>{});
  for (const int c : made) out.product.push_back(size_of(c));
  for (const int c : e->result) out.back.push_back(place_of(made, c));
  return out;
}

// As matmul shows it to the other operand's batch; of fewer than three dimensions that is none.
Layout shown(const OpContext& ctx, int i, const Layout& layout) {
  const Shape &x = ctx.in(i).shape, &y = ctx.out(0).shape;
  const int rank = y.rank(), more = rank - x.rank();
  if (std::min(ctx.in(0).shape.rank(), ctx.in(1).shape.rank()) < 3 || !y.is_static() || more < 0)
    return layout;
  Layout out{y, {}};
  for (int d = rank - 2; d < rank; ++d) out.sizes[d] = x[d - more];
  for (int d = more; d < rank; ++d)
    if (x[d - more] == out.sizes[d])
      out.strides[static_cast<std::size_t>(d)] = layout.strides[static_cast<std::size_t>(d - more)];
  return out;
}

}  // namespace

std::optional<Layout> contraction_layout(const OpContext& ctx) {
  const auto contraction = contraction_of(ctx);
  if (!contraction) return std::nullopt;
  return Layout::contiguous(contraction->product).permuted(contraction->back);
}

std::int64_t copied_operand_bytes(const OpContext& ctx, int i, const Layout& layout) {
  const auto at = static_cast<std::size_t>(i);
  if (const auto contraction = contraction_of(ctx))
    return layout.permuted(contraction->order[at]).viewed(contraction->matrices[at])
               ? 0
               : bytes_of(layout.sizes.elements(), ctx.in(i).dtype).value_or(0);
  return copied_batch_bytes(shown(ctx, i, layout), ctx.in(i).dtype);
}

}  // namespace reckon
