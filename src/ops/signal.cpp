// Fourier transforms, windows, and the few operators that belong to no other family.
//
// A transform of length n counts 5·n·⌈log₂ n⌉ operations, the customary figure for a complex FFT
// (FFTW's "mflops", exact for radix 2); the definition itself would take 8·n².
#include <bit>

#include "ops/count.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

constexpr std::int64_t unknown = Constant::unknown_element;

// A one-element integer input, if its value is known.
std::optional<std::int64_t> known_int(const OpContext& ctx, int i) {
  const Constant* c = ctx.in(i).value;
  if (!foldable(c) || n_elements(*c) != 1 || int_at(*c, 0) == unknown) return std::nullopt;
  return int_at(*c, 0);
}

// `batches` = elements / (n · numbers per element), as factors that stay unknown where they are.
void fft_term(Cost& cost, Dim n, Dim batches) {
  Term& term = cost.flops.add("fft", {{"operations", 5}, {"n", n}});
  term.times("log2 n", n < 0 ? unknown_dim
                       : n < 2
                           ? 0
                           : static_cast<Dim>(std::bit_width(static_cast<std::uint64_t>(n - 1))));
  term.times("transforms", batches);
}

// The transformed axis: input 2 from opset 20, an attribute before. nullopt: not known.
Result<std::optional<int>> dft_axis(const ShapeContext& ctx, const Shape& x) {
  const bool as_input = ctx.opset() >= 20;
  std::int64_t wanted = as_input ? -2 : ctx.int_attr("axis", 1);
  if (as_input && ctx.has_input(2)) {
    const auto axis = known_int(ctx, 2);
    if (!axis) return std::nullopt;
    wanted = *axis;
  }
  const auto axis = normalize_axis(wanted, x.rank());
  if (!axis || *axis == x.rank() - 1)
    return ctx.mismatch("axis " + std::to_string(wanted) + " is out of range for " + to_string(x));
  return axis;
}

