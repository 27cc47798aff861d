// Attention: y = softmax(scale·q·kᵀ + mask)·v.
//
// Scores of random weights are Gaussian: along the keys of a query with the variance
// s² = scale²·d·K_q(i, i)·(K_k(j, j) − K_k(j, j′)), over two queries with a covariance c of the
// same form. Of T keys, the squares of the softmax's weights then sum to p = 1/(1 + (T − 1)·e^−s²),
// the products of two queries' weights to o = 1/(1 + (T − 1)·e^−c): 1/T where scores are alike, 1
// where one key takes all (by the moments of a log-normal variable). A value that is averaged keeps
// what its positions have in common, and p of the rest. Backward, δscores = a·(δa − Σ a·δa).
#include <algorithm>
#include <cmath>

#include "learning/signal/attention.h"

namespace reckon::signal {
namespace {

struct Case {
  ValueId q = none, k = none, v = none;
  Scores scores;
  double value_size = 1;  // of a value head
  double shared = 1;      // query heads that share one of keys and values
};

// The mean over the queries of a causal mask, or what all of them have.
double concentration(double e, double keys, bool causal) {
  if (!causal) return 1 / (1 + (keys - 1) * std::exp(-e));
  double sum = 0;
  for (int t = 0; t < static_cast<int>(keys); ++t) sum += 1 / (1 + t * std::exp(-e));
  return sum / keys;
}
// Likewise over two queries, of which the later one sees all keys of the other.
double overlap_of(double e, double keys, bool causal) {
  if (!causal || keys < 2) return 1 / (1 + (keys - 1) * std::exp(-e));
  double sum = 0;
  for (int t = 1; t < static_cast<int>(keys); ++t) sum += 2.0 * t / (1 + t * std::exp(-e));
  return sum / (keys * (keys - 1));
}

struct Facts {
  Grid queries;
  Kernel q;                           // by groups of queries
  double k_varies = 0, v_varies = 0;  // own − near of keys, of values
  double v_near = 0, v_far = 0;
  std::vector<double> p, s;  // by group
  std::vector<double> o;     // by two
  double inside = 1;         // share of pairs of positions in one attention
};

Facts facts_of(const Walk& walk, const Case& a) {
  const Signal &q = walk.signal(a.q), &k = walk.signal(a.k), &v = walk.signal(a.v);
  Facts f;
  f.queries = q.grid;
  f.q = q.average();
  const Kernel key = k.whole().kernel, value = v.whole().kernel;
  f.k_varies = std::max(0.0, key.own[0] - key.near[0]);
  f.v_varies = std::max(0.0, value.own[0] - value.near[0]);
  f.v_near = value.near[0];
  f.v_far = value.far[0];
  const double factor = a.scores.scale * a.scores.scale * a.scores.size * f.k_varies;
  const std::size_t n = f.q.n_groups();
  for (std::size_t g = 0; g < n; ++g)
    f.p.push_back(concentration(factor * f.q.own[g] + a.scores.bias_variance, a.scores.keys,
                                a.scores.causal));
  for (std::size_t i = 0; i < n * n; ++i)
    f.o.push_back(overlap_of(factor * f.q.near[i], a.scores.keys, a.scores.causal));
  const double p = q.grid.n_positions();
  f.inside = p > 1 ? std::min(1.0, (a.scores.queries - 1) / (p - 1)) : 1;
  return f;
}

bool set_attended(Walk& walk, const OpContext& ctx, const Case& a, std::vector<Axis> axes,
                  double channels) {
  const Facts f = facts_of(walk, a);
  const std::size_t n = f.q.n_groups();
  Kernel y(n);
  for (std::size_t g = 0; g < n; ++g) y.own[g] = f.v_near + f.p[g] * f.v_varies;
  for (std::size_t i = 0; i < n * n; ++i) {
    y.near[i] = f.v_near + f.inside * f.o[i] * f.v_varies;
    y.far[i] = f.v_far;
  }
  walk.set(ctx, 0,
           {f.queries, {{channels, walk.signal(a.v).whole().mean, std::move(y)}}, std::move(axes)});
  return true;
}

void push_attended(Walk& walk, const OpContext& ctx, const Case& a) {
  const Facts f = facts_of(walk, a);
  const Signal& y = walk.out(ctx);
  const Kernel g = regrouped(*walk.gradient(ctx.output_id(0)), sizes_of(y), {y.channels()}).front();
  const Scores& s = a.scores;
  const std::size_t n = f.q.n_groups();
  const double keys = s.keys, queries = s.queries, per_key = queries / keys * a.shared;
  const double all = f.queries.n_positions(), samples = f.queries.n_samples;
  // Sums over the queries of one attention, as means over positions.
  double p_g = 0, s_g = 0, score_energy = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double share = f.queries.positions[i] / all;
    p_g += share * f.p[i] * g.own[i];
    const double scores = f.p[i] * (1 - f.p[i]) * a.value_size * g.own[i] * f.v_varies;
    s_g += share * scores * f.q.own[i];
    score_energy += share * scores;
  }
  double o_g = 0, so_g = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t h = 0; h < n; ++h) {
      const double others = f.queries.positions[h] - (i == h ? 1 : 0);
      const double share = all > 1 ? f.queries.positions[i] * others / (all * (all - 1)) : 0;
      o_g += share * f.o[i * n + h] * g.near[i * n + h];
      so_g += share * f.o[i * n + h] * a.value_size * g.near[i * n + h] * f.v_varies *
              f.q.near[i * n + h];
    }
  const double g_own = mean_own(f.queries, g), g_near = mean_near(f.queries, g),
               g_far = mean_far(f.queries, g);
  const double v_own = per_key * (p_g + (queries - 1) * o_g);
  const double v_inside =
      keys > 1 ? per_key * (g_own - p_g + (queries - 1) * (g_near - o_g)) / (keys - 1) : 0;
  const double ratio = queries / keys;
  walk.push_whole(a.v,
                  Kernel(1, v_own, f.inside * v_inside + (1 - f.inside) * ratio * ratio * g_near,
                         ratio * ratio * g_far));
  const double scale = s.scale * s.scale;
  // Queries: Σ over keys of δscores·k, of which only what varies is left.
  const Signal& q = walk.signal(a.q);
  Kernel dq(n);
  for (std::size_t i = 0; i < n; ++i)
    dq.own[i] = scale * f.p[i] * (1 - f.p[i]) * a.value_size * g.own[i] * f.v_varies * f.k_varies;
  for (std::size_t i = 0; i < n * n; ++i)
    dq.near[i] = f.inside * scale * f.o[i] * a.value_size * g.near[i] * f.v_varies * f.k_varies;
  walk.push(a.q, std::vector<Kernel>(q.parts.size(), dq));
  const double k_own = scale * per_key * std::max(0.0, s_g + (queries - 1) * so_g);
  // Over all keys they sum to nothing: a softmax does not see what is added to all its scores.
  walk.push_whole(a.k, Kernel(1, k_own, keys > 1 ? -f.inside * k_own / (keys - 1) : 0, 0));
  for (const ValueId table : s.tables) {
    const double heads = walk.signal(a.q).channels() / s.size;
    walk.add_energy(table, heads * samples * all * score_energy);
  }
}

