// Sampling an image at computed places: grids, regions of interest, deformed windows; and folding
// columns back into an image.
//
// Counting: a bilinear sample is a weighted sum of 2^d neighbours, 2^d products and 2^d − 1
// additions (7 for d = 2); a cubic one of 4^d (31). Sources: ONNX operator specification; PyTorch,
// derivatives.yaml (grid_sampler, im2col); torchvision, roi_align, deform_conv2d.
#include <string>

#include "ops/dims.h"
#include "ops/families.h"
#include "ops/window.h"

namespace reckon {
namespace {

Status check_rank_is(const ShapeContext& ctx, std::string_view what, const Shape& shape, int rank) {
  if (!shape.has_rank() || shape.rank() == rank) return {};
  return ctx.mismatch(std::string(what) + " is " + to_string(shape) + "; expected " +
                      std::to_string(rank) + " dimensions");
}

Status check_same(const ShapeContext& ctx, std::string_view what, Dim a, Dim b) {
  if (may_equal(a, b)) return {};
  return ctx.mismatch(std::string(what) + ": " + std::to_string(a) + " against " +
                      std::to_string(b));
}

// taps^d products and taps^d − 1 additions.
Dim interpolation(Dim taps, int d) {
  Dim n = 1;
  for (int i = 0; i < d; ++i) n *= taps;
  return 2 * n - 1;
}

// C · *S · N of an image, under the names of outputs.
void times_image(Term& term, const Shape& y) {
  if (!y.has_rank() || y.rank() < 2) {
    term.times("elements", unknown_dim);
    return;
  }
  term.times("C", y[1]);
  for (int i = 2; i < y.rank(); ++i) term.times(out_name(i - 2, y.rank() - 2), y[i]);
  term.times("N", y[0]);
}

// x[N,C,*S] grid:table[N,*O,d] -> y[N,C,*O]
Status grid_sample_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape &xs = x.shape, &grid = ctx.in(1).shape;
  if (xs.has_rank() && xs.rank() < 3)
    return ctx.mismatch("the input is " + to_string(xs) + "; expected N×C×spatial");
  if (xs.has_rank()) RECKON_TRY(check_rank_is(ctx, "the grid", grid, xs.rank()));
  if (grid.has_rank() && grid.rank() < 3)
    return ctx.mismatch("the grid is " + to_string(grid) + "; expected N×places×coordinates");
  const int rank = std::max(xs.rank(), grid.rank());
  if (rank < 0) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  Shape y = Shape::of_rank(rank);
  if (grid.has_rank()) {
    RECKON_TRY(check_same(ctx, "coordinates of the grid and spatial dimensions", grid[rank - 1],
                          rank - 2));
    for (int i = 2; i < rank; ++i) y[i] = grid[i - 1];
    y[0] = grid[0];
  }
  if (xs.has_rank()) {
    if (grid.has_rank()) RECKON_TRY(check_same(ctx, "batch of input and grid", xs[0], grid[0]));
    y[0] = known_of(xs[0], y[0]);
    y[1] = xs[1];
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Each coordinate is scaled to pixels once per place (an addition, a product); each place is then
// interpolated in every channel.
void grid_sample_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  const int d = y.has_rank() ? y.rank() - 2 : 0;
  Term& places = cost.flops.add("coordinates", {{"operations", 2}, {"coordinates", d}});
  if (!y.has_rank()) places.times("places", unknown_dim);
  for (int i = 0; i < d; ++i) places.times(out_name(i, d), y[i + 2]);
  if (y.has_rank()) places.times("N", y[0]);
  const std::string_view mode = ctx.string_attr("mode", "linear");
  if (mode == "nearest") return;
  const Dim taps = mode == "cubic" || mode == "bicubic" ? 4 : 2;
  times_image(cost.flops.add("interpolation", {{"operations", interpolation(taps, d)}}), y);
}

void grid_sample_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b11;
}

// theta[N,d,d+1] size[d+2] -> grid[N,*O,d]
Status affine_grid_shape(ShapeContext& ctx) {
  const Tensor& theta = ctx.in(0);
  RECKON_TRY(check_rank_is(ctx, "theta", theta.shape, 3));
  const PartialInts size = partial_ints(ctx, 1);
  if (!size) {
    ctx.set_out(0, theta.dtype, Shape());
    return {};
  }
  if (size->size() != 4 && size->size() != 5)
    return ctx.mismatch("size has " + std::to_string(size->size()) + " entries, expected 4 or 5");
  const int d = static_cast<int>(size->size()) - 2;
  Shape y = Shape::of_rank(d + 2);
  const auto entry = [&](std::size_t i) {
    return (*size)[i] == Constant::unknown_element ? unknown_dim : (*size)[i];
  };
  y[0] = entry(0);
  for (int i = 0; i < d; ++i) y[i + 1] = entry(static_cast<std::size_t>(i) + 2);
  y[d + 1] = d;
  for (const Dim dim : y.dims())
    if (dim < unknown_dim) return ctx.mismatch("size has an entry of " + std::to_string(dim));
  if (theta.shape.has_rank()) {
    RECKON_TRY(check_same(ctx, "batch of theta and size", theta.shape[0], y[0]));
    RECKON_TRY(check_same(ctx, "rows of theta and spatial dimensions", theta.shape[1], d));
    RECKON_TRY(check_same(ctx, "columns of theta", theta.shape[2], d + 1));
    y[0] = known_of(y[0], theta.shape[0]);
  }
  ctx.set_out(0, theta.dtype, y);
  return {};
}

// A matrix product: every place (x, y, 1) times theta.
void affine_grid_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  Term& macs = cost.macs.add();
  macs.operand_a = 0;
  if (!y.has_rank()) {
    macs.times("places", unknown_dim);
    return;
  }
  const int d = y.rank() - 2;
  macs.times("d+1", d + 1).times("d", d);
  for (int i = 0; i < d; ++i) macs.times(out_name(i, d), y[i + 1]);
  macs.times("N", y[0]);
}