// x[*X,1 or 2] dft_length[]? axis[]? -> y[*Y,2]; the last dimension is real and imaginary part.
Status dft_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape& xs = x.shape;
  if (!xs.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  if (xs.rank() < 2 || xs[xs.rank() - 1] > 2 || xs[xs.rank() - 1] == 0)
    return ctx.mismatch("the input is " + to_string(xs) + "; expected …×1 or …×2");
  RECKON_ASSIGN(const auto axis, dft_axis(ctx, xs));
  const bool onesided = ctx.int_attr("onesided", 0) != 0;
  const bool to_real = onesided && ctx.int_attr("inverse", 0) != 0;
  // Without a length of its own, a two-sided transform keeps every size, whatever the axis.
  const bool keeps_sizes = axis || (!onesided && !ctx.has_input(1));
  Shape y = keeps_sizes ? xs : Shape::of_rank(xs.rank());
  y[y.rank() - 1] = to_real ? 1 : 2;
  if (axis) {
    Dim n = xs[*axis];
    if (to_real && n >= 0) n = n < 2 ? 0 : (Checked(n - 1) * 2).value_or(unknown_dim);
    if (ctx.has_input(1)) {
      const auto length = known_int(ctx, 1);
      if (length && *length < 1)
        return ctx.mismatch("dft_length = " + std::to_string(*length) + " is below 1");
      n = length.value_or(unknown_dim);
    }
    y[*axis] = onesided && !to_real && n >= 0 ? n / 2 + 1 : n;
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

void dft_cost(const OpContext& ctx, Cost& cost) {
  const Shape &x = ctx.in(0).shape, &y = ctx.out(0).shape;
  const std::int64_t wanted = ctx.opset() >= 20
                                  ? (ctx.has_input(2) ? known_int(ctx, 2).value_or(x.rank()) : -2)
                                  : ctx.int_attr("axis", 1);
  const auto axis = x.has_rank() ? normalize_axis(wanted, x.rank()) : std::nullopt;
  if (!axis || y.rank() != x.rank()) return fft_term(cost, unknown_dim, unknown_dim);
  const bool full = ctx.int_attr("onesided", 0) == 0 || ctx.int_attr("inverse", 0) != 0;
  const Dim n = ctx.has_input(1) ? known_int(ctx, 1).value_or(unknown_dim)
                : full           ? y[*axis]
                                 : x[*axis];
  Shape others = x;
  others[*axis] = 1;
  others[x.rank() - 1] = 1;
  fft_term(cost, n, product(others.dims()));
}

// ONNX Runtime's Rfft and Irfft, along the last dimension of the signal: x[*,n] -> y[*,n/2+1,2],
// and back. A transform of n real numbers is counted as one of n/2 complex ones.
template <bool Inverse>
Status real_fft_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() < (Inverse ? 2 : 1))
    return ctx.mismatch("the input is " + to_string(x) + "; expected a signal");
  Shape y;
  if (x.has_rank() && x.rank() < Shape::max_rank) {
    y = Shape(x.dims().first(static_cast<std::size_t>(x.rank() - (Inverse ? 1 : 0))));
    Dim& n = y[y.rank() - 1];
    if (n >= 0) n = Inverse ? (n < 2 ? 0 : (Checked(n - 1) * 2).value_or(unknown_dim)) : n / 2 + 1;
    if (!Inverse) y.push_back(2);
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

template <bool Inverse>
void real_fft_cost(const OpContext& ctx, Cost& cost) {
  Shape real = (Inverse ? ctx.out(0) : ctx.in(0)).shape;
  if (real.rank() < 1) return fft_term(cost, unknown_dim, unknown_dim);
  Dim& last = real[real.rank() - 1];
  const Dim n = last;
  last = 1;
  const Dim transforms = product(real.dims());
  fft_term(cost, n < 0 ? n : n / 2, transforms);
}

// The length of a frame: input 3, or the length of the window.
Dim frame_length(const OpContext& ctx) {
  if (ctx.has_input(3)) return known_int(ctx, 3).value_or(unknown_dim);
  return ctx.in(2).shape.rank() == 1 ? ctx.in(2).shape[0] : unknown_dim;
}

// signal[N,L,1 or 2] step[] window[n]? length[]? -> y[N,frames,bins,2]
Status stft_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (x.shape.has_rank() && x.shape.rank() != 3)
    return ctx.mismatch("the signal is " + to_string(x.shape) + "; expected N×length×1 or 2");
  const auto step = known_int(ctx, 1);
  if (step && *step < 1)
    return ctx.mismatch("frame_step = " + std::to_string(*step) + " is below 1");
  const Dim n = frame_length(ctx);
  const Dim length = x.shape.has_rank() ? x.shape[1] : unknown_dim;
  if (n == 0 || (n > 0 && length >= 0 && n > length))
    return ctx.mismatch("a frame of " + std::to_string(n) + " does not fit a signal of " +
                        std::to_string(length));
  Shape y = Shape::of_rank(4);
  y[0] = x.shape.has_rank() ? x.shape[0] : unknown_dim;
  if (step && n > 0 && length >= 0) y[1] = (length - n) / *step + 1;
  if (n > 0) y[2] = ctx.int_attr("onesided", 1) != 0 ? n / 2 + 1 : n;
  y[3] = 2;
  ctx.set_out(0, x.dtype, y);
  return {};
}

void stft_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  const Dim n = frame_length(ctx);
  const Dim frames = y.rank() == 4 ? product(y.dims().first(2)) : unknown_dim;
  if (ctx.has_input(2)) cost.flops.add("window", {{"n", n}, {"frames", frames}});
  fft_term(cost, n, frames);
}

// --- Windows and filter banks ---------------------------------------------------------------

Result<DType> output_type(const ShapeContext& ctx) {
  const std::int64_t type = ctx.int_attr("output_datatype", 1);
  if (type < 0 || type > last_dtype)
    return ctx.mismatch("output_datatype = " + std::to_string(type) + " is no element type");
  return static_cast<DType>(type);
}

Status window_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const DType type, output_type(ctx));
  const auto n = known_int(ctx, 0);
  if (n && *n < 0) return ctx.mismatch("a size of " + std::to_string(*n) + " is negative");
  ctx.set_out(0, type, Shape{n.value_or(unknown_dim)});
  return {};
}

// a₀ − a₁ cos(2πn/N): scale, cosine, multiply, subtract.
void cosine_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, 4);
}
// a₀ − a₁ cos(2πn/N) + a₂ cos(4πn/N): twice the same.
void blackman_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, 8);
}

// num_mel_bins[] dft_length[] sample_rate[] lower[] upper[] -> y[dft_length/2 + 1, num_mel_bins]
Status mel_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const DType type, output_type(ctx));
  const auto bins = known_int(ctx, 0), length = known_int(ctx, 1);
  if ((bins && *bins < 0) || (length && *length < 0))
    return ctx.mismatch("num_mel_bins and dft_length cannot be negative");
  ctx.set_out(0, type, Shape{length ? *length / 2 + 1 : unknown_dim, bins.value_or(unknown_dim)});
  return {};
}

// One difference and one division per weight of the triangular filters, at most.
void mel_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, 2);
}

// --- Images and matrices --------------------------------------------------------------------

// bytes[n] -> image[H,W,C]
Status decoder_shape(ShapeContext& ctx) {
  const auto format = ctx.string_attr("pixel_format", "RGB");
  ctx.set_out(0, DType::uint8, Shape{unknown_dim, unknown_dim, format == "Grayscale" ? 1 : 3});
  return {};
}

