#include "analysis/receptive_field.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/window.h"

namespace reckon {
namespace {

using Kind = ReceptiveField::Kind;

// Exact arithmetic; nullopt once a term leaves 64 bits.
std::optional<Rational> reduced(Checked num, Checked den) {
  if (!num.ok() || !den.ok() || den.value() == 0) return std::nullopt;
  const std::int64_t divisor = std::max<std::int64_t>(1, std::gcd(num.value(), den.value()));
  return Rational{num.value() / divisor, den.value() / divisor};
}

std::optional<Rational> add(Rational a, Rational b) {
  return reduced(Checked(a.num) * Checked(b.den) + Checked(b.num) * Checked(a.den),
                 Checked(a.den) * Checked(b.den));
}

std::optional<Rational> multiply(Rational a, Rational b) {
  return reduced(Checked(a.num) * Checked(b.num), Checked(a.den) * Checked(b.den));
}

bool equal(Rational a, Rational b) {
  return a.num == b.num && a.den == b.den;
}

bool less(Rational a, Rational b) {
  return static_cast<long double>(a.num) * static_cast<long double>(b.den) <
         static_cast<long double>(b.num) * static_cast<long double>(a.den);
}

ReceptiveField whole(const ReceptiveField& from) {
  ReceptiveField out = from;
  out.kind = Kind::whole;
  return out;
}

// Output element i looks at the elements [first + i·step, last + i·step] of the layer below.
struct Step {
  Rational first{0, 1}, last{0, 1}, step{1, 1};
};

ReceptiveField through(const ReceptiveField& below, std::span<const Step> steps) {
  if (below.kind != Kind::window) return below;
  ReceptiveField out = below;
  for (int i = 0; i < below.rank; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Step& s = steps[at];
    const auto shift_low = multiply(below.jump[at], s.first);
    const auto shift_high = multiply(below.jump[at], s.last);
    const auto jump = multiply(below.jump[at], s.step);
    const auto low = shift_low ? add(below.low[at], *shift_low) : std::nullopt;
    const auto high = shift_high ? add(below.high[at], *shift_high) : std::nullopt;
    if (!low || !high || !jump) return {};
    out.low[at] = *low;
    out.high[at] = *high;
    out.jump[at] = *jump;
  }
  return out;
}

ReceptiveField unite(const ReceptiveField& a, const ReceptiveField& b) {
  if (a.kind == Kind::undefined || b.kind == Kind::undefined)
    return a.kind == Kind::undefined ? b : a;
  if (a.kind == Kind::whole || b.kind == Kind::whole) return whole(a.kind == Kind::whole ? a : b);
  if (a.rank != b.rank) return {};
  ReceptiveField out = a;
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.rank); ++i) {
    // Branches of different stride do not line up: together they may see anything.
    if (!equal(a.jump[i], b.jump[i])) return whole(a);
    if (less(b.low[i], out.low[i])) out.low[i] = b.low[i];
    if (less(out.high[i], b.high[i])) out.high[i] = b.high[i];
  }
  return out;
}

