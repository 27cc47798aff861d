// The optimum over segments: the Pareto fronts T[p] of chain.h, from the last stage to the first.
//
// Two fronts per place: whether the stages before keep the value there (they read it in their
// backward pass) or not, so that nobody pays for it twice. With o = 1 when they do, x the bytes of
// a value, s of what a stage saves, f, g, b its peaks (forward, without autograd, backward), d of
// a gradient, and G_j those of the parameters after stage j:
//
//   store i      in = x unless o;  held = in if the stage reads it;  out = x' if it reads that
//                kept = held + s + out
//                need = max(in + f, held + out + b + G_i)
//   segment p…q  in = x unless o;  kept = in
//                need = in + max over j in p…q of
//                         x_j + g_j                              first run (x_p is `in`)
//                         G_q + d_q + saved(p…j−1) + x_j + f_j   second run
//                         G_j + saved(p…j−1) + x_j kept + out_j + b_j   backward
//
// where saved(p…j−1) counts values between stages that autograd keeps.
#include <algorithm>

#include "memory/recompute/chain_join.h"
#include "memory/recompute/pareto_front.h"

namespace reckon {
namespace {

// Stages of a joined chain: beyond, the least memory is exact for the joined chain only.
constexpr std::int32_t max_fine_stages = 4'096;
constexpr std::int64_t max_points_in_all = 6'000'000;
constexpr std::size_t max_simulated_stages = 2'000'000, fewest_points = 16;
constexpr std::int64_t longest_front = 16'384, shortest_front = 48;

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t length(const Chain& chain) {
  return static_cast<std::int32_t>(chain.stages.size());
}

struct Choice {
  std::int32_t next = 0;   // the place after the first segment; −1 where it is to store one stage
  std::int32_t point = 0;  // of the front there
};
using Front = ParetoFront<Choice>;
using Decision = Front::Decision;

class Solver {
 public:
  // `least_memory_only`: fronts of one point.
  Solver(const Chain& chain, std::int64_t max_points, bool least_memory_only, Watch* watch)
      : chain_(chain),
        watch_(watch),
        n_(length(chain)),
        max_points_(static_cast<std::size_t>(max_points)),
        least_memory_only_(least_memory_only),
        fronts_(2 * chain.stages.size() + 2),
        later_gradients_(chain.stages.size() + 1, 0) {}

  void run() {
    if (chain_.holds_result && n_ > 0) later_gradients_[at(n_)] = stage(n_ - 1).output_bytes;
    for (std::int32_t i = n_; i-- > 0;)
      later_gradients_[at(i)] = later_gradients_[at(i + 1)] + stage(i).param_gradient_bytes;
    for (const bool kept_before : {false, true}) {
      const bool there = kept_before && !chain_.holds_result;
      front(n_, kept_before) = Front(chain_.loss_peak_bytes + (there ? 0 : value_bytes(n_)));
    }
    for (std::int32_t p = n_; p-- > 0;) {
      tell(watch_, "stages planned", n_ - p, n_);
      if (stopped(watch_)) max_points_ = shortest_front;
      if (p > 0) solve(p, false);
      if (p == 0 || stage(p - 1).saves_output) solve(p, true);
    }
  }

  // The front of the whole chain, resident and the optimizer's update included.
  Front curve() const {
    const std::int64_t floor = later_gradients_[0] + chain_.update_bytes;
    return front(0, true).whole_step(floor, chain_.resident_bytes);
  }

  RecomputePlan plan(std::int32_t point) const {
    RecomputePlan plan;
    bool kept_before = true;
    for (std::int32_t p = 0; p < n_;) {
      const Choice& c = front(p, kept_before)[at(point)].choice;
      point = c.point;
      if (c.next < 0) {
        kept_before = stage(p).saves_output;
        ++p;
      } else {
        plan.segments.push_back({p, c.next - 1});
        kept_before = false;
        p = c.next;
      }
    }
    return plan;
  }