// --- Written out ---------------------------------------------------------------------------------

bool along(const Axis& axis, Along what, Dim size) {
  return size_along(axis, what) == static_cast<double>(size);
}

Case case_of(const Walk& walk, const OpContext& ctx) {
  const Signal& weights = walk.in(ctx, 0);
  Case a{weights.scores->q, weights.scores->k, ctx.input_id(1), *weights.scores, 1, 1};
  const Shape& v = ctx.in(1).shape;
  a.value_size = static_cast<double>(v[v.rank() - 1]);
  return a;
}

bool scores_forward(Walk& walk, const OpContext& ctx) {
  const Signal &q = walk.in(ctx, 0), &k = walk.in(ctx, 1);
  const Shape &qs = ctx.in(0).shape, &ks = ctx.in(1).shape, &out = ctx.out(0).shape;
  if (!qs.is_static() || !ks.is_static() || qs.rank() < 3 || ks.rank() != qs.rank()) return false;
  const int r = qs.rank();
  const auto last = static_cast<std::size_t>(r - 1), before = last - 1;
  if (!along(q.axes[last], Along::channels, qs[r - 1]) ||
      !along(k.axes[before], Along::channels, ks[r - 2]) ||
      !along(k.axes[last], Along::positions, ks[r - 1]))
    return false;
  auto s = std::make_shared<Scores>();
  s->q = ctx.input_id(0);
  s->k = ctx.input_id(1);
  s->keys = static_cast<double>(ks[r - 1]);
  s->queries = static_cast<double>(qs[r - 2]);
  s->size = static_cast<double>(qs[r - 1]);
  Signal y;
  y.axes = q.axes;
  y.axes[last] = channel_axis(out[r - 1]);
  y.grid = {q.grid.n_samples, {q.grid.n_positions()}};
  y.parts.push_back({size_along(y.axes, Along::channels), 0, Kernel(1)});
  y.scores = std::move(s);
  walk.set(ctx, 0, std::move(y));
  return true;
}

template <class F>
bool change_scores(Walk& walk, const OpContext& ctx, int x, F f) {
  if (walk.what(ctx, x) != What::signal || walk.in(ctx, x).scores == nullptr) return false;
  Signal y = walk.in(ctx, x);
  auto s = std::make_shared<Scores>(*y.scores);
  f(*s);
  y.scores = std::move(s);
  walk.set(ctx, 0, std::move(y));
  return true;
}

bool softmax(Walk& walk, const OpContext& ctx) {
  const int rank = ctx.in(0).shape.rank();
  if (normalize_axis(ctx.int_attr("axis", ctx.opset() < 13 ? 1 : -1), rank) != rank - 1)
    return false;
  return change_scores(walk, ctx, 0, [](Scores& s) { s.softmax = true; });
}

// --- One operator --------------------------------------------------------------------------------

