// Normalisations, which subtract a mean and divide by a deviation:
//   y = γ·(x − μ)/√(v + ε) + β,   δx = γ/√(v + ε)·(1 − 1/m·𝟏𝟏ᵀ − 1/m·x̂·x̂ᵀ)·δy
// over the m elements that share one mean. A batch normalisation's are those of a channel over the
// batch, so that its kernel changes mode by mode (G. Yang et al., ICLR 2019); a layer
// normalisation's are the channels of a position.
#include <cmath>

#include "learning/signal/rule.h"

namespace reckon::signal {
namespace {

constexpr Start ones{1, 1}, zeros{0, 0};

struct Affine {
  Start scale = ones, shift = zeros;
};
// By operand; a negative one: none.
Affine affine_of(Walk& walk, const OpContext& ctx, int scale, int shift) {
  const auto read = [&](int i, Start otherwise) {
    if (i < 0 || !ctx.has_input(i)) return otherwise;
    if (walk.is_weight(ctx, i)) return walk.weight(ctx.input_id(i), 0, 0, otherwise);
    return walk.elements(ctx.input_id(i)).value_or(otherwise);
  };
  return {read(scale, ones), read(shift, zeros)};
}

double epsilon_of(const OpContext& ctx, double otherwise = 1e-5) {
  return ctx.float_attr("epsilon", otherwise);
}

void set_normalised(Walk& walk, const OpContext& ctx, Signal y, const Affine& affine) {
  for (Part& part : y.parts) {
    part.kernel *= affine.scale.square;
    part.kernel.add_constant(affine.shift.square);
    part.mean = affine.shift.mean;
    part.slope = {};
  }
  y.source = none;
  y.scores = nullptr;
  walk.set(ctx, 0, std::move(y));
}

// The gradients of scale and shift. `tilted` is that of δ·(y − E[y]), y with its scale.
void add_affine(Walk& walk, const OpContext& ctx, const Affine& affine, int shift, const Grid& grid,
                const Kernel& g, const Kernel& tilted, double channels) {
  const double scale = affine.scale.square > 0 ? affine.scale.square : 1;
  if (walk.is_weight(ctx, 1))
    walk.add_energy(ctx.input_id(1), channels * sum_of_pairs(grid, tilted) / scale);
  if (shift > 0 && walk.is_weight(ctx, shift))
    walk.add_energy(ctx.input_id(shift), channels * sum_of_pairs(grid, g));
}

// --- Over positions: batch, instance and group normalisation -------------------------------------

// `over_batch`: one mean for a channel of the batch, else one for a sample and `joined` channels.
struct Over {
  bool batch = true;
  double joined = 1;
};

// The part of a mode that is subtracted away.
Modes centred(Modes m, const Grid& grid, const Over& over) {
  if (over.batch) {
    m.whole = 0;
    if (grid.n_samples <= 1 && grid.n_positions() <= 1) m = {};
    return m;
  }
  const double kept = 1 - 1 / over.joined;
  m.between *= kept;
  m.whole *= kept;
  return m;
}

struct Normalised {
  Modes modes;      // of x̂
  double variance;  // with ε
};
Normalised normalise(const Part& part, const Grid& grid, const Over& over, double epsilon) {
  Kernel k = merged(grid, part.kernel);
  k.add_constant(-part.mean * part.mean);
  Modes m = centred(modes(grid, k), grid, over);
  const double v = std::max(0.0, kernel_of(grid, m).own[0]) + epsilon;
  m.inside /= v;
  m.between /= v;
  m.whole /= v;
  return {m, v};
}

bool over_positions(Walk& walk, const OpContext& ctx, const Over& over) {
  if (walk.what(ctx, 0) != What::signal) return false;
  Signal y = walk.in(ctx, 0);
  const Affine affine = affine_of(walk, ctx, 1, 2);
  for (Part& part : y.parts)
    part.kernel = spread(kernel_of(y.grid, normalise(part, y.grid, over, epsilon_of(ctx)).modes),
                         y.grid.positions.size());
  set_normalised(walk, ctx, std::move(y), affine);
  return true;
}

void over_positions_backward(Walk& walk, const OpContext& ctx, const Over& over) {
  const Signal& x = walk.in(ctx, 0);
  const Affine affine = affine_of(walk, ctx, 1, 2);
  std::vector<Kernel> back = *walk.gradient(ctx.output_id(0));
  const std::vector<Kernel>& tilts = walk.tilted(ctx.output_id(0));
  const double m = over.batch ? x.grid.n() : x.grid.n_positions() * over.joined;
  for (std::size_t i = 0; i < back.size(); ++i) {
    const Normalised n = normalise(x.parts[i], x.grid, over, epsilon_of(ctx));
    const Kernel of_result = merged(x.grid, back[i]), tilted = merged(x.grid, tilts[i]);
    add_affine(walk, ctx, affine, 2, x.grid, of_result, tilted, x.parts[i].channels);
    Kernel g = of_result;
    g *= affine.scale.square;
    Modes d = centred(modes(x.grid, g), x.grid, over);
    // c = Σ δ·x̂ / m over those that share a mean: δ − c·x̂ lacks E[c²] of what x̂ has.
    const double sum = over.batch ? sum_of_pairs(x.grid, tilted)
                                  : over.joined * sum_of_pairs({1, x.grid.positions}, tilted);
    const double c2 = sum / (m * m);
    const auto project = [&](double mu, double kappa) { return std::max(0.0, mu - c2 * kappa); };
    d = {project(d.inside, n.modes.inside), project(d.between, n.modes.between),
         project(d.whole, n.modes.whole)};
    Kernel k = kernel_of(x.grid, d);
    back[i] = spread(k *= 1 / n.variance, x.grid.positions.size());
  }
  if (!over.batch)
    return walk.push(ctx.input_id(0), back, nullptr, &walk.profiles(ctx.output_id(0)));
  // Σ δ·x of a channel is nothing: its scale does not matter.
  std::vector<Kernel> tilted;
  for (std::size_t i = 0; i < back.size(); ++i) {
    Kernel about_mean = merged(x.grid, x.parts[i].kernel);
    about_mean.add_constant(-x.parts[i].mean * x.parts[i].mean);
    Kernel t(1);
    t.add_product(merged(x.grid, back[i]), about_mean);
    tilted.push_back(spread(with_sum_of_pairs(x.grid, std::move(t), 0), x.grid.positions.size()));
  }
  walk.push(ctx.input_id(0), back, &tilted, &walk.profiles(ctx.output_id(0)));
}

const Over batch{};
Over instance_of(const Walk&, const OpContext&) {
  return {false, 1};
}
Over group_of(const Walk& walk, const OpContext& ctx) {
  const double groups = static_cast<double>(ctx.int_attr("num_groups", ctx.int_attr("groups", 1)));
  return {false, std::max(1.0, walk.in(ctx, 0).channels() / groups)};
}

bool batch_norm(Walk& walk, const OpContext& ctx) {
  return over_positions(walk, ctx, batch);
}
void batch_norm_backward(Walk& walk, const OpContext& ctx) {
  over_positions_backward(walk, ctx, batch);
}
template <Over (*over)(const Walk&, const OpContext&)>
bool sample_norm(Walk& walk, const OpContext& ctx) {
  return walk.what(ctx, 0) == What::signal && over_positions(walk, ctx, over(walk, ctx));
}
template <Over (*over)(const Walk&, const OpContext&)>
void sample_norm_backward(Walk& walk, const OpContext& ctx) {
  over_positions_backward(walk, ctx, over(walk, ctx));
}

// --- Over the channels of a position -------------------------------------------------------------

// Of a position of each group: the variance with ε.
struct Layered {
  double mean = 0, channels = 1;
  std::vector<double> variance;
};
Layered layered(const Signal& x, double epsilon, bool centre) {
  const Part all = x.whole();
  Layered l{centre ? all.mean : 0, all.channels, {}};
  for (std::size_t g = 0; g < x.grid.positions.size(); ++g) {
    double own = 0;
    for (const Part& part : x.parts) own += part.channels / all.channels * part.kernel.own[g];
    const double v = (own - l.mean * l.mean) * (centre ? 1 - 1 / all.channels : 1);
    l.variance.push_back(std::max(0.0, v) + epsilon);
  }
  return l;
}

Kernel divided(Kernel k, const Layered& l) {
  const std::size_t n = k.n_groups();
  for (std::size_t g = 0; g < n; ++g) {
    k.own[g] /= l.variance[g];
    for (std::size_t h = 0; h < n; ++h) {
      const double size = std::sqrt(l.variance[g] * l.variance[h]);
      k.near[g * n + h] /= size;
      k.far[g * n + h] /= size;
    }
  }
  return k;
}

Kernel x_hat(const Part& part, const Layered& l) {
  Kernel k = part.kernel;
  k.add_constant(-l.mean * l.mean);
  return divided(std::move(k), l);
}

template <bool centre>
bool over_channels(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal) return false;
  Signal y = walk.in(ctx, 0);
  const Layered l = layered(y, epsilon_of(ctx), centre);
  for (Part& part : y.parts) part.kernel = x_hat(part, l);
  set_normalised(walk, ctx, std::move(y), affine_of(walk, ctx, 1, centre ? 2 : -1));
  return true;
}

template <bool centre>
void over_channels_backward(Walk& walk, const OpContext& ctx) {
  const Signal& x = walk.in(ctx, 0);
  const Layered l = layered(x, epsilon_of(ctx), centre);
  const Affine affine = affine_of(walk, ctx, 1, centre ? 2 : -1);
  std::vector<Kernel> back = *walk.gradient(ctx.output_id(0));
  // Two of a position's directions are lost, or one.
  const double left = std::max(0.0, 1 - (centre ? 2 : 1) / l.channels);
  for (std::size_t i = 0; i < back.size(); ++i) {
    add_affine(walk, ctx, affine, centre ? 2 : -1, x.grid, back[i],
               walk.tilted(ctx.output_id(0))[i], x.parts[i].channels);
    Kernel g = back[i];
    g *= affine.scale.square;
    back[i] = divided(std::move(g), l);
    back[i] *= left;
  }
  walk.push(ctx.input_id(0), back);
}

// xᵢ / (k + α/n·Σ x²)^β: near x / (k + α·E[x²])^β.
double lrn_scale(const Walk& walk, const OpContext& ctx) {
  const double q = walk.in(ctx, 0).whole().kernel.own[0];
  return std::pow(ctx.float_attr("bias", 1) + ctx.float_attr("alpha", 1e-4) * q,
                  -ctx.float_attr("beta", 0.75));
}
bool lrn(Walk& walk, const OpContext& ctx) {
  if (walk.what(ctx, 0) != What::signal) return false;
  Signal y = walk.in(ctx, 0);
  const double scale = lrn_scale(walk, ctx);
  for (Part& part : y.parts) {
    part.kernel *= scale * scale;
    part.mean *= scale;
  }
  y.source = none;
  walk.set(ctx, 0, std::move(y));
  return true;
}
void lrn_backward(Walk& walk, const OpContext& ctx) {
  std::vector<Kernel> back = *walk.gradient(ctx.output_id(0));
  const double scale = lrn_scale(walk, ctx);
  for (Kernel& k : back) k *= scale * scale;
  walk.push(ctx.input_id(0), back);
}

constexpr Rule rows[] = {
    {"BatchNormalization", batch_norm, batch_norm_backward},
    {"InstanceNormalization", sample_norm<instance_of>, sample_norm_backward<instance_of>},
    {"GroupNormalization", sample_norm<group_of>, sample_norm_backward<group_of>},
    {"LayerNormalization", over_channels<true>, over_channels_backward<true>},
    {"RMSNormalization", over_channels<false>, over_channels_backward<false>},
    {"SimplifiedLayerNormalization", over_channels<false>, over_channels_backward<false>},
    {"LRN", lrn, lrn_backward},
};

}  // namespace

std::span<const Rule> norm_rules() {
  return rows;
}

}  // namespace reckon::signal
