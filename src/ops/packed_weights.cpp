// Products with weights that are stored in a few bits (com.microsoft, ContribOperators.md): each
// weight is dequantised once, one product per element, as MatMulNBits in quantized.cpp.
//
//   MatMulBnb4                     a[*,K] · w[N,K] of 4 bits in blocks; transB = 0 multiplies by
//   [N,K] MatMulFpQ4                     a · w, whose shape is an input
//   MatMulBlockQuantizedFp4Weight  w[N,K/2], two to a byte; …Fp8Weight  w[N,K]
//   MatMulNBitsMlp                 act(a·gate) ⊙ (a·up), after an RMS norm (of a + skip)
//   MatMulNBitsQkv                 three products of the same normalised input
//   GatherBlockQuantized           an embedding that is dequantised where it is read
//   DynamicQuantizeLSTM            both products of an LSTM on inputs quantised at run time
#include <string>

#include "ops/activation_cost.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

// All dimensions of a but the last.
Dim rows_of(const Shape& a) {
  if (a.rank() < 1) return unknown_dim;
  return product(a.dims().first(static_cast<std::size_t>(a.rank() - 1)));
}

Result<Dim> read_size(const ShapeContext& ctx, std::string_view attr) {
  const Dim size = ctx.int_attr(attr, 0);
  if (size < 1)
    return ctx.mismatch(std::string(attr) + " must be at least 1, not " + std::to_string(size));
  return size;
}

// a[*,from] becomes y[*,to].
Result<Shape> projected(const ShapeContext& ctx, Dim from, Dim to) {
  Shape y = ctx.in(0).shape;
  if (y.rank() == 0) return ctx.mismatch("the input is a scalar");
  if (!y.has_rank()) return y;
  Dim& features = y[y.rank() - 1];
  if (!may_equal(features, from))
    return ctx.mismatch("the input has " + std::to_string(features) +
                        " features, the weight expects " + std::to_string(from));
  features = to;
  return y;
}

void add_product(Cost& cost, const OpContext& ctx, std::string_view label, Dim k, Dim n) {
  Term& macs = cost.macs.add(label, {{"M", rows_of(ctx.in(0).shape)}, {"K", k}, {"N", n}});
  macs.operand_a = 0;
  macs.operand_b = Term::constant;
}

// --- MatMulBnb4 ---------------------------------------------------------------------------------

Status bnb_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim k, read_size(ctx, "K"));
  RECKON_ASSIGN(const Dim n, read_size(ctx, "N"));
  const bool transposed = ctx.int_attr("transB", 1) != 0;
  RECKON_ASSIGN(const Shape y, projected(ctx, transposed ? k : n, transposed ? n : k));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void bnb_cost(const OpContext& ctx, Cost& cost) {
  const Dim k = ctx.int_attr("K", unknown_dim), n = ctx.int_attr("N", unknown_dim);
  add_product(cost, ctx, {}, k, n);
  cost.flops.add("dequantise", {{"K", k}, {"N", n}});
}

Dim bnb_values(const OpContext& ctx, int i) {
  return i != 1 ? unknown_dim
                : multiply(ctx.int_attr("K", unknown_dim), ctx.int_attr("N", unknown_dim));
}

// --- MatMulFpQ4: a blob shape[2] ----------------------------------------------------------------

struct Matrix {
  Dim k = unknown_dim, n = unknown_dim;
};

Matrix blob_matrix(const OpContext& ctx) {
  const auto shape = ctx.const_ints(2);
  if (!shape || shape->size() != 2 || (*shape)[0] < 0 || (*shape)[1] < 0) return {};
  return {(*shape)[0], (*shape)[1]};
}

