// The same elements in another place, or some of them: kernels stay, and a gradient goes back to
// where its element came from. What is left out gets none.
#include <algorithm>
#include <cmath>

#include "learning/signal/attention.h"
#include "learning/signal/rule.h"

namespace reckon::signal {
namespace {

// --- The same elements --------------------------------------------------------------------------

bool set_relaid(Walk& walk, const OpContext& ctx, std::vector<Axis> axes) {
  const Signal& x = walk.in(ctx, 0);
  Signal y = relaid(x, std::move(axes));
  y.scores = x.scores;
  walk.set(ctx, 0, std::move(y));
  return true;
}

bool reshape(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal || !ctx.out(0).shape.is_static()) return false;
  auto axes = reshaped(walk.in(ctx, 0).axes, ctx.out(0).shape);
  return axes && set_relaid(walk, ctx, *std::move(axes));
}

bool transpose(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal) return false;
  const auto& axes = walk.in(ctx, 0).axes;
  const auto perm = ctx.ints_attr("perm");
  std::vector<Axis> out;
  for (std::size_t d = 0; d < axes.size(); ++d) {
    const std::size_t from = perm.empty() ? axes.size() - 1 - d : static_cast<std::size_t>(perm[d]);
    if (from >= axes.size()) return false;
    out.push_back(axes[from]);
  }
  return set_relaid(walk, ctx, std::move(out));
}

bool same(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal || !is_float(ctx.out(0).dtype)) return false;
  return set_relaid(walk, ctx, walk.in(ctx, 0).axes);
}

void same_backward(Walk& walk, const OpContext& ctx) {
  const Signal &x = walk.in(ctx, 0), &y = walk.out(ctx);
  std::vector<Kernel> back = regrouped(*walk.gradient(ctx.output_id(0)), sizes_of(y), sizes_of(x));
  for (Kernel& k : back) k = fitted(k, y.grid, x.grid);
  const bool alike = sizes_of(x) == sizes_of(y);
  walk.push(ctx.input_id(0), back, nullptr, alike ? &walk.profiles(ctx.output_id(0)) : nullptr);
}

// --- Some of them --------------------------------------------------------------------------------

// The elements [begin, end) of an axis; a step or a list of places counts as so many.
struct Cut {
  int axis = 0;
  double begin = 0, count = 0;
};

// The groups of which elements are left, and how many.
Signal cut_of(const Signal& x, const Cut& cut, const Shape& to) {
  const Axis& axis = x.axes[static_cast<std::size_t>(cut.axis)];
  const double size = size_along(axis, Along::channels) * size_along(axis, Along::positions) *
                      size_along(axis, Along::samples);
  Signal y = x;
  y.source = none;
  y.scores = nullptr;
  // What the axis runs along most is what is cut.
  Along along = Along::channels;
  for (const Along a : {Along::samples, Along::positions})
    if (size_along(axis, a) > size_along(axis, along)) along = a;
  auto& left = y.axes[static_cast<std::size_t>(cut.axis)];
  left = {{along, static_cast<Dim>(cut.count)}};
  if (static_cast<int>(y.axes.size()) > to.rank()) y.axes.erase(y.axes.begin() + cut.axis);
  const double share = cut.count / size;
  if (along == Along::channels) {
    const double all = x.channels(), begin = cut.begin / size * all, end = begin + share * all;
    const bool in_order = size_along(axis, Along::channels) == all || x.parts.size() == 1;
    y.parts.clear();
    if (!in_order) {
      y.parts = {x.whole()};
      y.parts[0].channels = share * all;
      y.parts[0].kernel = spread(y.parts[0].kernel, x.grid.positions.size());
      return y;
    }
    double at = 0;
    for (const Part& part : x.parts) {
      const double shared = std::min(at + part.channels, end) - std::max(at, begin);
      if (shared > 1e-9) {
        y.parts.push_back(part);
        y.parts.back().channels = shared;
      }
      at += part.channels;
    }
    return y;
  }
  if (along == Along::samples) {
    y.grid.n_samples *= share;
    return y;
  }
  const std::size_t n = x.grid.positions.size();
  if (n == 1) {
    y.grid.positions[0] *= share;
    return y;
  }
  // Groups lie one behind the other along the axis.
  std::vector<std::size_t> kept;
  y.grid.positions.clear();
  double at = 0;
  const double scale = size / x.grid.n_positions();
  for (std::size_t g = 0; g < n; ++g) {
    const double here = x.grid.positions[g] * scale;
    const double shared = std::min(at + here, cut.begin + cut.count) - std::max(at, cut.begin);
    if (shared > 1e-9) {
      kept.push_back(g);
      y.grid.positions.push_back(shared / scale);
    }
    at += here;
  }
  for (Part& part : y.parts) {
    Kernel k(kept.size());
    for (std::size_t g = 0; g < kept.size(); ++g) {
      k.own[g] = part.kernel.own[kept[g]];
      for (std::size_t h = 0; h < kept.size(); ++h) {
        k.near[g * kept.size() + h] = part.kernel.near[kept[g] * n + kept[h]];
        k.far[g * kept.size() + h] = part.kernel.far[kept[g] * n + kept[h]];
      }
    }
    part.kernel = std::move(k);
  }
  return y;
}