// PyTorch: the product keeps the places, d + 1 coordinates each, which are made inside.
void affine_grid_saved(const OpContext& ctx, Saved& saved) {
  const Tensor& y = ctx.out(0);
  Term& places = saved.extra_bytes.add("places");
  if (!y.shape.has_rank() || bits(y.dtype) == 0) {
    places.times("bytes", unknown_dim);
    return;
  }
  const int d = y.shape.rank() - 2;
  places.times("bytes per element", bits(y.dtype) / 8).times("d+1", d + 1);
  for (int i = 0; i < d; ++i) places.times(out_name(i, d), y.shape[i + 1]);
  places.times("N", y.shape[0]);
}

// x[N,C,H,W] rois[R,·] -> y[R,C,height,width]
Status region_shape(ShapeContext& ctx, Dim height, Dim width, Dim columns) {
  const Tensor& x = ctx.in(0);
  const Shape& rois = ctx.in(1).shape;
  RECKON_TRY(check_rank_is(ctx, "the input", x.shape, 4));
  RECKON_TRY(check_rank_is(ctx, "the list of regions", rois, 2));
  if (height < 1 || width < 1)
    return ctx.mismatch("regions cannot be pooled to " + std::to_string(height) + "×" +
                        std::to_string(width));
  Shape y = Shape::of_rank(4);
  if (rois.has_rank()) {
    RECKON_TRY(check_same(ctx, "columns of the list of regions", rois[1], columns));
    y[0] = rois[0];
  }
  if (x.shape.has_rank()) y[1] = x.shape[1];
  y[2] = height;
  y[3] = width;
  ctx.set_out(0, x.dtype, y);
  return {};
}

Status roi_align_shape(ShapeContext& ctx) {
  const Shape &rois = ctx.in(1).shape, &batch = ctx.in(2).shape;
  RECKON_TRY(check_rank_is(ctx, "batch_indices", batch, 1));
  if (rois.rank() == 2 && batch.has_rank())
    RECKON_TRY(check_same(ctx, "regions and batch indices", rois[0], batch[0]));
  return region_shape(ctx, ctx.int_attr("output_height", 1), ctx.int_attr("output_width", 1), 4);
}

// sampling_ratio² bilinear samples (7 operations each) per output, and one more operation each to
// reduce them. With sampling_ratio 0 their number follows the size of the region: unknown.
void roi_align_cost(const OpContext& ctx, Cost& cost) {
  const Dim ratio = ctx.int_attr("sampling_ratio", 0);
  Term& term = cost.flops.add({{"operations per sample", 8}});
  const Dim samples = ratio > 0 ? ratio : unknown_dim;
  term.times("s_h", samples).times("s_w", samples);
  times_image(term, ctx.out(0).shape);
}

// torchvision keeps the regions and their batch indices, not the image.
void roi_align_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b110;
}

Status max_roi_pool_shape(ShapeContext& ctx) {
  const auto size = ctx.ints_attr("pooled_shape");
  if (size.size() != 2)
    return ctx.mismatch("pooled_shape has " + std::to_string(size.size()) + " entries, expected 2");
  return region_shape(ctx, size[0], size[1], 5);
}