  bool exact() const { return exact_; }

 private:
  const Stage& stage(std::int32_t i) const { return chain_.stages[at(i)]; }
  // Place p is before stage p.
  std::int64_t value_bytes(std::int32_t p) const { return p == 0 ? 0 : stage(p - 1).output_bytes; }
  // Gradients of the parameters of stages after i (and the result that the caller holds).
  std::int64_t gradients_after(std::int32_t i) const { return later_gradients_[at(i + 1)]; }
  // The value before place p is kept by the stages before, or not.
  Front& front(std::int32_t p, bool kept_before) {
    return fronts_[2 * at(p) + (kept_before ? 1 : 0)];
  }
  const Front& front(std::int32_t p, bool kept_before) const {
    return fronts_[2 * at(p) + (kept_before ? 1 : 0)];
  }

  void solve(std::int32_t p, bool kept_before) {
    Front& best = front(p, kept_before);
    if (p == 0) max_points_ *= 8;  // the curve itself
    const std::int64_t in = kept_before ? 0 : value_bytes(p);
    store(p, in, best);
    recompute(p, in, best);
    thin(best);
    best.shrink_to_fit();
  }

  void store(std::int32_t p, std::int64_t in, Front& best) {
    const Stage& s = stage(p);
    const bool result = chain_.holds_result && p == n_ - 1;
    const std::int64_t held = s.saves_input ? in : 0;
    const std::int64_t out = s.saves_output && !result ? s.output_bytes : 0;
    Decision d;
    d.kept_bytes = held + s.saved_bytes + out;
    d.own_bytes = std::max(in + s.forward_peak_bytes,
                           held + out + s.backward_peak_bytes + gradients_after(p));
    d.choice.next = -1;
    join(best, front(p + 1, s.saves_output), d);
  }

  void recompute(std::int32_t p, std::int64_t in, Front& best) {
    std::int64_t plain = 0, second = 0, back = 0;  // peaks so far
    std::int64_t saved = 0;                        // of stages p…j−1, with values between them
    double time = 0;
    for (std::int32_t j = p; j < n_; ++j) {
      const Stage& s = stage(j);
      const std::int64_t x = j == p ? 0 : value_bytes(j);
      const bool x_kept = j > p && (stage(j - 1).saves_output || s.saves_input);
      plain = std::max(plain, x + s.plain_peak_bytes);
      second = std::max(second, saved + x + s.forward_peak_bytes);
      saved += x_kept ? x : 0;
      back = std::max(back, gradients_after(j) + saved + (s.saves_output ? s.output_bytes : 0) +
                                s.backward_peak_bytes);
      saved += s.saved_bytes;
      time += s.forward_time;
      Decision d;
      d.kept_bytes = in;
      d.time = time;
      d.choice.next = j + 1;
      // All of these only rise with j: once they lose, they lose for good.
      d.own_bytes = in + std::max({plain, second, back});
      if (least_memory_only_ ? best[0].memory_bytes <= d.own_bytes
                             : best.time_within(d.own_bytes) <= time)
        break;
      d.own_bytes = std::max(d.own_bytes, in + gradients_after(j) + s.gradient_bytes + second);
      join(best, front(j + 1, false), d);
    }
  }

  void join(Front& best, const Front& behind, const Decision& d) {
    if (least_memory_only_) return best.join_least(behind, d);
    best.join(behind, d, scratch_);
    if (best.size() > 2 * max_points_) thin(best);
  }

  void thin(Front& front) {
    if (front.thin(max_points_)) exact_ = false;
  }