bool is_any(std::string_view op, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

// Convolution, pooling and their transposes.
ReceptiveField windowed(const OpContext& ctx, const ReceptiveField& below) {
  const std::string_view op = ctx.node().op_type;
  const Shape& w = ctx.in(op == "QLinearConv" ? 3 : 1).shape;
  const bool pools = op.find("Pool") != std::string_view::npos;
  Shape kernel = Shape::of_rank(below.rank);
  if (!pools && w.rank() == below.rank + 2)
    for (int i = 0; i < below.rank; ++i) kernel[i] = w[i + 2];
  const auto window = read_window(ctx, below.rank, kernel.dims());
  if (!window) return {};
  std::array<Step, ReceptiveField::max_rank> steps;
  for (int i = 0; i < below.rank; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Dim reach = window->extent(i) - 1, stride = window->stride[at];
    if (window->kernel[at] < 1 || reach < 0) return {};
    Dim pad = window->pad_begin[at];
    const Dim in = ctx.in(0).shape[i + 2], out = ctx.out(0).shape[i + 2];
    if (window->auto_pad == Window::AutoPad::valid) pad = 0;
    if (window->auto_pad == Window::AutoPad::same_upper ||
        window->auto_pad == Window::AutoPad::same_lower) {
      const Checked total = Checked(out - 1) * Checked(stride) + Checked(reach + 1) - Checked(in);
      const Dim both = std::max<Dim>(0, total.value_or(0));
      pad = window->auto_pad == Window::AutoPad::same_upper ? both / 2 : both - both / 2;
    }
    if (op == "ConvTranspose")
      steps[at] = {{pad - reach, stride}, {pad, stride}, {1, stride}};
    else
      steps[at] = {{-pad, 1}, {reach - pad, 1}, {stride, 1}};
  }
  return through(below, steps);
}

// Resize by the ratio of the sizes; interpolation looks at one neighbour more.
ReceptiveField resized(const OpContext& ctx, const ReceptiveField& below) {
  const bool nearest = ctx.string_attr("mode", "nearest") == "nearest";
  const Dim reach = nearest ? 0 : ctx.string_attr("mode", "") == "cubic" ? 3 : 1;
  std::array<Step, ReceptiveField::max_rank> steps;
  for (int i = 0; i < below.rank; ++i) {
    const Dim in = ctx.in(0).shape[i + 2], out = ctx.out(0).shape[i + 2];
    if (in < 1 || out < 1) return {};
    const Dim divisor = std::gcd(in, out);
    steps[static_cast<std::size_t>(i)] = {
        {-(reach / 2), 1}, {reach - reach / 2, 1}, {in / divisor, out / divisor}};
  }
  return through(below, steps);
}

ReceptiveField padded(const OpContext& ctx, const ReceptiveField& below) {
  const auto pads = ctx.ints_from("pads", 1);
  const auto rank = static_cast<std::size_t>(ctx.in(0).shape.rank());
  if (!pads.known || pads.values.size() != 2 * rank) return {};
  std::array<Step, ReceptiveField::max_rank> steps;
  for (std::size_t i = 0; i < static_cast<std::size_t>(below.rank); ++i)
    steps[i] = {{-pads.values[i + 2], 1}, {-pads.values[i + 2], 1}, {1, 1}};
  return through(below, steps);
}

bool has_spatial(const Shape& shape, int rank) {
  return shape.rank() == rank + 2;
}

// Reductions and norms that look along spatial dimensions.
bool mixes_space(const OpContext& ctx, int rank) {
  const std::string_view op = ctx.node().op_type;
  if (is_any(op,
             {"InstanceNormalization", "GroupNormalization", "LayerNormalization",
              "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "MeanVarianceNormalization"}))
    return true;
  const auto axes = ctx.ints_from("axes", 1);
  if (!axes.present || !axes.known) return true;
  for (const std::int64_t axis : axes.values) {
    const auto normal = normalize_axis(axis, rank + 2);
    if (!normal || *normal >= 2) return true;
  }
  return false;
}

// What a node makes of what it looks at; nullopt where it sees the same.
std::optional<ReceptiveField> step(const Graph& graph, const Node& node, const Shapes& shapes,
                                   const ReceptiveField& below) {
  const OpContext ctx(graph, node, shapes.tensors);
  const std::string_view op = node.op_type;
  const bool global = op.starts_with("Global") || op.starts_with("Reduce");
  if (is_any(op, {"Gemm", "LSTM", "GRU", "RNN", "Attention", "Einsum"})) return whole(below);
  if (op == "MatMul") return ReceptiveField();
  if (!has_spatial(ctx.in(0).shape, below.rank)) return std::nullopt;
  if (global || op.ends_with("Normalization")) {
    if (op == "BatchNormalization" || op == "LpNormalization") return std::nullopt;
    if (mixes_space(ctx, below.rank)) return whole(below);
    return std::nullopt;
  }
  if (op == "LRN" || op == "Softmax" || op == "LogSoftmax") return std::nullopt;
  if (is_any(op, {"Conv", "QLinearConv", "ConvInteger", "ConvTranspose", "MaxPool", "AveragePool",
                  "LpPool"}))
    return windowed(ctx, below);
  if (op == "Resize" || op == "Upsample") return resized(ctx, below);
  if (op == "Pad") return padded(ctx, below);
  if (is_any(op, {"Reshape", "Flatten", "Squeeze", "Unsqueeze"})) return std::nullopt;
  if (is_any(op, {"Transpose", "DepthToSpace", "SpaceToDepth", "Slice", "Gather", "GridSample"}))
    return ReceptiveField();
  return std::nullopt;  // element-wise arithmetic, activations, concatenation of channels
}

}  // namespace

Dim ReceptiveField::size(int i) const {
  const auto at = static_cast<std::size_t>(i);
  if (kind == Kind::whole) return input[at];
  const auto width = add(high[at], Rational{-low[at].num, low[at].den});
  if (!width) return unknown_dim;
  return width->num / width->den + 1;
}

ReceptiveFields receptive_fields(const Graph& graph, const Shapes& shapes) {
  ReceptiveFields fields;
  std::vector<std::int32_t> of_values;  // index into fields.distinct; 0 is undefined
  for (const ValueId id : graph.inputs) {
    const Shape& shape = shapes.tensors[static_cast<std::size_t>(id)].shape;
    const int rank = shape.rank() - 2;
    if (rank < 1 || rank > ReceptiveField::max_rank) continue;
    ReceptiveField field;
    field.kind = Kind::window;
    field.rank = rank;
    for (int i = 0; i < rank; ++i) {
      field.jump[static_cast<std::size_t>(i)] = {1, 1};
      field.input[static_cast<std::size_t>(i)] = shape[i + 2];
    }
    fields.distinct = {ReceptiveField(), field};
    of_values.resize(graph.values.size());
    of_values[static_cast<std::size_t>(id)] = 1;
    break;
  }
  if (of_values.empty()) return fields;
  const auto keep = [&](const ReceptiveField& field) -> std::int32_t {
    if (field.kind == Kind::undefined) return 0;
    fields.distinct.push_back(field);
    return static_cast<std::int32_t>(fields.distinct.size() - 1);
  };
  fields.of_node.reserve(graph.nodes.size());
  for (const Node& node : graph.nodes) {
    std::int32_t at = 0;
    for (const ValueId in : graph.inputs_of(node)) {
      if (in == none) continue;
      const std::int32_t other = of_values[static_cast<std::size_t>(in)];
      if (at == 0 || other == 0 || at == other)
        at = std::max(at, other);
      else
        at = keep(unite(fields.distinct[static_cast<std::size_t>(at)],
                        fields.distinct[static_cast<std::size_t>(other)]));
    }
    if (fields.distinct[static_cast<std::size_t>(at)].kind == Kind::window)
      if (const auto made =
              step(graph, node, shapes, fields.distinct[static_cast<std::size_t>(at)]))
        at = keep(*made);
    fields.of_node.push_back(at);
    for (const ValueId out : graph.outputs_of(node))
      if (out != none) of_values[static_cast<std::size_t>(out)] = at;
  }
  return fields;
}

}  // namespace reckon