Status blob_shape(ShapeContext& ctx) {
  const Matrix w = blob_matrix(ctx);
  RECKON_ASSIGN(const Shape y, projected(ctx, w.k, w.n));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void blob_cost(const OpContext& ctx, Cost& cost) {
  const Matrix w = blob_matrix(ctx);
  add_product(cost, ctx, {}, w.k, w.n);
  cost.flops.add("dequantise", {{"K", w.k}, {"N", w.n}});
}

Dim blob_values(const OpContext& ctx, int i) {
  if (i != 1) return unknown_dim;
  const Matrix w = blob_matrix(ctx);
  return multiply(w.k, w.n);
}

// --- MatMulBlockQuantizedFp4Weight and …Fp8Weight: a w[N,K/2] or w[N,K], … bias
// -------------------

template <int PerByte>
Matrix row_matrix(const OpContext& ctx) {
  const Shape& w = ctx.in(1).shape;
  return {multiply(dim_of(w, 1), PerByte), dim_of(w, 0)};
}

template <int PerByte>
Status rows_shape(ShapeContext& ctx) {
  const Matrix w = row_matrix<PerByte>(ctx);
  RECKON_ASSIGN(const Shape y, projected(ctx, w.k, w.n));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

template <int PerByte, int Bias>
void rows_cost(const OpContext& ctx, Cost& cost) {
  const Matrix w = row_matrix<PerByte>(ctx);
  add_product(cost, ctx, {}, w.k, w.n);
  cost.flops.add("dequantise", {{"K", w.k}, {"N", w.n}});
  if (ctx.has_input(Bias)) count_elements(cost.flops, "bias", ctx.out(0).shape);
}

Dim rows_values(const OpContext& ctx, int i) {
  if (i != 1) return unknown_dim;
  const Matrix w = row_matrix<2>(ctx);
  return multiply(w.k, w.n);
}

// --- MatMulNBitsMlp: a skip? norm? gate_w gate_scales gate_bias? up_w up_scales up_bias?
// ----------
// --- MatMulNBitsQkv: a skip? norm (w scales bias?) for q, k and v
// ---------------------------------

// RMS norm: 4 per element and 4 per row (layer_norm.cpp); the skip 1.
void add_norm(const OpContext& ctx, Cost& cost) {
  const Shape& a = ctx.in(0).shape;
  if (ctx.has_input(1)) count_elements(cost.flops, "skip", a);
  if (!ctx.has_input(2)) return;
  count_elements(cost.flops, "normalise", a, 4);
  cost.flops.add("statistics", {{"operations", 4}, {"rows", rows_of(a)}});
}

Status mlp_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim k, read_size(ctx, "K"));
  RECKON_ASSIGN(const Dim n, read_size(ctx, "N"));
  RECKON_ASSIGN(const Shape y, projected(ctx, k, n));
  ctx.set_out(0, ctx.in(0).dtype, y);
  ctx.set_out(1, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

void mlp_cost(const OpContext& ctx, Cost& cost) {
  const Dim k = ctx.int_attr("K", unknown_dim), n = ctx.int_attr("N", unknown_dim);
  const Shape& y = ctx.out(0).shape;
  add_product(cost, ctx, "gate", k, n);
  add_product(cost, ctx, "up", k, n);
  add_norm(ctx, cost);
  cost.flops.add("dequantise", {{"weights", 2}, {"K", k}, {"N", n}});
  const std::int64_t bias = (ctx.has_input(5) ? 1 : 0) + (ctx.has_input(8) ? 1 : 0);
  if (bias > 0) count_elements(cost.flops, "bias", y, bias);
  add_activation(ctx, cost);
  count_elements(cost.flops, "product", y);
}

Status qkv_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim k, read_size(ctx, "K"));
  RECKON_ASSIGN(const Dim nq, read_size(ctx, "Nq"));
  RECKON_ASSIGN(const Dim nkv, read_size(ctx, "Nkv"));
  for (int i = 0; i < 3; ++i) {
    RECKON_ASSIGN(const Shape y, projected(ctx, k, i == 0 ? nq : nkv));
    ctx.set_out(i, ctx.in(0).dtype, y);
  }
  ctx.set_out(3, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

void qkv_cost(const OpContext& ctx, Cost& cost) {
  const Dim k = ctx.int_attr("K", unknown_dim), nq = ctx.int_attr("Nq", unknown_dim),
            nkv = ctx.int_attr("Nkv", unknown_dim), rows = rows_of(ctx.in(0).shape);
  add_product(cost, ctx, "q", k, nq);
  add_product(cost, ctx, "k", k, nkv);
  add_product(cost, ctx, "v", k, nkv);
  add_norm(ctx, cost);
  cost.flops.add("dequantise", {{"K", k}, {"q, k and v", plus(nq, multiply(2, nkv))}});
  const Dim biased =
      (ctx.has_input(5) ? nq : 0) + (ctx.has_input(8) ? nkv : 0) + (ctx.has_input(11) ? nkv : 0);
  if (biased != 0) cost.flops.add("bias", {{"M", rows}, {"q, k and v", biased}});
}

Dim mlp_values(const OpContext& ctx, int i) {
  if (i != 3 && i != 6) return unknown_dim;
  return multiply(ctx.int_attr("K", unknown_dim), ctx.int_attr("N", unknown_dim));
}
Dim qkv_values(const OpContext& ctx, int i) {
  if (i != 3 && i != 6 && i != 9) return unknown_dim;
  return multiply(ctx.int_attr("K", unknown_dim), ctx.int_attr(i == 3 ? "Nq" : "Nkv", unknown_dim));
}

// --- GatherBlockQuantized: data indices scales zeros? --------------------------------------------

// Numbers in one stored element: bytes are packed along the last dimension.
Dim packed(const OpContext& ctx) {
  if (ctx.in(0).dtype != DType::uint8) return 1;
  const std::int64_t bits = ctx.int_attr("bits", 4);
  return bits == 2 || bits == 4 || bits == 8 ? 8 / bits : unknown_dim;
}

Status gather_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &indices = ctx.in(1).shape;
  Shape y;
  if (x.has_rank()) {
    RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("gather_axis", 0), x.rank()));
    Shape data = x;
    data[x.rank() - 1] = multiply(data[x.rank() - 1], packed(ctx));
    if (indices.has_rank()) {
      RECKON_TRY(check_rank(ctx, x.rank() - 1 + indices.rank()));
      y = Shape::of_rank(0);
      for (int i = 0; i < axis; ++i) y.push_back(data[i]);
      for (const Dim d : indices.dims()) y.push_back(d);
      for (int i = axis + 1; i < data.rank(); ++i) y.push_back(data[i]);
    }
  }
  ctx.set_out(0, ctx.in(2).dtype, y);
  return {};
}

