// Adding a border to a tensor, or cutting one off. A copy; nothing is computed.
//
// Rules: ONNX operator specification. The pads of Pad are an attribute up to opset 10, an input
// since 11; axes exist since 18. Negative pads crop.
#include <string>

#include "ops/block.h"
#include "ops/dims.h"
#include "ops/families.h"

namespace reckon {
namespace {

// Elements before and after each dimension; Constant::unknown_element where nobody knows.
struct Border {
  std::array<std::int64_t, Shape::max_rank> begin{}, end{};
};

// The dimensions that an operator names in `axes` (all, in order, where it names none).
// nullopt: named by an input that is not known.
Result<std::optional<std::vector<int>>> named_axes(const ShapeContext& ctx, int input, int rank) {
  std::vector<int> axes;
  const auto list = ctx.ints_from("axes", input);
  if (!list.known) return std::nullopt;
  if (!list.present) {
    for (int i = 0; i < rank; ++i) axes.push_back(i);
    return axes;
  }
  for (const std::int64_t axis : list.values) {
    RECKON_ASSIGN(const int i, axis_of(ctx, axis, rank));
    axes.push_back(i);
  }
  return axes;
}

Result<Border> read_border(const ShapeContext& ctx, int rank) {
  Border border;
  const PartialInts pads = partial_ints(ctx, "pads", 1);
  RECKON_ASSIGN(const auto axes, named_axes(ctx, 3, rank));
  if (!pads || !axes) {
    border.begin.fill(Constant::unknown_element);
    border.end.fill(Constant::unknown_element);
    return border;
  }
  if (pads->size() != 2 * axes->size())
    return ctx.mismatch("pads has " + std::to_string(pads->size()) + " entries, expected " +
                        std::to_string(2 * axes->size()));
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const auto at = static_cast<std::size_t>((*axes)[i]);
    border.begin[at] = (*pads)[i];
    border.end[at] = (*pads)[i + axes->size()];
  }
  return border;
}

// y = begin + x + end in each dimension.
Status pad_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  RECKON_ASSIGN(const Border border, read_border(ctx, x.shape.rank()));
  Shape y = x.shape;
  for (int i = 0; i < y.rank(); ++i) {
    const std::int64_t begin = border.begin[static_cast<std::size_t>(i)];
    const std::int64_t end = border.end[static_cast<std::size_t>(i)];
    y[i] = unknown_dim;
    if (x.shape[i] < 0 || begin == Constant::unknown_element || end == Constant::unknown_element) {
      if (begin == 0 && end == 0) y[i] = x.shape[i];
      continue;
    }
    RECKON_ASSIGN(y[i], (Checked(x.shape[i]) + Checked(begin) + Checked(end))
                            .get("an output dimension of Pad", ctx.node().name));
    if (y[i] < 0)
      return ctx.mismatch("pads of " + std::to_string(begin) + " and " + std::to_string(end) +
                          " leave nothing of dimension " + std::to_string(i) + ", which is " +
                          std::to_string(x.shape[i]));
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// mode=constant only: the others need the neighbours, and no shape arithmetic uses them.
void pad_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !fits(ctx.in(0).value->dtype, y)) return;
  if (ctx.string_attr("mode", "constant") != "constant") return;
  const Constant& x = *ctx.in(0).value;
  const auto border = read_border(ctx, y.rank());
  if (!border) return;
  Constant out = like(x.dtype, y);
  const std::int64_t n = n_elements(out);
  for (std::int64_t i = 0; i < n; ++i) {
    if (foldable(ctx, 2))
      copy_element(*ctx.in(2).value, 0, out, i);
    else if (!ctx.has_input(2))
      set_float(out, i, ctx.float_attr("value", 0.0));
  }
  const bool empty = n_elements(x) == 0;
  Walk from = walk_of(x.shape), into = walk_of(y);
  Shape box = x.shape;
  for (int i = 0; i < y.rank() && !empty; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t begin = border->begin[at], end = border->end[at];
    const std::int64_t cut = std::max<std::int64_t>(-begin, 0);
    box[i] = std::max<Dim>(x.shape[i] - cut - std::max<std::int64_t>(-end, 0), 0);
    if (box[i] == 0) continue;  // cropped away: the offsets are not used
    from.offset += cut * from.stride[at];
    into.offset += std::max<std::int64_t>(begin, 0) * into.stride[at];
  }
  if (!empty) copy_block(x, from, out, into, box);
  ctx.set_value(0, std::move(out));
}

// x[*S] shape[k] -> y: the named axes are cropped or padded around the centre to the given sizes.
Status center_crop_pad_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  Shape y = x.shape;
  RECKON_ASSIGN(const auto axes, named_axes(ctx, 2, y.rank()));
  const PartialInts sizes = partial_ints(ctx, 1);
  if (sizes && sizes->size() != axes->size())
    return ctx.mismatch("shape has " + std::to_string(sizes->size()) + " entries for " +
                        std::to_string(axes->size()) + " axes");
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const std::int64_t size = sizes ? (*sizes)[i] : Constant::unknown_element;
    if (size < 0 && size != Constant::unknown_element)
      return ctx.mismatch("shape has an entry of " + std::to_string(size));
    y[(*axes)[i]] = size < 0 ? unknown_dim : size;
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

constexpr OpDef rows[] = {
    {.name = "Pad",
     .signature = "x[*S] pads:setting[2·rank]? value:setting[]? axes:setting[k]? -> y[*O]",
     .nature = {OpKind::layout, Space::padded},
     .shape = pad_shape,
     .fold = pad_fold},
    {.name = "CenterCropPad",
     .signature = "x[*S] shape:setting[k] -> y[*O]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = center_crop_pad_shape},
};

}  // namespace

constinit const std::span<const OpDef> pad_ops(rows);

}  // namespace reckon
