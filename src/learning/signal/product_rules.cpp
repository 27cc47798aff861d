// Convolutions and linear layers. With weights of mean 0 and variance σ² the products of an output
// are independent, so kernels hand on by counting:
//   K_out(n, n′) = σ²·C·Σ_taps K(n, n′) + b²      G_in(n, n′) = σ²·C_out·Σ_taps G(n, n′)
//   E[(∂loss/∂w)²] = Σ_{n, n′} G(n, n′)·K(n, n′)  over the places where the tap lies inside
// (K. He et al., ICCV 2015, of equal places; A. Jacot et al., "Neural tangent kernel", NeurIPS
// 2018, of the sum over pairs.)
#include <cmath>

#include "learning/signal/attention.h"
#include "learning/signal/rule.h"
#include "ops/window.h"

namespace reckon::signal {
namespace {

// PyTorch's default of linear layers and convolutions: kaiming_uniform(a = √5), biases likewise.
Start torch_default(double fan_in) {
  return {0, 1 / (3 * fan_in)};
}

// --- Linear layers ------------------------------------------------------------------------------

struct Linear {
  int x = 0, weight = 1, bias = -1;
  int axis = 0;  // of x, that is summed over
  double fan_in = 1, fan_out = 1;
};

std::optional<Linear> read_linear(Walk& walk, const OpContext& ctx) {
  Linear l;
  if (walk.is_weight(ctx, 0) && !walk.is_weight(ctx, 1)) l.x = 1, l.weight = 0;
  if (walk.what(ctx, l.x) != What::signal || !walk.is_weight(ctx, l.weight)) return std::nullopt;
  const Shape &x = ctx.in(l.x).shape, &w = ctx.in(l.weight).shape, &y = ctx.out(0).shape;
  if (!x.is_static() || !w.is_static() || !y.is_static() || x.rank() < 1 || w.rank() < 1 ||
      y.rank() < 1)
    return std::nullopt;
  const bool left = l.x == 0;
  bool first = !left;  // x's second to last axis is summed over
  if (ctx.int_attr(left ? "transA" : "transB", 0) != 0) first = !first;
  l.axis = x.rank() - (first && x.rank() > 1 ? 2 : 1);
  l.fan_in = static_cast<double>(x[l.axis]);
  l.fan_out = static_cast<double>(left ? y[y.rank() - 1] : y[std::max(0, y.rank() - 2)]);
  if (ctx.has_input(2)) l.bias = 2;
  return l;
}

// What one summed feature looks like from the results: their grid, and the kernel over it.
struct Seen {
  std::vector<Axis> axes;
  Grid grid;
  Kernel kernel;
  double summed_positions = 1, kept_channels = 1;
};

std::optional<Seen> seen_by(const Signal& x, const Linear& l) {
  const Axis& axis = x.axes[static_cast<std::size_t>(l.axis)];
  if (size_along(axis, Along::samples) > 1) return std::nullopt;
  Seen s;
  s.summed_positions = size_along(axis, Along::positions);
  s.kept_channels = x.channels() / size_along(axis, Along::channels);
  s.axes = x.axes;
  for (Axis& other : s.axes)
    for (Factor& f : other)
      if (f.along == Along::channels) f.along = Along::positions;
  s.axes[static_cast<std::size_t>(l.axis)] = channel_axis(static_cast<Dim>(l.fan_out));
  if (s.summed_positions == 1 && s.kept_channels == 1) {
    s.grid = x.grid;
    s.kernel = x.average();
    return s;
  }
  s.grid = grid_of(s.axes);
  const Part all = x.whole();
  const double rest = x.grid.n_positions() / s.summed_positions, kept = s.kept_channels;
  const double pairs = rest * kept * (rest * kept - 1), alike = kept * rest * (rest - 1);
  const double across = all.mean * all.mean;  // of two channels
  const double near =
      pairs > 0 ? (alike * all.kernel.near[0] + (pairs - alike) * across) / pairs : 0;
  s.kernel = Kernel(1, all.kernel.own[0], near, (all.kernel.far[0] + (kept - 1) * across) / kept);
  return s;
}

bool linear_forward(Walk& walk, const OpContext& ctx) {
  const auto l = read_linear(walk, ctx);
  if (!l) return products_of_signals(walk, ctx);
  const Signal& x = walk.in(ctx, l->x);
  auto s = seen_by(x, *l);
  if (!s) return false;
  const bool into_attention = projects_to_attention(walk, ctx.output_id(0), ctx.input_id(l->weight),
                                                    l->bias >= 0 ? ctx.input_id(l->bias) : none);
  const Start w =
      walk.weight(ctx.input_id(l->weight), l->fan_in, l->fan_out,
                  into_attention ? Start{0, 1 / (2 * l->fan_in)} : torch_default(l->fan_in));
  Kernel k = s->kernel;
  k *= w.square * l->fan_in;
  if (l->bias >= 0 && walk.is_weight(ctx, l->bias))
    k.add_constant(walk.weight(ctx.input_id(l->bias), 0, 0,
                               into_attention ? Start{} : torch_default(l->fan_in))
                       .square);
  walk.set(ctx, 0, {s->grid, {{l->fan_out, 0, std::move(k)}}, s->axes});
  return true;
}

void linear_backward(Walk& walk, const OpContext& ctx) {
  const auto l = read_linear(walk, ctx);
  if (!l) return products_of_signals_backward(walk, ctx);
  const Signal& x = walk.in(ctx, l->x);
  const auto s = seen_by(x, *l);
  const std::vector<Kernel>& by_part = *walk.gradient(ctx.output_id(0));
  const Kernel g = regrouped(by_part, sizes_of(walk.out(ctx)), {l->fan_out}).front();
  const ValueId weight = ctx.input_id(l->weight);
  walk.add_energy(weight, l->fan_in * l->fan_out * overlap(s->grid, g, s->kernel));
  if (l->bias >= 0) walk.add_energy(ctx.input_id(l->bias), l->fan_out * sum_of_pairs(s->grid, g));
  Kernel back = g;
  back *= walk.state(weight).start->square * l->fan_out;
  if (s->summed_positions == 1 && s->kept_channels == 1) {
    walk.push(ctx.input_id(l->x), std::vector<Kernel>(x.parts.size(), back));
    return;
  }
  back = merged(s->grid, back);
  const double p = x.grid.n_positions(), rest = p / s->summed_positions;
  back.near[0] *= p > 1 ? s->summed_positions * rest * (rest - 1) / (p * (p - 1)) : 0;
  back.far[0] /= s->summed_positions;
  walk.push_whole(ctx.input_id(l->x), back);
}

// --- Convolutions -------------------------------------------------------------------------------

struct Convolution {
  double groups = 1, in = 1, out = 1;  // channels
  double p_in = 1, p_out = 1;          // positions
  std::vector<double> shares;          // of the outputs of a tap, that lie inside, by tap
  bool transposed = false;
};

std::optional<Convolution> read_conv(const Walk& walk, const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &y = ctx.out(0).shape;
  if (walk.what(ctx, 0) != What::signal || walk.what(ctx, 1) != What::weight || !x.is_static() ||
      !w.is_static() || !y.is_static() || x.rank() < 3 || w.rank() != x.rank())
    return std::nullopt;
  const Signal& signal = walk.in(ctx, 0);
  if (size_along(signal.axes[1], Along::samples) > 1) return std::nullopt;
  Convolution c;
  c.transposed = ctx.node().op->nature.space == Space::transposed_window;
  c.groups = static_cast<double>(ctx.int_attr("group", 1));
  c.in = static_cast<double>(x[1]);
  c.out = static_cast<double>(y[1]);
  const int rank = x.rank() - 2;
  const auto window = read_window(ctx, rank, w.dims().subspan(2));
  if (!window) return std::nullopt;
  // Of a transposed one the roles of input and output are changed.
  const Shape &wide = c.transposed ? y : x, &narrow = c.transposed ? x : y;
  c.shares = {1};
  double outside = 1;  // positions in other axes
  outside = size_along(signal.axes[0], Along::positions);
  c.p_in = c.p_out = outside;
  for (int d = 0; d < rank; ++d) {
    const auto i = static_cast<std::size_t>(d);
    const Dim n_in = wide[d + 2], n_out = narrow[d + 2];
    c.p_in *= static_cast<double>(x[d + 2]);
    c.p_out *= static_cast<double>(y[d + 2]);
    Dim pad = window->pad_begin[i];
    if (window->auto_pad == Window::AutoPad::same_upper ||
        window->auto_pad == Window::AutoPad::same_lower)
      pad = std::max<Dim>(0, (n_out - 1) * window->stride[i] + window->extent(d) - n_in) / 2;
    std::vector<double> all;
    for (Dim tap = 0; tap < window->kernel[i]; ++tap) {
      Dim inside = 0;
      for (Dim o = 0; o < n_out; ++o) {
        const Dim at = o * window->stride[i] - pad + tap * window->dilation[i];
        inside += at >= 0 && at < n_in ? 1 : 0;
      }
      for (const double s : c.shares)
        all.push_back(s * static_cast<double>(inside) / static_cast<double>(n_out));
    }
    if (all.size() > 100'000) return std::nullopt;
    c.shares = std::move(all);
  }
  return c;
}

// Σ over taps of what of `n` narrow places, and of their pairs, lies inside.
struct Taps {
  double places = 0, pairs = 0, squares = 0;
};
Taps taps_of(const Convolution& c) {
  const double n = c.transposed ? c.p_in : c.p_out;
  Taps t;
  for (const double s : c.shares) {
    t.places += s * n;
    t.pairs += std::max(0.0, s * n * (s * n - 1));
    t.squares += s * n * s * n;
  }
  return t;
}

// A kernel of `from` positions through all taps onto `to` positions.
Kernel through(const Kernel& k, const Taps& t, double to) {
  return Kernel(1, k.own[0] * t.places / to, to > 1 ? k.near[0] * t.pairs / (to * (to - 1)) : 0,
                k.far[0] * t.squares / (to * to));
}

bool conv_forward(Walk& walk, const OpContext& ctx) {
  const auto c = read_conv(walk, ctx);
  if (!c) return false;
  const Signal& x = walk.in(ctx, 0);
  const double taps = static_cast<double>(c->shares.size());
  // PyTorch's fans are those of the stored tensor, [C_out, C_in/g, taps].
  const double fan_in = (c->transposed ? c->out : c->in) / c->groups * taps;
  const double fan_out = (c->transposed ? c->in : c->out) / c->groups * taps;
  const Start w = walk.weight(ctx.input_id(1), fan_in, fan_out, torch_default(fan_in));
  Kernel k = through(x.whole().kernel, taps_of(*c), c->p_out);
  k *= w.square * c->in / c->groups;
  if (ctx.has_input(2) && walk.is_weight(ctx, 2))
    k.add_constant(walk.weight(ctx.input_id(2), 0, 0, torch_default(fan_in)).square);
  Signal y;
  y.axes = {x.axes[0], channel_axis(static_cast<Dim>(c->out))};
  for (int d = 2; d < ctx.out(0).shape.rank(); ++d)
    y.axes.push_back({{Along::positions, ctx.out(0).shape[d]}});
  y.grid = {x.grid.n_samples, {c->p_out}};
  y.parts.push_back({c->out, 0, std::move(k)});
  walk.set(ctx, 0, std::move(y));
  return true;
}

void conv_backward(Walk& walk, const OpContext& ctx) {
  const auto c = read_conv(walk, ctx);
  const Signal &x = walk.in(ctx, 0), &y = walk.out(ctx);
  const Kernel g = regrouped(*walk.gradient(ctx.output_id(0)), sizes_of(y), {c->out}).front();
  const Taps t = taps_of(*c);
  const Kernel k = x.whole().kernel;
  const double n = x.grid.n_samples;
  const double by_tap = n * (t.places * g.own[0] * k.own[0] + t.pairs * g.near[0] * k.near[0] +
                             (n - 1) * t.squares * g.far[0] * k.far[0]);
  walk.add_energy(ctx.input_id(1), c->in * c->out / c->groups * by_tap);
  if (ctx.has_input(2)) walk.add_energy(ctx.input_id(2), c->out * sum_of_pairs(y.grid, g));
  Kernel back = through(g, t, c->p_in);
  back *= walk.state(ctx.input_id(1)).start->square * c->out / c->groups;
  if (c->groups != c->in || c->in != c->out) return walk.push_whole(ctx.input_id(0), back);
  // One channel each: Σ δ·x of its input is Σ δ·y of its result.
  const Kernel of_result = regrouped(walk.tilted(ctx.output_id(0)), sizes_of(y), {c->out}).front();
  const Part all = x.whole();
  Kernel about_mean = all.kernel;
  about_mean.add_constant(-all.mean * all.mean);
  Kernel tilt(1);
  tilt.add_product(back, about_mean);
  tilt = with_sum_of_pairs(x.grid, std::move(tilt), std::max(0.0, sum_of_pairs(y.grid, of_result)));
  const std::size_t parts = x.parts.size(), groups = x.grid.positions.size();
  const std::vector<Kernel> tilted(parts, spread(tilt, groups));
  walk.push(ctx.input_id(0), std::vector<Kernel>(parts, spread(back, groups)), &tilted);
}

constexpr Rule rows[] = {
    {"Conv", conv_forward, conv_backward},
    {"ConvTranspose", conv_forward, conv_backward},
    {"Gemm", linear_forward, linear_backward},
    {"MatMul", linear_forward, linear_backward},
};

}  // namespace

std::span<const Rule> product_rules() {
  return rows;
}

}  // namespace reckon::signal
