// Sums and products of values, element by element. Two different signals are taken to be
// independent but for their means.
#include <algorithm>
#include <cmath>

#include "learning/signal/attention.h"
#include "learning/signal/rule.h"

namespace reckon::signal {
namespace {

// How often an operand's element is used along each role.
struct Copies {
  double samples = 1, positions = 1, channels = 1;
  bool any() const { return samples * positions * channels > 1; }
};

Dim size_at(const Shape& x, const Shape& out, int d) {
  const int i = d - (out.rank() - x.rank());
  return i < 0 ? 1 : x[i];
}

Copies copies_of(const Shape& x, const Shape& out, const std::vector<Axis>& axes) {
  Copies c;
  for (int d = 0; d < out.rank(); ++d) {
    if (size_at(x, out, d) != 1) continue;
    const Axis& axis = axes[static_cast<std::size_t>(d)];
    c.samples *= size_along(axis, Along::samples);
    c.positions *= size_along(axis, Along::positions);
    c.channels *= size_along(axis, Along::channels);
  }
  return c;
}

// A weight or a constant as the result sees it.
Kernel kernel_of_table(const Start& start, const Grid& grid, const Copies& copies) {
  const double p = grid.n_positions(), r = copies.positions, across = start.mean * start.mean;
  const double alike = p > 1 ? (r - 1) / (p - 1) : 0;  // pairs that see one element
  return Kernel(grid.positions.size(), start.square, alike * start.square + (1 - alike) * across,
                start.square * r / p + (1 - r / p) * across);
}
// Σ of the squares of a table's gradient: what its elements gather over their copies.
double energy_of_table(const Grid& grid, const Kernel& g, double channels, const Copies& copies) {
  const double p = grid.n_positions(), r = copies.positions, n = grid.n_samples;
  return channels * n * p *
         (mean_own(grid, g) + (r - 1) * mean_near(grid, g) + (n - 1) * r * mean_far(grid, g));
}

struct Sides {
  std::vector<Axis> axes;
  Grid grid;
  std::vector<double> parts;  // sizes
  Copies copies[2];
  std::vector<Part> seen[2];  // the operands as the result sees them, by its parts
};

Kernel spread_copies(const Kernel& k, const Grid& from, const Grid& to, const Copies& c) {
  if (!(c.samples * c.positions > 1)) return fitted(k, from, to);
  const Kernel one = merged(from, k);
  const double p = from.n_positions(), r = c.positions, all = p * r;
  const double row = (one.own[0] + (p - 1) * one.near[0]) / p;
  const double near = all > 1 ? (p * r * (r - 1) * one.own[0] + p * (p - 1) * r * r * one.near[0]) /
                                    (all * (all - 1))
                              : 0;
  const Kernel out(1, one.own[0], near, c.samples > 1 ? row : one.far[0]);
  return spread(out, to.positions.size());
}
Kernel gather_copies(const Kernel& g, const Grid& from, const Grid& to, const Copies& c) {
  if (!c.any()) return fitted(g, from, to);
  const Kernel one = merged(from, g);
  const double r = c.positions;
  Kernel out(1, r * one.own[0] + r * (r - 1) * one.near[0], r * r * one.near[0],
             r * r * one.far[0]);
  if (c.samples > 1) out.own[0] = c.samples * (out.own[0] + (c.samples - 1) * r * r * one.far[0]);
  out *= c.channels;
  return spread(out, to.positions.size());
}

std::optional<Sides> read_sides(const Walk& walk, const OpContext& ctx) {
  const Signal* const x[2] = {&walk.in(ctx, 0), &walk.in(ctx, 1)};
  const Shape& out = ctx.out(0).shape;
  if (!out.is_static()) return std::nullopt;
  Sides s;
  for (int d = 0; d < out.rank(); ++d) {
    const int first = size_at(ctx.in(0).shape, out, d) == out[d] ? 0 : 1;
    const int i = d - (out.rank() - ctx.in(first).shape.rank());
    if (i < 0) return std::nullopt;
    s.axes.push_back(x[first]->axes[static_cast<std::size_t>(i)]);
  }
  s.grid = grid_of(s.axes);
  for (int i = 0; i < 2; ++i) {
    s.copies[i] = copies_of(ctx.in(i).shape, out, s.axes);
    if (x[i]->grid.positions.size() > 1 && x[i]->grid.n_positions() == s.grid.n_positions())
      s.grid = x[i]->grid;
    if (s.copies[i].channels > 1 && x[i]->parts.size() > 1) return std::nullopt;
  }
  // The cuts of both.
  std::vector<double> ends;
  for (int i = 0; i < 2; ++i) {
    double end = 0;
    for (const Part& part : x[i]->parts)
      ends.push_back(end += part.channels * s.copies[i].channels);
  }
  std::ranges::sort(ends);
  double before = 0;
  for (const double end : ends)
    if (end - before > 0.5) {
      s.parts.push_back(end - before);
      before = end;
    }
  s.parts = coarser(s.parts);
  for (int i = 0; i < 2; ++i) {
    std::vector<Part> all;
    for (const Part& part : x[i]->parts)
      all.push_back({part.channels * s.copies[i].channels,
                     part.mean,
                     spread_copies(part.kernel, x[i]->grid, s.grid, s.copies[i]),
                     {},
                     part.law});
    s.seen[i] = recut(all, s.parts);
  }
  return s;
}

bool two_signals(Walk& walk, const OpContext& ctx, double sign, bool product) {
  const auto s = read_sides(walk, ctx);
  if (!s) return false;
  const bool same = ctx.input_id(0) == ctx.input_id(1);
  Signal y{s->grid, {}, s->axes};
  for (std::size_t i = 0; i < s->parts.size(); ++i) {
    const Part &first = s->seen[0][i], &second = s->seen[1][i];
    const double a = first.mean, b = second.mean;
    Part part{s->parts[i], 0, Kernel(s->grid.positions.size())};
    const Spread sides[2] = {first.spread(s->grid), second.spread(s->grid)};
    part.law = product ? law_of_product(sides[0], sides[1])
               : same  ? sides[0].law
                       : law_of_sum(sides[0], sides[1]);
    if (product) {
      part.mean = a * b;
      part.kernel.add_product(first.kernel, second.kernel);
    } else {
      part.mean = a + sign * b;
      part.kernel += first.kernel;
      part.kernel += second.kernel;
      if (same)
        part.kernel *= 1 + sign;
      else
        part.kernel.add_constant(2 * sign * a * b);
    }
    y.parts.push_back(std::move(part));
  }
  walk.set(ctx, 0, std::move(y));
  return true;
}

// δ·(a − E[a]) of a term a of a sum u: a = β·u + r, β = Var a / Var u, and r is independent of δ.
Kernel tilted_term(const Kernel& tilted, const Kernel& gradient, Kernel a, double a_mean, Kernel u,
                   double u_mean, const Grid& grid) {
  a.add_constant(-a_mean * a_mean);
  u.add_constant(-u_mean * u_mean);
  const double all = mean_own(grid, u);
  const double beta = all > 0 ? std::clamp(mean_own(grid, a) / all, 0.0, 1.0) : 0;
  Kernel rest = a;
  rest *= 1 - 2 * beta;
  u *= beta * beta;
  rest += u;
  Kernel out = tilted;
  out *= beta * beta;
  out.add_product(gradient, rest);
  return out;
}

void two_signals_backward(Walk& walk, const OpContext& ctx, bool product) {
  const auto s = read_sides(walk, ctx);
  for (int i = 0; i < 2; ++i) {
    std::vector<Kernel> back = *walk.gradient(ctx.output_id(0));
    if (product)
      for (std::size_t p = 0; p < back.size(); ++p) {
        Kernel g(back[p].n_groups());
        g.add_product(back[p], s->seen[1 - i][p].kernel);
        back[p] = std::move(g);
      }
    const Signal& x = walk.in(ctx, i);
    if (!product && !s->copies[i].any() && sizes_of(x) == s->parts &&
        x.grid.positions == s->grid.positions) {
      const Signal& u = walk.out(ctx);
      std::vector<Kernel> tilted;
      std::vector<Profile> profiles;
      const Signal& other = walk.in(ctx, 1 - i);
      const bool alike = sizes_of(other) == s->parts && ctx.input_id(0) != ctx.input_id(1);
      for (std::size_t p = 0; p < back.size(); ++p) {
        profiles.push_back(
            alike ? profile_of_term(x.parts[p].spread(x.grid), other.parts[p].spread(other.grid),
                                    u.parts[p].spread(u.grid), walk.profiles(ctx.output_id(0))[p])
                  : Profile());
        tilted.push_back(tilted_term(walk.tilted(ctx.output_id(0))[p], back[p], x.parts[p].kernel,
                                     x.parts[p].mean, u.parts[p].kernel, u.parts[p].mean, s->grid));
      }
      walk.push(ctx.input_id(i), back, &tilted, &profiles);
      continue;
    }
    for (Kernel& k : back) k = gather_copies(k, s->grid, x.grid, s->copies[i]);
    std::vector<double> to;
    for (const Part& part : x.parts) to.push_back(part.channels * s->copies[i].channels);
    walk.push(ctx.input_id(i), regrouped(back, s->parts, to));
  }
}

// --- With a weight or a constant ----------------------------------------------------------------

struct WithTable {
  int x = 0, table = 1;
  Copies copies;
};
std::optional<WithTable> read_table(const Walk& walk, const OpContext& ctx) {
  WithTable w;
  if (walk.what(ctx, 0) != What::signal) w.x = 1, w.table = 0;
  const Shape &x = ctx.in(w.x).shape, &t = ctx.in(w.table).shape, &out = ctx.out(0).shape;
  if (walk.what(ctx, w.x) != What::signal || !t.is_static() || !(x == out)) return std::nullopt;
  w.copies = copies_of(t, out, walk.in(ctx, w.x).axes);
  return w;
}

bool with_table(Walk& walk, const OpContext& ctx, double sign, bool product, bool inverse) {
  const auto w = read_table(walk, ctx);
  if (!w) return false;
  const ValueId id = ctx.input_id(w->table);
  if (!product && shift_scores(walk, ctx, w->x, w->table)) return true;
  Start start;
  if (walk.what(id) == What::weight) {
    if (inverse) return false;
    const bool table = w->copies.positions < walk.in(ctx, w->x).grid.n_positions();
    // Scales begin with one, shifts with zero; tables of positions with N(0, 0.02²) (A. Dosovitskiy
    // et al., ICLR 2021).
    start = walk.weight(id, 0, 0, product ? Start{1, 1} : table ? Start{0, 0.02 * 0.02} : Start{});
  } else {
    const auto known = walk.elements(id);
    if (!known) return false;
    start = *known;
    if (std::abs(start.square - start.mean * start.mean) <= 1e-9 * start.square) {
      const double c = start.mean;
      if (inverse && w->table == 0) return false;
      return product
                 ? scale_and_shift(walk, ctx, w->x, inverse ? 1 / c : c, 0)
                 : scale_and_shift(walk, ctx, w->x, w->x == 1 ? sign : 1, w->x == 1 ? c : sign * c);
    }
    if (inverse) return false;
  }
  Signal y = walk.in(ctx, w->x);
  y.source = none;
  y.scores = nullptr;
  const Kernel table = kernel_of_table(start, y.grid, w->copies);
  for (Part& part : y.parts) {
    if (product) {
      Kernel k(part.kernel.n_groups());
      k.add_product(part.kernel, table);
      part.kernel = std::move(k);
      part.mean *= start.mean;
    } else {
      part.kernel += table;
      part.kernel.add_constant(2 * sign * part.mean * start.mean);
      part.mean += sign * start.mean;
    }
  }
  walk.set(ctx, 0, std::move(y));
  return true;
}

void with_table_backward(Walk& walk, const OpContext& ctx, bool product) {
  const auto w = read_table(walk, ctx);
  const Signal& x = walk.in(ctx, w->x);
  const ValueId id = ctx.input_id(w->table);
  const bool is_weight = walk.what(id) == What::weight;
  std::vector<Kernel> back = *walk.gradient(ctx.output_id(0));
  const Start start = is_weight ? *walk.state(id).start : *walk.elements(id);
  const Kernel table = kernel_of_table(start, x.grid, w->copies);
  for (std::size_t i = 0; i < back.size(); ++i) {
    const double channels = x.parts[i].channels;
    Kernel g(back[i].n_groups());
    if (product) g.add_product(back[i], x.parts[i].kernel);
    if (is_weight)
      walk.add_energy(id, energy_of_table(x.grid, product ? g : back[i], channels, w->copies));
    if (product) {
      Kernel k(back[i].n_groups());
      k.add_product(back[i], table);
      back[i] = std::move(k);
    }
  }
  walk.push(ctx.input_id(w->x), back);
}

template <bool product, bool minus>
bool binary(Walk& walk, const OpContext& ctx) {
  const auto f = [](Slope a, Slope b) -> Slope {
    if constexpr (product && minus)
      return {a.value / b.value,
              (a.derivative * b.value - a.value * b.derivative) / (b.value * b.value)};
    else if constexpr (product)
      return {a.value * b.value, a.derivative * b.value + a.value * b.derivative};
    else if constexpr (minus)
      return {a.value - b.value, a.derivative - b.derivative};
    else
      return {a.value + b.value, a.derivative + b.derivative};
  };
  const bool a = walk.what(ctx, 0) == What::signal, b = walk.what(ctx, 1) == What::signal;
  if (a && b) {
    if (combine_functions(walk, ctx, f)) return true;
    return !(product && minus) && two_signals(walk, ctx, minus ? -1 : 1, product);
  }
  const int other = a ? 1 : 0;
  if (walk.what(ctx, other) == What::aside)
    return !product && shift_scores(walk, ctx, 1 - other, other);
  return with_table(walk, ctx, minus ? -1 : 1, product, product && minus);
}
template <bool product>
void binary_backward(Walk& walk, const OpContext& ctx) {
  if (walk.out(ctx).source != none) return function_backward(walk, ctx);
  if (walk.out(ctx).scores != nullptr) return;  // the weighted sum answers for all of it
  if (walk.what(ctx, 0) == What::signal && walk.what(ctx, 1) == What::signal)
    return two_signals_backward(walk, ctx, product);
  with_table_backward(walk, ctx, product);
}

bool power(Walk& walk, const OpContext& ctx) {
  const auto exponent = walk.what(ctx, 0) == What::signal ? ctx.const_float(1) : std::nullopt;
  return exponent && power_of(walk, ctx, *exponent);
}
bool root(Walk& walk, const OpContext& ctx) {
  return walk.what(ctx, 0) == What::signal && power_of(walk, ctx, 0.5);
}
// A mask keeps what it lets through: of the scores of an attention.
bool where(Walk& walk, const OpContext& ctx) {
  for (int x = 1; x <= 2; ++x)
    if (walk.what(ctx, x) == What::signal && shift_scores(walk, ctx, x, 3 - x)) return true;
  return false;
}
void nothing(Walk&, const OpContext&) {}

constexpr Rule rows[] = {
    {"Add", binary<false, false>, binary_backward<false>},
    {"Sub", binary<false, true>, binary_backward<false>},
    {"Mul", binary<true, false>, binary_backward<true>},
    {"Div", binary<true, true>, binary_backward<true>},
    {"Pow", power, function_backward},
    {"Sqrt", root, function_backward},
    {"Where", where, nothing},
};

}  // namespace

std::span<const Rule> arithmetic_rules() {
  return rows;
}

}  // namespace reckon::signal