void gather_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, ctx.has_input(3) ? 2 : 1);
}

Dim gather_values(const OpContext& ctx, int i) {
  if (i != 0) return unknown_dim;
  const Shape& x = ctx.in(i).shape;
  if (!x.is_static()) return unknown_dim;
  return multiply(x.elements().value_or(INT64_MAX), packed(ctx));
}

// --- DynamicQuantizeLSTM: x w[D,I,4·H] r[D,H,4·H] b? lengths? h_0? c_0? peepholes? scales, zeros
// ---

struct Lstm {
  Dim steps, batch, inputs, directions, hidden;
};

Lstm lstm_sizes(const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &r = ctx.in(2).shape;
  Lstm s;
  s.steps = dim_of(x, 0);
  s.batch = dim_of(x, 1);
  s.inputs = known_of(dim_of(x, 2), dim_of(w, 1));
  s.directions = ctx.string_attr("direction", "forward") == "bidirectional" ? 2 : 1;
  s.hidden = known_of(ctx.int_attr("hidden_size", unknown_dim), dim_of(r, 1));
  s.hidden = known_of(s.hidden, divide(dim_of(w, 2), 4));
  return s;
}

Status lstm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected steps×batch×features");
  const Lstm s = lstm_sizes(ctx);
  const Shape expected[] = {Shape{s.directions, s.inputs, multiply(4, s.hidden)},
                            Shape{s.directions, s.hidden, multiply(4, s.hidden)}};
  for (const int i : {1, 2}) {
    const Shape& w = ctx.in(i).shape;
    const Shape& wanted = expected[i - 1];
    bool fits = !w.has_rank() || w.rank() == 3;
    for (int d = 0; fits && d < w.rank(); ++d) fits = may_equal(w[d], wanted[d]);
    if (!fits)
      return ctx.mismatch(std::string(i == 1 ? "w" : "r") + " is " + to_string(w) + ", expected " +
                          to_string(wanted));
  }
  const DType type = ctx.in(0).dtype;
  ctx.set_out(0, type, Shape{s.steps, s.directions, s.batch, s.hidden});
  for (const int i : {1, 2}) ctx.set_out(i, type, Shape{s.directions, s.batch, s.hidden});
  return {};
}

// Gates, bias and peepholes as recurrent.cpp counts an LSTM; quantising x once and h in every step
// (range 2, quantise 5), and one product per gate and operand to dequantise.
void lstm_cost(const OpContext& ctx, Cost& cost) {
  const Lstm s = lstm_sizes(ctx);
  const auto cells = [&](Term& term) -> Term& {
    return term.times("T", s.steps).times("N", s.batch).times("directions", s.directions);
  };
  cells(cost.macs.add("input")).times("gates", 4).times("H", s.hidden).times("I", s.inputs);
  cells(cost.macs.add("recurrent")).times("gates", 4).times("H", s.hidden).times("H", s.hidden);
  const auto add = [&](std::string_view label, std::int64_t operations) {
    cells(cost.flops.add(label)).times("H", s.hidden).times("operations", operations);
  };
  add("gates", 22);
  if (ctx.has_input(3)) add("bias", 8);
  if (ctx.has_input(7)) add("peepholes", 6);
  count_elements(cost.flops, "quantise", ctx.in(0).shape, 7);
  add("quantise h", 7);
  add("dequantise", 8);
}