std::optional<Case> case_of_fused(const Walk& walk, const OpContext& ctx) {
  for (int i = 0; i < 3; ++i)
    if (walk.what(ctx, i) != What::signal || !ctx.in(i).shape.is_static()) return std::nullopt;
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  Case a{ctx.input_id(0), ctx.input_id(1), ctx.input_id(2), {}, 1, 1};
  const bool flat = q.rank() == 3;
  const double heads = static_cast<double>(flat ? ctx.int_attr("q_num_heads", 1) : q[1]);
  const double kv = static_cast<double>(flat ? ctx.int_attr("kv_num_heads", 1) : k[1]);
  a.shared = heads / kv;
  a.scores.q = a.q;
  a.scores.k = a.k;
  a.scores.queries = static_cast<double>(q[q.rank() - 2]);
  a.scores.keys = static_cast<double>(k[k.rank() - 2]);
  a.scores.size = static_cast<double>(q[q.rank() - 1]) / (flat ? heads : 1);
  a.value_size = static_cast<double>(v[v.rank() - 1]) / (flat ? kv : 1);
  a.scores.scale = ctx.float_attr("scale", 1 / std::sqrt(a.scores.size));
  a.scores.causal = ctx.int_attr("is_causal", 0) != 0;
  return a;
}
bool fused(Walk& walk, const OpContext& ctx) {
  const auto a = case_of_fused(walk, ctx);
  if (!a) return false;
  const Signal& q = walk.signal(a->q);
  std::vector<Axis> axes = q.axes;
  const Shape& out = ctx.out(0).shape;
  if (!out.is_static() || out.rank() != static_cast<int>(axes.size())) return false;
  axes.back() = channel_axis(out[out.rank() - 1]);
  return set_attended(walk, ctx, *a, axes, size_along(axes, Along::channels));
}
void fused_backward(Walk& walk, const OpContext& ctx) {
  push_attended(walk, ctx, *case_of_fused(walk, ctx));
}
void nothing(Walk&, const OpContext&) {}

constexpr Rule rows[] = {
    {"Softmax", softmax, nothing},
    {"Attention", fused, fused_backward},
};

}  // namespace

bool products_of_signals(Walk& walk, const OpContext& ctx) {
  if (ctx.node().op_type != "MatMul" || walk.what(ctx, 0) != What::signal ||
      walk.what(ctx, 1) != What::signal)
    return false;
  const Signal& weights = walk.in(ctx, 0);
  if (weights.scores == nullptr) return scores_forward(walk, ctx);
  if (!weights.scores->softmax || !ctx.out(0).shape.is_static()) return false;
  const Signal& v = walk.in(ctx, 1);
  std::vector<Axis> axes = weights.axes;
  axes.back() = v.axes.back();
  return set_attended(walk, ctx, case_of(walk, ctx), axes, size_along(axes, Along::channels));
}

void products_of_signals_backward(Walk& walk, const OpContext& ctx) {
  if (walk.out(ctx).scores == nullptr) push_attended(walk, ctx, case_of(walk, ctx));
}

bool scale_scores(Walk& walk, const OpContext& ctx, int x, double scale) {
  return change_scores(walk, ctx, x, [scale](Scores& s) { s.scale *= scale; });
}

bool shift_scores(Walk& walk, const OpContext& ctx, int x, int other) {
  const Shape& mask = ctx.in(other).shape;
  const int r = mask.rank();
  const bool square = r >= 2 && mask[r - 1] == mask[r - 2] && mask[r - 1] > 1;
  const ValueId id = ctx.has_input(other) ? ctx.input_id(other) : none;
  const What what = walk.what(ctx, other);
  if (what == What::signal) return false;
  // What forbids keys to queries, one picture for all: a causal mask. `Where` has it as condition.
  const Shape& condition = ctx.node().op_type == "Where" ? ctx.in(0).shape : mask;
  const int c = condition.rank();
  const bool one = c >= 2 && condition[c - 1] == condition[c - 2] && condition[c - 1] > 1 &&
                   product(condition.dims()) == condition[c - 1] * condition[c - 2];
  return change_scores(walk, ctx, x, [&](Scores& s) {
    if (what == What::weight) {
      const Start start = walk.weight(id, 0, 0, {0, 0.02 * 0.02});
      s.bias_variance += start.square - start.mean * start.mean;
      s.tables.push_back(id);
    } else {
      s.causal = s.causal || one || (square && what == What::aside);
    }
  });
}

bool projects_to_attention(const Walk& walk, ValueId result, ValueId weight, ValueId bias) {
  const Graph& graph = walk.graph();
  for (const ValueId id : {weight, bias})
    if (const ValueId stored = id == none ? none : walk.root(id);
        stored != none && graph.values[static_cast<std::size_t>(stored)].name.contains("in_proj_"))
      return true;
  for (int steps = 0; steps < 2; ++steps) {
    const NodeId reader = walk.first_reader(result);
    if (reader == none) return false;
    const Node& node = graph.nodes[static_cast<std::size_t>(reader)];
    if (node.op_type == "Attention") return true;
    if (node.op_type != "RotaryEmbedding") return false;
    result = graph.outputs_of(node)[0];
  }
  return false;
}

std::span<const Rule> attention_rules() {
  return rows;
}

}  // namespace reckon::signal