// As many comparisons as the regions have elements.
void max_roi_pool_cost(const OpContext& ctx, Cost& cost) {
  Term& term = cost.flops.add({{"elements per bin", unknown_dim}});
  times_image(term, ctx.out(0).shape);
}

// torchvision, roi_pool: the regions and the place of each maximum (int32).
void max_roi_pool_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b10;
  times_image(saved.extra_bytes.add("places", {{"bytes per index", 4}}), ctx.out(0).shape);
}

// x[N,C·k,L] image_shape[d] block_shape[d] -> y[N,C,*image], k = Π block, L = number of blocks.
Status col_to_im_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  RECKON_TRY(check_rank_is(ctx, "the input", x.shape, 3));
  const PartialInts image = partial_ints(ctx, 1), block = partial_ints(ctx, 2);
  if (!image) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  const int d = static_cast<int>(std::min<std::size_t>(image->size(), Shape::max_rank));
  RECKON_TRY(check_rank(ctx, static_cast<std::int64_t>(image->size()) + 2));
  if (block && block->size() != image->size())
    return ctx.mismatch("block_shape has " + std::to_string(block->size()) +
                        " entries, image_shape " + std::to_string(image->size()));
  std::vector<Dim> kernel(static_cast<std::size_t>(d), unknown_dim);
  Shape y = Shape::of_rank(d + 2);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const std::int64_t size = (*image)[i];
    const std::int64_t k = block ? (*block)[i] : Constant::unknown_element;
    if ((size < 0 && size != Constant::unknown_element) ||
        (k < 1 && k != Constant::unknown_element))
      return ctx.mismatch("image_shape and block_shape must not be negative");
    if (size >= 0) y[static_cast<int>(i) + 2] = size;
    if (k >= 1) kernel[i] = k;
  }
  RECKON_ASSIGN(const Window window, read_window(ctx, d, kernel));
  Shape blocks = Shape::of_rank(d);
  for (int i = 0; i < d; ++i) {
    RECKON_ASSIGN(blocks[i], window_output(ctx, window, i, y[i + 2]));
  }
  if (x.shape.has_rank()) {
    RECKON_ASSIGN(const Dim k, total(ctx, kernel, "the block"));
    RECKON_ASSIGN(const Dim n_blocks, total(ctx, blocks.dims(), "the number of blocks"));
    RECKON_TRY(check_same(ctx, "columns and blocks", x.shape[2], n_blocks));
    y[0] = x.shape[0];
    if (x.shape[1] >= 0 && k > 0 && x.shape[1] % k != 0)
      return ctx.mismatch(std::to_string(x.shape[1]) + " rows are not a multiple of a block of " +
                          std::to_string(k));
    if (x.shape[1] >= 0 && k > 0) y[1] = x.shape[1] / k;
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Every element of the columns is added to the image.
void col_to_im_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  if (x.rank() == 3)
    cost.flops.add({{"C·k", x[1]}, {"L", x[2]}, {"N", x[0]}});
  else
    cost.flops.add({{"elements", unknown_dim}});
}