  const Chain& chain_;
  Watch* const watch_;
  const std::int32_t n_;
  std::size_t max_points_;
  const bool least_memory_only_;
  std::vector<Front> fronts_;  // by place, twice
  std::vector<std::int64_t> later_gradients_;
  Front::Points scratch_;
  bool exact_ = true;
};

// The front of the coarse chain, and below it the least memory of the fine one.
class Search {
 public:
  Search(const Chain& chain, const RecomputeLimits& limits)
      : fine_(join_chain(chain, max_fine_stages)),
        coarse_(join_chain(fine_.chain, std::max(limits.max_stages, 2))),
        is_joined_(length(coarse_.chain) < length(chain)),
        least_(fine_.chain, 1, true, limits.watch),
        solver_(coarse_.chain, max_points(length(coarse_.chain), is_joined_, limits), false,
                limits.watch) {
    solver_.run();
    front_ = solver_.curve();
    if (!is_joined_) return;
    least_.run();
    const Front least = least_.curve();
    has_least_ = least[0].memory_bytes < front_[0].memory_bytes;
    if (has_least_) front_.put_first(least[0]);
  }

  const Front& front() const { return front_; }
  bool exact() const { return solver_.exact() && !is_joined_; }
  std::int32_t joined_to() const { return is_joined_ ? length(coarse_.chain) : 0; }
  RecomputePlan plan(std::size_t k) const {
    const std::int32_t point = front_[k].choice.point;
    if (has_least_ && k == 0) return fine_.expand(least_.plan(point));
    return fine_.expand(coarse_.expand(solver_.plan(point)));
  }

 private:
  // A joined chain is no exact answer, however long its fronts: it gets a quarter of the time.
  static std::int64_t max_points(std::int32_t n, bool is_joined, const RecomputeLimits& limits) {
    const std::int64_t stages = std::max(n, 1);
    const std::int64_t max_steps = is_joined ? limits.max_steps / 4 : limits.max_steps;
    const std::int64_t wanted =
        std::min(max_steps / (stages * (stages + 1) / 2), max_points_in_all / stages);
    return std::clamp(wanted, shortest_front, longest_front);
  }

  Joined fine_, coarse_;
  bool is_joined_, has_least_ = false;
  Solver least_, solver_;
  Front front_;
};

CurvePoint point(const Chain& chain, const Search& search, std::size_t k) {
  CurvePoint p;
  p.memory_bytes = search.front()[k].memory_bytes;
  p.extra_time = search.front()[k].time;
  const double step = chain.step_time();
  p.relative = step > 0 ? p.extra_time / step : 0;
  p.plan = search.plan(k);
  // Joined stages are on the safe side.
  if (search.joined_to() > 0)
    p.memory_bytes = simulate(chain, p.plan).value_or(RecomputeCost()).peak_bytes;
  return p;
}

}  // namespace

Result<RecomputeCurve> recompute_curve(const Chain& chain, const RecomputeLimits& limits) {
  RECKON_TRY(check_chain(chain));
  const Search search(chain, limits);
  RecomputeCurve curve;
  curve.exact = search.exact();
  curve.joined_to = search.joined_to();
  const std::size_t n = search.front().size();
  std::size_t n_shown = std::min(n, std::max<std::size_t>(limits.max_points, 2));
  // Every point of a joined chain is simulated.
  if (search.joined_to() > 0)
    n_shown =
        std::min(n_shown, std::max(max_simulated_stages / chain.stages.size(), fewest_points));
  for (std::size_t i = 0; i < n_shown; ++i) {
    CurvePoint p = point(chain, search, n_shown < 2 ? 0 : i * (n - 1) / (n_shown - 1));
    while (!curve.points.empty() && curve.points.back().memory_bytes >= p.memory_bytes)
      curve.points.pop_back();
    curve.points.push_back(std::move(p));
  }
  return curve;
}

Result<CurvePoint> plan_for_budget(const Chain& chain, std::int64_t budget_bytes,
                                   const RecomputeLimits& limits) {
  RECKON_TRY(check_chain(chain));
  const Search search(chain, limits);
  RECKON_ASSIGN(const std::size_t k, search.front().within_budget(budget_bytes));
  return point(chain, search, k);
}

}  // namespace reckon