// The gradient of a cut at the places it was cut from; the mean over those that got none.
std::vector<Kernel> uncut(const Signal& x, const Signal& y, const Cut& cut,
                          const std::vector<Kernel>& gradient) {
  std::vector<Kernel> back(x.parts.size(), Kernel(x.grid.positions.size()));
  const double all = x.channels(), some = y.channels();
  if (some < all - 0.5) {
    const Axis& axis = x.axes[static_cast<std::size_t>(cut.axis)];
    const double size = size_along(axis, Along::channels) * size_along(axis, Along::positions) *
                        size_along(axis, Along::samples);
    const bool in_order = size_along(axis, Along::channels) == all || x.parts.size() == 1;
    const double begin = cut.begin / size * all, end = begin + some;
    if (!in_order) {
      for (Kernel& k : back) {
        k = gradient[0];
        k *= some / all;
      }
      return back;
    }
    double at = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < x.parts.size(); ++i) {
      const double shared = std::min(at + x.parts[i].channels, end) - std::max(at, begin);
      if (shared > 1e-9) {
        back[i] = gradient[next++];
        back[i] *= shared / x.parts[i].channels;
      }
      at += x.parts[i].channels;
    }
    return back;
  }
  const double p = x.grid.n_positions(), q = y.grid.n_positions();
  const double samples = y.grid.n_samples / x.grid.n_samples;
  const std::size_t n = x.grid.positions.size(), m = y.grid.positions.size();
  for (std::size_t i = 0; i < back.size(); ++i) {
    Kernel& k = back[i];
    const Kernel& g = gradient[i];
    if (n == 1) {
      k.own[0] = samples * q / p * g.own[0];
      k.near[0] = p > 1 ? samples * q * (q - 1) / (p * (p - 1)) * g.near[0] : 0;
      k.far[0] = samples * samples * q * q / (p * p) * g.far[0];
      continue;
    }
    // Which groups they are.
    const Axis& axis = x.axes[static_cast<std::size_t>(cut.axis)];
    const double scale = size_along(axis, Along::positions) / p;
    std::vector<double> share(n, 0);
    std::vector<std::size_t> from(n, 0);
    double at = 0;
    std::size_t next = 0;
    for (std::size_t g2 = 0; g2 < n; ++g2) {
      const double here = x.grid.positions[g2] * scale;
      const double shared = std::min(at + here, cut.begin + cut.count) - std::max(at, cut.begin);
      if (shared > 1e-9 && next < m) {
        share[g2] = shared / here;
        from[g2] = next++;
      }
      at += here;
    }
    for (std::size_t a = 0; a < n; ++a) {
      k.own[a] = share[a] * g.own[from[a]];
      for (std::size_t b = 0; b < n; ++b) {
        k.near[a * n + b] = share[a] * share[b] * g.near[from[a] * m + from[b]];
        k.far[a * n + b] = share[a] * share[b] * g.far[from[a] * m + from[b]];
      }
    }
  }
  return back;
}

std::vector<Cut> cuts_of_slice(const OpContext& ctx) {
  std::vector<Cut> cuts;
  const Shape &x = ctx.in(0).shape, &y = ctx.out(0).shape;
  const auto starts = ctx.ints_from("starts", 1), axes = ctx.ints_from("axes", 3);
  for (int d = 0; d < x.rank(); ++d) {
    if (x[d] == y[d]) continue;
    Cut cut{d, 0, static_cast<double>(y[d])};
    for (std::size_t i = 0; i < starts.values.size(); ++i) {
      const auto axis = axes.present && i < axes.values.size()
                            ? normalize_axis(axes.values[i], x.rank())
                            : std::optional(static_cast<int>(i));
      if (axis != d) continue;
      const Dim start = starts.values[i] < 0 ? starts.values[i] + x[d] : starts.values[i];
      cut.begin = static_cast<double>(std::clamp<Dim>(start, 0, x[d] - y[d]));
    }
    cuts.push_back(cut);
  }
  return cuts;
}

std::vector<Cut> cuts_of_gather(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), x.rank());
  if (!axis) return {};
  const Dim n = std::max<Dim>(1, product(ctx.in(1).shape.dims()));
  Cut cut{*axis, 0, static_cast<double>(std::min(n, x[*axis]))};
  if (const auto at = ctx.const_ints(1); at && !at->empty()) {
    const Dim first = (*at)[0] < 0 ? (*at)[0] + x[*axis] : (*at)[0];
    cut.begin =
        static_cast<double>(std::clamp<Dim>(first, 0, x[*axis] - static_cast<Dim>(cut.count)));
  }
  return {cut};
}