// x[N,C_in,*S] w[C_out,C_in/g,*K] offset[N,go·k·d,*O] b[C_out]? mask[N,go·k,*O]? -> y[N,C_out,*O]
Status deform_conv_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape &xs = x.shape, &ws = ctx.in(1).shape, &offset = ctx.in(2).shape;
  if (!xs.has_rank() || !ws.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  if (xs.rank() < 3)
    return ctx.mismatch("the input is " + to_string(xs) + "; expected N×C×spatial");
  RECKON_TRY(check_rank_is(ctx, "the weight", ws, xs.rank()));
  RECKON_TRY(check_rank_is(ctx, "the offset", offset, xs.rank()));
  const Dim group = ctx.int_attr("group", 1), offset_group = ctx.int_attr("offset_group", 1);
  if (group < 1 || offset_group < 1)
    return ctx.mismatch("groups must be at least 1, not " +
                        std::to_string(std::min(group, offset_group)));
  RECKON_ASSIGN(const Dim expected,
                total(ctx, std::array<Dim, 2>{ws[1], group}, "the number of channels"));
  RECKON_TRY(check_same(ctx, "channels of the input and of the weight", xs[1], expected));
  const int d = xs.rank() - 2;
  const auto kernel = ws.dims().subspan(2);
  RECKON_ASSIGN(const Window window, read_window(ctx, d, kernel));
  Shape y = xs;
  y[1] = ws[0];
  for (int i = 0; i < d; ++i) {
    RECKON_ASSIGN(y[i + 2], window_output(ctx, window, i, xs[i + 2]));
    if (!offset.has_rank()) continue;
    RECKON_TRY(check_same(ctx, "offsets and outputs", offset[i + 2], y[i + 2]));
    y[i + 2] = known_of(y[i + 2], offset[i + 2]);
  }
  if (offset.has_rank()) {
    RECKON_ASSIGN(const Dim k, total(ctx, kernel, "the kernel"));
    RECKON_ASSIGN(const Dim rows, total(ctx, std::array<Dim, 3>{k, offset_group, d}, "offsets"));
    RECKON_TRY(check_same(ctx, "channels of the offset", offset[1], rows));
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Every element of every window is first sampled (bilinear), scaled by the mask, then multiplied
// into the weight as in Conv.
void deform_conv_cost(const OpContext& ctx, Cost& cost) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &y = ctx.out(0).shape;
  Term& macs = cost.macs.add();
  macs.operand_a = Term::inner;
  macs.operand_b = 1;
  if (!x.has_rank() || !y.has_rank() || !w.has_rank()) {
    macs.times("C_in/g", unknown_dim);
    return;
  }
  const int d = y.rank() - 2;
  const auto windows = [&](Term& term) {
    for (int i = 0; i < d; ++i) term.times(kernel_name(i, d), w[i + 2]);
    for (int i = 0; i < d; ++i) term.times(out_name(i, d), y[i + 2]);
    term.times("N", y[0]);
  };
  windows(macs.times("C_in/g", w[1]).times("C_out", y[1]));
  windows(cost.flops.add("sampling", {{"operations", interpolation(2, d)}, {"C_in", x[1]}}));
  if (ctx.has_input(4)) windows(cost.flops.add("mask", {{"C_in", x[1]}}));
  if (ctx.has_input(3)) times_image(cost.flops.add("bias"), y);
}

void deform_conv_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b11111;
}

constexpr OpDef rows[] = {
    {.name = "GridSample",
     .signature = "x[N,C,*S] grid:table[N,*O,d] -> y[N,C,*O]",
     .nature = {OpKind::resampling, Space::not_modelled, Functions::simple},
     .shape = grid_sample_shape,
     .cost = grid_sample_cost,
     .saved = grid_sample_saved},
    {.name = "GridSample",
     .signature = "x[N,C,*S] grid:table[N,*O,d] -> y[N,C,*O]",
     .nature = {OpKind::resampling, Space::not_modelled, Functions::simple},
     .shape = grid_sample_shape,
     .cost = grid_sample_cost,
     .saved = grid_sample_saved,
     .domain = "com.microsoft"},
    {.name = "AffineGrid",
     .signature = "theta[N,d,d+1] size:setting[d+2] -> grid[N,*O,d]",
     .nature = {OpKind::resampling, Space::not_modelled, Functions::simple},
     .shape = affine_grid_shape,
     .cost = affine_grid_cost,
     .saved = affine_grid_saved},
    {.name = "RoiAlign",
     .signature = "x[N,C,H,W] rois[R,4] batch_indices:index[R] -> y[R,C,H_out,W_out]",
     .nature = {OpKind::resampling, Space::not_modelled, Functions::simple},
     .shape = roi_align_shape,
     .cost = roi_align_cost,
     .saved = roi_align_saved},
    {.name = "MaxRoiPool",
     .signature = "x[N,C,H,W] rois[R,5] -> y[R,C,H_out,W_out]",
     .nature = {OpKind::pooling, Space::not_modelled, Functions::simple},
     .shape = max_roi_pool_shape,
     .cost = max_roi_pool_cost,
     .saved = max_roi_pool_saved},
    {.name = "Col2Im",
     .signature = "x[N,C·k,L] image_shape:setting[d] block_shape:setting[d] -> y[N,C,*O]",
     .nature = {OpKind::resampling, Space::not_modelled, Functions::simple},
     .shape = col_to_im_shape,
     .cost = col_to_im_cost},
    {.name = "DeformConv",
     .signature = "x[N,C_in,*S] w:weight[C_out,C_in/g,*K] offset[N,g_o·k·d,*O] b:weight[C_out]? "
                  "mask[N,g_o·k,*O]? -> y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = deform_conv_shape,
     .cost = deform_conv_cost,
     .saved = deform_conv_saved},
};

}  // namespace

constinit const std::span<const OpDef> grid_ops(rows);

}  // namespace reckon