// Entropy decoding and the inverse cosine transform depend on the file.
void decoder_cost(const OpContext&, Cost& cost) {
  cost.int_ops.add("decoding", {{"operations", unknown_dim}});
}

// x[*B,M,M] -> y[*B]
Status det_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank()) {
    ctx.set_out(0, ctx.in(0).dtype, Shape());
    return {};
  }
  const int r = x.rank();
  if (r < 2 || (x[r - 1] >= 0 && x[r - 2] >= 0 && x[r - 1] != x[r - 2]))
    return ctx.mismatch("the input is " + to_string(x) + "; expected square matrices");
  ctx.set_out(0, ctx.in(0).dtype, Shape(x.dims().first(static_cast<std::size_t>(r - 2))));
  return {};
}

// LU decomposition: for k = 1 … M−1 there are k divisions and k² multiply-subtracts, in all
// M(M−1)/2 + (M−1)·M·(2M−1)/3; then M−1 products along the diagonal.
void det_cost(const OpContext& ctx, Cost& cost) {
  const Shape &x = ctx.in(0).shape, &y = ctx.out(0).shape;
  const Dim m = x.rank() < 2 ? unknown_dim : std::max(x[x.rank() - 1], x[x.rank() - 2]);
  const Dim matrices = y.has_rank() ? product(y.dims()) : unknown_dim;
  constexpr Dim exact_below = 1 << 20;  // the cube of this, times two, fits
  Dim per_matrix = unknown_dim;
  if (m >= 0 && m < exact_below)
    per_matrix = m == 0 ? 0 : m * (m - 1) / 2 + (m - 1) * m * (2 * m - 1) / 3 + m - 1;
  cost.flops.add("LU", {{"operations", per_matrix}, {"matrices", matrices}});
}

// PyTorch's linalg_det keeps the matrix, the result, the decomposition and its pivots (int32).
void det_saved(const OpContext& ctx, Saved& saved) {
  const Tensor& x = ctx.in(0);
  saved.inputs = 1;
  saved.outputs = 1;
  count_elements(saved.extra_bytes, "LU", x.shape, bits(x.dtype) / 8);
  if (x.shape.rank() >= 2)
    count_elements(saved.extra_bytes, "pivots",
                   Shape(x.shape.dims().first(static_cast<std::size_t>(x.shape.rank() - 1))), 4);
}

constexpr OpDef rows[] = {
    {.name = "DFT",
     .signature = "x[*X] dft_length:setting[]? axis:setting[]? -> y[*Y]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::special},
     .shape = dft_shape,
     .cost = dft_cost},
    {.name = "Rfft",
     .signature = "x[*X,n] -> y[*X,n/2+1,2]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::special},
     .shape = real_fft_shape<false>,
     .cost = real_fft_cost<false>,
     .domain = "com.microsoft"},
    {.name = "Irfft",
     .signature = "x[*X,n/2+1,2] -> y[*X,n]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::special},
     .shape = real_fft_shape<true>,
     .cost = real_fft_cost<true>,
     .domain = "com.microsoft"},
    {.name = "STFT",
     .signature = "signal[N,L,c] frame_step:setting[] window:table[n]? frame_length:setting[]? -> "
                  "y[N,frames,bins,2]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::special},
     .shape = stft_shape,
     .cost = stft_cost},
    {.name = "HannWindow",
     .signature = "size:setting[] -> y[n]",
     .nature = {OpKind::signal, Space::nothing, Functions::special},
     .shape = window_shape,
     .cost = cosine_cost},
    {.name = "HammingWindow",
     .signature = "size:setting[] -> y[n]",
     .nature = {OpKind::signal, Space::nothing, Functions::special},
     .shape = window_shape,
     .cost = cosine_cost},
    {.name = "BlackmanWindow",
     .signature = "size:setting[] -> y[n]",
     .nature = {OpKind::signal, Space::nothing, Functions::special},
     .shape = window_shape,
     .cost = blackman_cost},
    {.name = "MelWeightMatrix",
     .signature = "num_mel_bins:setting[] dft_length:setting[] sample_rate:setting[] "
                  "lower:setting[] upper:setting[] -> y[n,m]",
     .nature = {OpKind::signal, Space::nothing, Functions::special},
     .shape = mel_shape,
     .cost = mel_cost},
    {.name = "ImageDecoder",
     .signature = "bytes[n] -> image[H,W,C]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::special},
     .shape = decoder_shape,
     .cost = decoder_cost},
    {.name = "Det",
     .signature = "x[*B,M,M] -> y[*B]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::simple},
     .shape = det_shape,
     .cost = det_cost,
     .saved = det_saved},
};

}  // namespace

constinit const std::span<const OpDef> signal_ops(rows);

}  // namespace reckon