bool cut_forward(Walk& walk, const OpContext& ctx, const std::vector<Cut>& cuts) {
  if (walk.what(ctx, 0) != What::signal || !ctx.out(0).shape.is_static() ||
      !ctx.in(0).shape.is_static())
    return false;
  if (cuts.empty()) return set_relaid(walk, ctx, walk.in(ctx, 0).axes);
  // One axis after the other; the last one may vanish.
  Signal y = walk.in(ctx, 0);
  for (const Cut& cut : cuts) {
    if (cut.count < 1) return false;
    y = cut_of(y, cut, ctx.out(0).shape);
  }
  walk.set(ctx, 0, std::move(y));
  return true;
}
void cut_backward(Walk& walk, const OpContext& ctx, int output, const std::vector<Cut>& cuts) {
  const auto* const g = walk.gradient(ctx.output_id(output));
  if (g == nullptr) return;
  const Signal& x = walk.in(ctx, 0);
  std::vector<Signal> steps{x};
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i)
    steps.push_back(cut_of(steps.back(), cuts[i], ctx.in(0).shape));
  std::vector<Kernel> back = *g;
  Signal after = walk.out(ctx, output);
  for (std::size_t i = cuts.size(); i-- > 0;) {
    back = uncut(steps[i], after, cuts[i], back);
    after = steps[i];
  }
  walk.push(ctx.input_id(0), back);
}

bool slice(Walk& walk, const OpContext& ctx) {
  return ctx.in(0).shape.is_static() && cut_forward(walk, ctx, cuts_of_slice(ctx));
}
void slice_backward(Walk& walk, const OpContext& ctx) {
  cut_backward(walk, ctx, 0, cuts_of_slice(ctx));
}

// --- A table's rows, or places of a signal -------------------------------------------------------

bool gather(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) == What::signal)
    return walk.what(ctx, 1) == What::constant && ctx.in(0).shape.is_static() &&
           cut_forward(walk, ctx, cuts_of_gather(ctx));
  if (!walk.is_weight(ctx, 0) || !ctx.out(0).shape.is_static()) return false;
  const Shape& table = ctx.in(0).shape;
  if (!table.is_static() || table.rank() != 2 || ctx.int_attr("axis", 0) != 0) return false;
  const Start start = walk.weight(ctx.input_id(0), 0, 0, {0, 1});  // nn.Embedding: N(0, 1)
  Signal y;
  const Shape& out = ctx.out(0).shape;
  for (int d = 0; d < out.rank(); ++d)
    y.axes.push_back({{d == out.rank() - 1        ? Along::channels
                       : d == 0 && out.rank() > 1 ? Along::samples
                                                  : Along::positions,
                       out[d]}});
  y.grid = grid_of(y.axes);
  const double across = start.mean * start.mean;
  const double alike = across + (start.square - across) / static_cast<double>(table[0]);
  y.parts.push_back(
      {static_cast<double>(table[1]), start.mean, Kernel(1, start.square, alike, alike)});
  walk.set(ctx, 0, std::move(y));
  return true;
}
void gather_backward(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) == What::signal) return cut_backward(walk, ctx, 0, cuts_of_gather(ctx));
  const Signal& y = walk.out(ctx);
  const Kernel& g = walk.gradient(ctx.output_id(0))->front();
  // Tokens that are alike add up in one row.
  const double rows = static_cast<double>(ctx.in(0).shape[0]);
  const Kernel alike(g.n_groups(), 1, 1 / rows, 1 / rows);
  walk.add_energy(ctx.input_id(0), y.channels() * overlap(y.grid, g, alike));
}

// --- Parts --------------------------------------------------------------------------------------

std::vector<Cut> cut_of_split(const OpContext& ctx, int output) {
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), ctx.in(0).shape.rank());
  if (!axis) return {};
  double begin = 0;
  for (int o = 0; o < output; ++o) begin += static_cast<double>(ctx.out(o).shape[*axis]);
  return {{*axis, begin, static_cast<double>(ctx.out(output).shape[*axis])}};
}
bool split(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal) return false;
  for (int o = 0; o < ctx.n_outputs(); ++o) {
    if (!ctx.has_output(o)) continue;
    if (!ctx.out(o).shape.is_static()) return false;
    const auto cuts = cut_of_split(ctx, o);
    if (cuts.empty()) return false;
    walk.set(ctx, o, cut_of(walk.in(ctx, 0), cuts[0], ctx.out(o).shape));
  }
  return true;
}
void split_backward(Walk& walk, const OpContext& ctx) {
  for (int o = 0; o < ctx.n_outputs(); ++o)
    if (ctx.has_output(o)) cut_backward(walk, ctx, o, cut_of_split(ctx, o));
}

constexpr Rule rows[] = {
    {"Reshape", reshape, same_backward},
    {"Flatten", reshape, same_backward},
    {"Squeeze", reshape, same_backward},
    {"Unsqueeze", reshape, same_backward},
    {"Transpose", transpose, same_backward},
    {"Identity", same, same_backward},
    {"Cast", same, same_backward},
    {"Dropout", same, same_backward},
    {"RotaryEmbedding", same, same_backward},
    {"Slice", slice, slice_backward},
    {"Gather", gather, gather_backward},
    {"Split", split, split_backward},
};

}  // namespace

std::span<const Rule> layout_rules() {
  return rows;
}

}  // namespace reckon::signal