constexpr std::string_view microsoft = "com.microsoft";

std::optional<std::uint32_t> step_axes(const OpContext&) {
  return 0b101;
}

constexpr OpDef rows[] = {
    {.name = "MatMulBnb4",
     .signature = "a[*M,K] b:weight[*] absmax:scale[*] -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .values = bnb_values,
     .shape = bnb_shape,
     .cost = bnb_cost,
     .saved = keeps<0b10>,
     .domain = microsoft},
    {.name = "MatMulFpQ4",
     .signature = "a[*M,K] b:weight[*] b_shape:setting[2] -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .values = blob_values,
     .shape = blob_shape,
     .cost = blob_cost,
     .saved = keeps<0b10>,
     .domain = microsoft},
    {.name = "MatMulBlockQuantizedFp4Weight",
     .signature = "a[*M,K] b:weight[N,K/2] scales:scale[N,*] scale:scale[] a_scale:scale[]? "
                  "bias:weight[N]? -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .values = rows_values,
     .shape = rows_shape<2>,
     .cost = rows_cost<2, 5>,
     .saved = keeps<0b10>,
     .domain = microsoft},
    {.name = "MatMulBlockQuantizedFp8Weight",
     .signature = "a[*M,K] b:weight[N,K] scales:scale[N,*] a_scale:scale[]? bias:weight[N]? -> "
                  "y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .shape = rows_shape<1>,
     .cost = rows_cost<1, 4>,
     .saved = keeps<0b10>,
     .domain = microsoft},
    {.name = "MatMulNBitsMlp",
     .signature = "a[*M,K] skip[*M,K]? norm:weight[K]? gate:weight[N,*] gate_scales:scale[*] "
                  "gate_bias:weight[N]? up:weight[N,*] up_scales:scale[*] up_bias:weight[N]? -> "
                  "y[*M,N] sum[*M,K]?",
     .nature = {OpKind::linear, Space::product, Functions::special},
     .values = mlp_values,
     .shape = mlp_shape,
     .cost = mlp_cost,
     .saved = keeps<0b1>,
     .domain = microsoft},
    {.name = "MatMulNBitsQkv",
     .signature = "a[*M,K] skip[*M,K]? norm:weight[K] q:weight[Nq,*] q_scales:scale[*] "
                  "q_bias:weight[Nq]? k:weight[Nkv,*] k_scales:scale[*] k_bias:weight[Nkv]? "
                  "v:weight[Nkv,*] v_scales:scale[*] v_bias:weight[Nkv]? -> q[*M,Nq] k[*M,Nkv] "
                  "v[*M,Nkv] sum[*M,K]?",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .values = qkv_values,
     .shape = qkv_shape,
     .cost = qkv_cost,
     .saved = keeps<0b1>,
     .domain = microsoft},
    {.name = "GatherBlockQuantized",
     .signature = "data:weight[*X] indices:index[*Q] scales:scale[*] zeros:zero_point[*]? -> y[*Y]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .values = gather_values,
     .shape = gather_shape,
     .cost = gather_cost,
     .saved = keeps<0b10>,
     .traits = Trait::selects,
     .domain = microsoft},
    {.name = "DynamicQuantizeLSTM",
     .signature = "x[T,N,I] w:weight[D,I,4·H] r:weight[D,H,4·H] b:weight[D,8·H]? "
                  "lengths:setting[N]? h_0:state[D,N,H]? c_0:state[D,N,H]? "
                  "peepholes:weight[D,3·H]? w_scale:scale[*] w_zero:zero_point[*] "
                  "r_scale:scale[*] r_zero:zero_point[*] -> y[T,D,N,H]? h_T[D,N,H]? c_T[D,N,H]?",
     .nature = {OpKind::recurrent, Space::mixes, Functions::special, step_axes},
     .shape = lstm_shape,
     .cost = lstm_cost,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> packed_weights_ops(rows);

}  // namespace reckon
