// Concat, of channels or of positions; Expand.
#include <algorithm>
#include <cmath>

#include "learning/signal/rule.h"

namespace reckon::signal {
namespace {

struct Join {
  int axis = 0;
  Along along = Along::channels;
};
std::optional<Join> read_join(const Walk& walk, const OpContext& ctx) {
  const auto axis = normalize_axis(ctx.int_attr("axis", 1), ctx.out(0).shape.rank());
  if (!axis || !ctx.out(0).shape.is_static()) return std::nullopt;
  Join join{*axis, Along::channels};
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    if (walk.what(ctx, i) != What::signal) continue;
    const Axis& a = walk.in(ctx, i).axes[static_cast<std::size_t>(*axis)];
    for (const Along along : {Along::samples, Along::positions})
      if (size_along(a, along) > 1) join.along = along;
  }
  return join.along == Along::samples ? std::nullopt : std::optional(join);
}

// A table that is joined to signals, one for all samples: a class token.
Signal table_signal(Walk& walk, const OpContext& ctx, int i, const Signal& like) {
  const ValueId id = ctx.input_id(i);
  // What an exporter has stored spread out is no weight any longer.
  constexpr Start begin{0, 0.02 * 0.02};
  const Start start =
      walk.is_weight(ctx, i) ? walk.weight(id, 0, 0, begin) : walk.elements(id).value_or(begin);
  Signal t;
  t.axes = like.axes;
  for (std::size_t d = 0; d < t.axes.size(); ++d) {
    const Along along = t.axes[d].empty() ? Along::positions : t.axes[d].front().along;
    t.axes[d] = {{along, ctx.in(i).shape[static_cast<int>(d)]}};
  }
  t.grid = {like.grid.n_samples, {size_along(t.axes, Along::positions)}};
  const double p = t.grid.n_positions(), across = start.mean * start.mean;
  t.parts.push_back({like.channels(),
                     start.mean,
                     Kernel(1, start.square, across, start.square / p + (1 - 1 / p) * across),
                     {}});
  return t;
}

const Signal* first_signal(const Walk& walk, const OpContext& ctx) {
  for (int i = 0; i < ctx.n_inputs(); ++i)
    if (walk.what(ctx, i) == What::signal) return &walk.in(ctx, i);
  return nullptr;
}

constexpr std::size_t most_groups = 16;

bool concat(Walk& walk, const OpContext& ctx) {
  const auto join = read_join(walk, ctx);
  const Signal* const like = first_signal(walk, ctx);
  if (!join || like == nullptr) return false;
  std::vector<Signal> all;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    if (walk.what(ctx, i) == What::signal)
      all.push_back(walk.in(ctx, i));
    else if ((walk.is_weight(ctx, i) || walk.what(ctx, i) == What::constant) &&
             join->along == Along::positions)
      all.push_back(table_signal(walk, ctx, i, *like));
    else
      return false;
  }
  Signal y{all[0].grid, {}, like->axes};
  y.axes[static_cast<std::size_t>(join->axis)] = {{join->along, ctx.out(0).shape[join->axis]}};
  if (join->along == Along::channels) {
    for (const Signal& x : all)
      for (Part part : x.parts) {
        part.kernel = fitted(part.kernel, x.grid, y.grid);
        part.slope = {};
        y.parts.push_back(std::move(part));
      }
    if (const auto sizes = sizes_of(y), fewer = coarser(sizes); fewer != sizes)
      y.parts = recut(y.parts, fewer);
    walk.set(ctx, 0, std::move(y));
    return true;
  }
  // Along positions: a group each, where they differ.
  std::vector<double> positions;
  std::vector<Part> wholes;
  for (const Signal& x : all) {
    wholes.push_back(x.whole());
    positions.push_back(x.grid.n_positions());
  }
  const std::size_t n = all.size();
  y.grid = {all[0].grid.n_samples, positions};
  Part part{like->channels(), wholes[0].mean, Kernel(n)};
  bool alike = n > most_groups;
  if (!alike) {
    alike = true;
    for (const Part& w : wholes)
      alike = alike &&
              std::abs(w.kernel.own[0] - wholes[0].kernel.own[0]) <= 1e-6 * wholes[0].kernel.own[0];
  }
  for (std::size_t g = 0; g < n; ++g) {
    part.kernel.own[g] = wholes[g].kernel.own[0];
    for (std::size_t h = 0; h < n; ++h) {
      // Pieces of one signal hang together as its positions do; others by their means.
      const double means = wholes[g].mean * wholes[h].mean;
      part.kernel.near[g * n + h] = g == h || alike ? wholes[g].kernel.near[0] : means;
      part.kernel.far[g * n + h] = g == h || alike ? wholes[g].kernel.far[0] : means;
    }
  }
  if (alike) {
    part.kernel = merged(y.grid, part.kernel);
    y.grid.positions = {y.grid.n_positions()};
  }
  y.parts.push_back(std::move(part));
  walk.set(ctx, 0, std::move(y));
  return true;
}

void concat_backward(Walk& walk, const OpContext& ctx) {
  const auto join = read_join(walk, ctx);
  const Signal& y = walk.out(ctx);
  const std::vector<Kernel>& g = *walk.gradient(ctx.output_id(0));
  if (join->along == Along::channels) {
    std::size_t at = 0;  // the part of y that the channels so far reach into
    double reached = 0, end = y.parts[0].channels;
    for (int i = 0; i < ctx.n_inputs(); ++i) {
      const Signal& x = walk.in(ctx, i);
      std::vector<Kernel> back;
      std::vector<Profile> profiles;
      for (const Part& part : x.parts) {
        while (reached > end - 0.5 && at + 1 < y.parts.size()) end += y.parts[++at].channels;
        profiles.push_back(walk.profiles(ctx.output_id(0))[at]);
        back.push_back(fitted(g[at], y.grid, x.grid));
        reached += part.channels;
      }
      walk.push(ctx.input_id(i), back, nullptr, &profiles);
    }
    return;
  }
  const std::size_t n = y.grid.positions.size();
  std::size_t at = 0;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    const std::size_t group = n == 1 ? 0 : at++;
    const Kernel piece(1, g[0].own[group], g[0].near[group * n + group],
                       g[0].far[group * n + group]);
    if (walk.what(ctx, i) == What::signal) {
      walk.push_whole(ctx.input_id(i), piece);
    } else {
      // One element for all samples.
      const double p = static_cast<double>(ctx.in(i).shape[join->axis]), samples = y.grid.n_samples;
      walk.add_energy(ctx.input_id(i),
                      y.channels() * p * samples * (piece.own[0] + (samples - 1) * piece.far[0]));
    }
  }
}

bool expand(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal || !(ctx.in(0).shape == ctx.out(0).shape)) return false;
  Signal y = relaid(walk.in(ctx, 0), walk.in(ctx, 0).axes);
  walk.set(ctx, 0, std::move(y));
  return true;
}
void expand_backward(Walk& walk, const OpContext& ctx) {
  walk.push(ctx.input_id(0), *walk.gradient(ctx.output_id(0)));
}

constexpr Rule rows[] = {
    {"Concat", concat, concat_backward},
    {"Expand", expand, expand_backward},
};

}  // namespace

std::span<const Rule> join_rules() {
  return rows;
}

}  // namespace reckon::signal
