#include "ops/sequence_shapes.h"

#include <algorithm>

namespace reckon {

Dim Sequence::length() const {
  Checked n = 0;
  for (const Run& run : runs) n += run.count;
  return n.value_or(INT64_MAX);
}

const Shape* Sequence::at(std::int64_t i) const {
  if (i < 0) return nullptr;
  for (const Run& run : runs) {
    if (i < run.count) return &run.shape;
    i -= run.count;
  }
  return nullptr;
}

void Sequence::append(Dim count, const Shape& shape) {
  if (count < 1) return;
  if (!runs.empty() && runs.back().shape == shape)
    runs.back().count = (Checked(runs.back().count) + count).value_or(INT64_MAX);
  else
    runs.push_back({count, shape});
}

Shape Sequence::common() const {
  if (runs.empty()) return {};
  Shape shape = runs.front().shape;
  for (const Run& run : runs) shape = common_shape(shape, run.shape);
  return shape;
}

Shape common_shape(const Shape& a, const Shape& b) {
  if (!a.has_rank() || a.rank() != b.rank()) return {};
  Shape out = a;
  for (int i = 0; i < a.rank(); ++i)
    if (a[i] != b[i]) out[i] = unknown_dim;
  return out;
}

std::optional<Sequence> sequence_in(const Constant& rows) {
  if (rows.shape.rank() != 2 || rows.shape[1] < 2) return std::nullopt;
  const auto width = static_cast<std::size_t>(rows.shape[1]);
  if (rows.ints.size() % width != 0) return std::nullopt;
  Sequence sequence;
  for (std::size_t at = 0; at < rows.ints.size(); at += width) {
    const std::int64_t rank = rows.ints[at + 1];
    if (rank >= static_cast<std::int64_t>(width) - 1 || rank > Shape::max_rank) return std::nullopt;
    Shape shape;
    if (rank >= 0)
      shape = Shape(std::span(rows.ints).subspan(at + 2, static_cast<std::size_t>(rank)));
    sequence.append(rows.ints[at], shape);
  }
  return sequence;
}

std::optional<Constant> value_of(const Sequence& sequence) {
  int rank = 0;
  for (const Sequence::Run& run : sequence.runs) rank = std::max(rank, run.shape.rank());
  const auto n = static_cast<std::int64_t>(sequence.runs.size());
  if (n * (rank + 2) > Constant::max_elements) return std::nullopt;
  Constant rows{DType::int64, Shape{n, rank + 2}, {}, {}};
  for (const Sequence::Run& run : sequence.runs) {
    rows.ints.push_back(run.count);
    rows.ints.push_back(run.shape.rank());
    for (int i = 0; i < rank; ++i) rows.ints.push_back(i < run.shape.rank() ? run.shape[i] : 0);
  }
  return rows;
}

void set_sequence(ShapeContext& ctx, int i, DType dtype, const Sequence& sequence) {
  ctx.set_out(i, dtype, Shape());
  if (auto value = value_of(sequence)) ctx.set_value(i, *std::move(value));
}

}  // namespace reckon
