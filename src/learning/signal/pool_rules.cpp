// Pooling over positions, means over axes, and what makes more or fewer positions of them.
#include <algorithm>
#include <cmath>

#include "learning/signal/attention.h"
#include "learning/signal/rule.h"
#include "ops/window.h"

namespace reckon::signal {
namespace {

// `window` positions into one; p_in and p_out of a channel.
struct Pool {
  double window = 1, p_in = 1, p_out = 1;
};

std::vector<Axis> pooled_axes(const Signal& x, const Shape& out) {
  std::vector<Axis> axes = x.axes;
  for (std::size_t d = 2; d < axes.size(); ++d)
    axes[d] = {{Along::positions, out[static_cast<int>(d)]}};
  return axes;
}

std::optional<Pool> read_pool(const Walk& walk, const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &y = ctx.out(0).shape;
  if (walk.what(ctx, 0) != What::signal || !x.is_static() || !y.is_static() || x.rank() < 3)
    return std::nullopt;
  Pool p;
  p.p_in = walk.in(ctx, 0).grid.n_positions();
  p.p_out = p.p_in;
  for (int d = 2; d < x.rank(); ++d)
    p.p_out *= static_cast<double>(y[d]) / static_cast<double>(x[d]);
  if (ctx.node().op->nature.space == Space::mixes) {
    p.window = p.p_in / p.p_out;
    return p;
  }
  const auto window = read_window(ctx, x.rank() - 2, {});
  if (!window) return std::nullopt;
  for (int d = 0; d < x.rank() - 2; ++d)
    p.window *= static_cast<double>(window->kernel[static_cast<std::size_t>(d)]);
  return p;
}

void set_pooled(Walk& walk, const OpContext& ctx, std::vector<Axis> axes, double p_out,
                std::vector<Part> parts) {
  Signal y;
  y.axes = std::move(axes);
  y.grid = {walk.in(ctx, 0).grid.n_samples, {p_out}};
  y.parts = std::move(parts);
  walk.set(ctx, 0, std::move(y));
}

// --- Means --------------------------------------------------------------------------------------

void set_mean(Walk& walk, const OpContext& ctx, const Pool& p, std::vector<Axis> axes,
              double scale) {
  const Signal& x = walk.in(ctx, 0);
  std::vector<Part> parts;
  for (const Part& part : x.parts) {
    const Kernel k = merged(x.grid, part.kernel);
    Kernel out(1, (k.own[0] + (p.window - 1) * k.near[0]) / p.window, k.near[0], k.far[0]);
    out *= scale * scale;
    parts.push_back({part.channels, scale * part.mean, std::move(out)});
  }
  set_pooled(walk, ctx, std::move(axes), p.p_out, std::move(parts));
}

void push_mean(Walk& walk, const OpContext& ctx, const Pool& p, double scale) {
  const Signal& x = walk.in(ctx, 0);
  std::vector<Kernel> back;
  // A position is in so many windows, and their gradients add up.
  const double windows = std::max(1.0, p.window * p.p_out / p.p_in);
  for (const Kernel& of : *walk.gradient(ctx.output_id(0))) {
    const Kernel g = merged(walk.out(ctx).grid, of);
    const double used = std::min(1.0, p.window * p.p_out / p.p_in);
    const double own = used * windows / (p.window * p.window) *
                       (g.own[0] + (windows - 1) * std::max(0.0, g.near[0]));
    // Σ over all pairs stays: every window hands on all that it got.
    const double pairs = p.p_out * g.own[0] + p.p_out * (p.p_out - 1) * g.near[0];
    const double near = p.p_in > 1 ? (pairs - p.p_in * own) / (p.p_in * (p.p_in - 1)) : 0;
    Kernel k(1, own, near, p.p_out * p.p_out / (p.p_in * p.p_in) * g.far[0]);
    k *= scale * scale;
    back.push_back(spread(k, x.grid.positions.size()));
  }
  walk.push(ctx.input_id(0), back);
}

bool mean_pool(Walk& walk, const OpContext& ctx) {
  const auto p = read_pool(walk, ctx);
  if (!p) return false;
  set_mean(walk, ctx, *p, pooled_axes(walk.in(ctx, 0), ctx.out(0).shape), 1);
  return true;
}
void mean_pool_backward(Walk& walk, const OpContext& ctx) {
  push_mean(walk, ctx, *read_pool(walk, ctx), 1);
}

// Means and sums over axes: of positions, all others stay.
struct Reduce {
  Pool pool;
  std::vector<Axis> axes;
  double scale = 1;
};
std::optional<Reduce> read_reduce(const Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal || !ctx.in(0).shape.is_static()) return std::nullopt;
  const Signal& x = walk.in(ctx, 0);
  const int rank = ctx.in(0).shape.rank();
  const auto list = ctx.ints_from("axes", 1);
  if (!list.known) return std::nullopt;
  std::vector<bool> gone(static_cast<std::size_t>(rank), !list.present);
  for (const std::int64_t a : list.values)
    if (const auto axis = normalize_axis(a, rank)) gone[static_cast<std::size_t>(*axis)] = true;
  Reduce r;
  for (int d = 0; d < rank; ++d) {
    const Axis& axis = x.axes[static_cast<std::size_t>(d)];
    if (!gone[static_cast<std::size_t>(d)]) {
      r.axes.push_back(axis);
      continue;
    }
    if (size_along(axis, Along::channels) > 1 || size_along(axis, Along::samples) > 1)
      return std::nullopt;
    r.pool.window *= size_along(axis, Along::positions);
    if (ctx.int_attr("keepdims", 1) != 0) r.axes.push_back({{Along::positions, 1}});
  }
  r.pool.p_in = x.grid.n_positions();
  r.pool.p_out = r.pool.p_in / r.pool.window;
  r.scale = ctx.node().op_type == "ReduceSum" ? r.pool.window : 1;
  return r;
}
bool reduce(Walk& walk, const OpContext& ctx) {
  auto r = read_reduce(walk, ctx);
  if (!r) return false;
  set_mean(walk, ctx, r->pool, std::move(r->axes), r->scale);
  return true;
}
void reduce_backward(Walk& walk, const OpContext& ctx) {
  const auto r = read_reduce(walk, ctx);
  push_mean(walk, ctx, r->pool, r->scale);
}

// --- The largest --------------------------------------------------------------------------------

bool max_pool(Walk& walk, const OpContext& ctx) {
  const auto p = read_pool(walk, ctx);
  if (!p) return false;
  const View from = view_of(walk, ctx.input_id(0));
  const Signal& x = walk.signal(from.source);
  std::vector<Part> parts;
  for (const Part& part : x.parts) {
    Moments m =
        moments_of_largest(from.function, part.mean, part.kernel, x.grid, p->window, part.law);
    parts.push_back({part.channels,
                     m.mean,
                     std::move(m.value),
                     std::move(m.derivative),
                     {},
                     std::move(m.tilted),
                     m.tilt_share});
  }
  set_pooled(walk, ctx, pooled_axes(walk.in(ctx, 0), ctx.out(0).shape), p->p_out, std::move(parts));
  return true;
}
void max_pool_backward(Walk& walk, const OpContext& ctx) {
  const auto p = read_pool(walk, ctx);
  const View from = view_of(walk, ctx.input_id(0));
  const Signal &x = walk.signal(from.source), &y = walk.out(ctx);
  const std::vector<Kernel>& g = *walk.gradient(ctx.output_id(0));
  const auto to_sources = [&](const Kernel& gradient, const Kernel& factor) {
    Kernel k(1);
    k.add_product(gradient, factor);
    const double in = p->p_in, out = p->p_out;
    k.own[0] *= out / in;
    k.near[0] *= in > 1 ? out * (out - 1) / (in * (in - 1)) : 0;
    k.far[0] *= out * out / (in * in);
    return spread(k, x.grid.positions.size());
  };
  std::vector<Kernel> back, tilted;
  for (std::size_t i = 0; i < y.parts.size(); ++i) {
    back.push_back(to_sources(g[i], y.parts[i].slope));
    tilted.push_back(to_sources(g[i], y.parts[i].tilt));
    tilted.back() += to_sources(walk.tilt_beyond(ctx.output_id(0), i), Kernel(1, 1, 1, 1));
  }
  // Of so many neighbours the one at rank r is the largest with the density m·r^(m − 1).
  Profile ranks;
  for (int i = 0; i < law_points; ++i)
    ranks.push_back(p->window * std::pow((i + 0.5) / law_points, p->window - 1));
  std::vector<Profile> profiles;
  for (const Part& part : x.parts) {
    Profile of = back_through(from.function, part.spread(x.grid), {}).profile;
    for (std::size_t i = 0; i < of.size(); ++i) of[i] *= ranks[i];
    double mean = 0;
    for (const double v : of) mean += v / law_points;
    for (double& v : of) v /= mean > 0 ? mean : 1;
    profiles.push_back(std::move(of));
  }
  walk.push(from.source, back, &tilted, &profiles);
}

// --- Zeros around, and a finer grid --------------------------------------------------------------

struct Resize {
  double copies = 1;  // of an element
  double zeros = 0;   // share of the result
};
std::optional<Resize> read_resize(const Walk& walk, const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &y = ctx.out(0).shape;
  if (walk.what(ctx, 0) != What::signal || !x.is_static() || !y.is_static() || x.rank() != y.rank())
    return std::nullopt;
  double more = 1;
  for (int d = 0; d < x.rank(); ++d) {
    const Axis& axis = walk.in(ctx, 0).axes[static_cast<std::size_t>(d)];
    if (x[d] == y[d]) continue;
    if (size_along(axis, Along::positions) < static_cast<double>(x[d]) || y[d] < x[d])
      return std::nullopt;
    more *= static_cast<double>(y[d]) / static_cast<double>(x[d]);
  }
  if (ctx.node().op->nature.space == Space::padded) return Resize{1, 1 - 1 / more};
  return Resize{more, 0};
}
bool resize(Walk& walk, const OpContext& ctx) {
  const auto r = read_resize(walk, ctx);
  if (!r) return false;
  const Signal& x = walk.in(ctx, 0);
  std::vector<Axis> axes = x.axes;
  for (std::size_t d = 0; d < axes.size(); ++d)
    if (ctx.in(0).shape[static_cast<int>(d)] != ctx.out(0).shape[static_cast<int>(d)])
      axes[d] = {{Along::positions, ctx.out(0).shape[static_cast<int>(d)]}};
  const double kept = 1 - r->zeros, p = x.grid.n_positions();
  std::vector<Part> parts;
  for (const Part& part : x.parts) {
    Kernel k = merged(x.grid, part.kernel);
    const double all = p * r->copies;
    if (all > 1)
      k.near[0] = kept * kept *
                  (p * r->copies * (r->copies - 1) * k.own[0] +
                   p * (p - 1) * r->copies * r->copies * k.near[0]) /
                  (all * (all - 1));
    k.own[0] *= kept;
    k.far[0] *= kept * kept;
    parts.push_back({part.channels, kept * part.mean, std::move(k)});
  }
  set_pooled(walk, ctx, std::move(axes), p * r->copies / kept, std::move(parts));
  return true;
}
void resize_backward(Walk& walk, const OpContext& ctx) {
  const auto r = read_resize(walk, ctx);
  const Signal& x = walk.in(ctx, 0);
  std::vector<Kernel> back;
  for (const Kernel& of : *walk.gradient(ctx.output_id(0))) {
    const Kernel g = merged(walk.out(ctx).grid, of);
    const double c = r->copies;
    const Kernel k(1, c * g.own[0] + c * (c - 1) * g.near[0], c * c * g.near[0], c * c * g.far[0]);
    back.push_back(spread(k, x.grid.positions.size()));
  }
  walk.push(ctx.input_id(0), back);
}

constexpr Rule rows[] = {
    {"AveragePool", mean_pool, mean_pool_backward},
    {"GlobalAveragePool", mean_pool, mean_pool_backward},
    {"MaxPool", max_pool, max_pool_backward},
    {"GlobalMaxPool", max_pool, max_pool_backward},
    {"ReduceMean", reduce, reduce_backward},
    {"ReduceSum", reduce, reduce_backward},
    {"Pad", resize, resize_backward},
    {"Resize", resize, resize_backward},
    {"Upsample", resize, resize_backward},
};

}  // namespace

std::span<const Rule> pool_rules() {
  return rows;
}

}  // namespace reckon::signal
