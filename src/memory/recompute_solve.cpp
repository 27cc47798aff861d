// The optimum over segments: the staircases T[p] of recompute.h, from the last stage to the first.
//
// Two staircases per place: whether the stages before keep the value there (they read it in their
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
#include <cmath>

#include "memory/recompute_join.h"
#include "memory/recompute_stairs.h"

namespace reckon {
namespace {

// Of a joined chain, above which the least memory is exact for the joined chain only.
constexpr std::int32_t max_fine_stages = 4'096;
constexpr std::int64_t max_corners_in_all = 6'000'000;
constexpr std::size_t max_simulated_stages = 2'000'000, fewest_points = 16;
constexpr std::int64_t most_corners = 16'384, fewest_corners = 96;

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t length(const Chain& chain) {
  return static_cast<std::int32_t>(chain.stages.size());
}

struct Corner {
  std::int64_t need = 0;
  double time = 0;
  std::int32_t next = 0;    // the place after the first decision; −1 where it is to store one stage
  std::int32_t corner = 0;  // the corner taken there
};
using Stairs = std::vector<Corner>;  // need rises, time falls

// What the first decision adds to a staircase behind it.
struct Decision {
  std::int64_t kept = 0, need = 0;
  double time = 0;
  std::int32_t next = 0;
};

Corner after(const Decision& d, const Corner& c, std::size_t index) {
  return {std::max(c.need + d.kept, d.need), c.time + d.time, d.next,
          static_cast<std::int32_t>(index)};
}

// The least time at which `stairs` needs no more than `need`; infinite where there is none.
double time_at(const Stairs& stairs, std::int64_t need) {
  const auto above =
      std::upper_bound(stairs.begin(), stairs.end(), need,
                       [](std::int64_t bytes, const Corner& c) { return bytes < c.need; });
  return above == stairs.begin() ? INFINITY : std::prev(above)->time;
}

class Solver {
 public:
  // `least_memory_only`: staircases of one corner.
  Solver(const Chain& chain, std::int64_t max_corners, bool least_memory_only)
      : chain_(chain),
        n_(length(chain)),
        max_corners_(static_cast<std::size_t>(max_corners)),
        least_memory_only_(least_memory_only),
        stairs_(2 * chain.stages.size() + 2),
        later_gradients_(chain.stages.size() + 1, 0) {}

  void run() {
    if (chain_.holds_result && n_ > 0) later_gradients_[at(n_)] = stage(n_ - 1).output_bytes;
    for (std::int32_t i = n_; i-- > 0;)
      later_gradients_[at(i)] = later_gradients_[at(i + 1)] + stage(i).param_gradient_bytes;
    for (const bool kept_before : {false, true}) {
      const bool there = kept_before && !chain_.holds_result;
      of(n_, kept_before) = {{chain_.loss_peak_bytes + (there ? 0 : value_bytes(n_)), 0, 0, 0}};
    }
    for (std::int32_t p = n_; p-- > 0;) {
      if (p > 0) solve(p, false);
      if (p == 0 || stage(p - 1).saves_output) solve(p, true);
    }
  }

  // Of the whole chain, resident and the optimizer's update included.
  Stairs curve() const {
    const std::int64_t floor = later_gradients_[0] + chain_.update_bytes;
    return whole_step(of(0, true), floor, chain_.resident_bytes);
  }

  RecomputePlan plan(std::int32_t corner) const {
    RecomputePlan plan;
    bool kept_before = true;
    for (std::int32_t p = 0; p < n_;) {
      const Corner& c = of(p, kept_before)[at(corner)];
      corner = c.corner;
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
  Stairs& of(std::int32_t p, bool kept_before) {
    return stairs_[2 * at(p) + (kept_before ? 1 : 0)];
  }
  const Stairs& of(std::int32_t p, bool kept_before) const {
    return stairs_[2 * at(p) + (kept_before ? 1 : 0)];
  }

  void solve(std::int32_t p, bool kept_before) {
    Stairs& stairs = of(p, kept_before);
    if (p == 0) max_corners_ *= 8;  // the curve itself
    const std::int64_t in = kept_before ? 0 : value_bytes(p);
    store(p, in, stairs);
    recompute(p, in, stairs);
    thin(stairs);
    stairs.shrink_to_fit();
  }

  void store(std::int32_t p, std::int64_t in, Stairs& stairs) {
    const Stage& s = stage(p);
    const bool result = chain_.holds_result && p == n_ - 1;
    const std::int64_t held = s.saves_input ? in : 0;
    const std::int64_t out = s.saves_output && !result ? s.output_bytes : 0;
    Decision d;
    d.kept = held + s.saved_bytes + out;
    d.need = std::max(in + s.forward_peak_bytes,
                      held + out + s.backward_peak_bytes + gradients_after(p));
    d.next = -1;
    offer(stairs, of(p + 1, s.saves_output), d);
  }

  void recompute(std::int32_t p, std::int64_t in, Stairs& stairs) {
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
      d.kept = in;
      d.time = time;
      d.next = j + 1;
      // All of these only rise with j: once they lose, they lose for good.
      d.need = in + std::max({plain, second, back});
      if (least_memory_only_ ? stairs[0].need <= d.need : time_at(stairs, d.need) <= time) break;
      d.need = std::max(d.need, in + gradients_after(j) + s.gradient_bytes + second);
      offer(stairs, of(j + 1, false), d);
    }
  }

  // Takes the corners of `behind`, after the decision, that beat those of `stairs`.
  void offer(Stairs& stairs, const Stairs& behind, const Decision& d) {
    if (least_memory_only_) {
      const Corner c = after(d, behind[0], 0);
      if (stairs.empty() || c.need < stairs[0].need ||
          (c.need == stairs[0].need && c.time < stairs[0].time))
        stairs.assign(1, c);
      return;
    }
    // Of those that need no more than the decision itself, the last one is the fastest.
    const auto above =
        std::upper_bound(behind.begin() + 1, behind.end(), d.need - d.kept,
                         [](std::int64_t bytes, const Corner& c) { return bytes < c.need; });
    auto k = static_cast<std::size_t>(above - behind.begin()) - 1;
    if (is_beaten(stairs, behind, d, k)) return;
    merged_.clear();
    std::size_t i = 0;
    while (i < stairs.size() || k < behind.size()) {
      Corner c;
      if (k == behind.size()) {
        c = stairs[i++];
      } else {
        c = after(d, behind[k], k);
        const bool mine =
            i < stairs.size() &&
            (stairs[i].need < c.need || (stairs[i].need == c.need && stairs[i].time <= c.time));
        if (mine)
          c = stairs[i++];
        else
          ++k;
      }
      if (merged_.empty() || c.time < merged_.back().time) merged_.push_back(c);
    }
    stairs.swap(merged_);
    if (stairs.size() > 2 * max_corners_) thin(stairs);
  }

  static bool is_beaten(const Stairs& stairs, const Stairs& behind, const Decision& d,
                        std::size_t k) {
    std::size_t i = 0;
    for (; k < behind.size(); ++k) {
      const Corner c = after(d, behind[k], k);
      while (i < stairs.size() && stairs[i].need <= c.need) ++i;
      if (i == 0 || stairs[i - 1].time > c.time) return false;
    }
    return true;
  }

  // Keeps corners of the lower convex hull first: what is on the hull before p is made of what is
  // on the hulls behind it, so that losses do not add up from stage to stage. Then some of the
  // others, evenly in need.
  void thin(Stairs& stairs) {
    if (stairs.size() <= max_corners_) return;
    exact_ = false;
    keeps_.assign(stairs.size(), false);
    hull_.clear();
    for (std::size_t k = 0; k < stairs.size(); ++k) {
      while (hull_.size() >= 2 &&
             !bends(stairs[hull_[hull_.size() - 2]], stairs[hull_.back()], stairs[k]))
        hull_.pop_back();
      hull_.push_back(k);
    }
    const double first = static_cast<double>(stairs.front().need);
    const double width = static_cast<double>(stairs.back().need) - first;
    const auto slice_of = [&](std::size_t k, std::size_t n_slices) {
      return std::floor((static_cast<double>(stairs[k].need) - first) / width *
                        static_cast<double>(n_slices));
    };
    const std::size_t half = max_corners_ / 2 - 2;
    double last = -1;
    for (const std::size_t k : hull_) {
      const double slice = slice_of(k, half);
      keeps_[k] = hull_.size() <= half || slice > last;
      last = slice;
    }
    keeps_[0] = keeps_.back() = true;
    last = -1;
    for (std::size_t k = 0; k < stairs.size(); ++k) {
      const double slice = slice_of(k, half);
      if (slice > last) keeps_[k] = true;
      last = slice;
    }
    std::size_t n_kept = 0;
    for (std::size_t k = 0; k < stairs.size(); ++k)
      if (keeps_[k]) stairs[n_kept++] = stairs[k];
    stairs.resize(n_kept);
  }

  // b is below the line from a to c.
  static bool bends(const Corner& a, const Corner& b, const Corner& c) {
    return (a.time - b.time) * static_cast<double>(c.need - b.need) >
           (b.time - c.time) * static_cast<double>(b.need - a.need);
  }

  const Chain& chain_;
  const std::int32_t n_;
  std::size_t max_corners_;
  const bool least_memory_only_;
  std::vector<Stairs> stairs_;  // by place, twice
  std::vector<std::int64_t> later_gradients_;
  Stairs merged_;
  std::vector<std::size_t> hull_;
  std::vector<bool> keeps_;
  bool exact_ = true;
};

// All that was found: corners of the coarse chain, and the least memory of the fine one below them.
class Search {
 public:
  Search(const Chain& chain, const RecomputeLimits& limits)
      : fine_(join_chain(chain, max_fine_stages)),
        coarse_(join_chain(fine_.chain, std::max(limits.max_stages, 2))),
        is_joined_(length(coarse_.chain) < length(chain)),
        least_(fine_.chain, 1, true),
        solver_(coarse_.chain, corners(length(coarse_.chain), limits), false) {
    solver_.run();
    corners_ = solver_.curve();
    if (!is_joined_) return;
    least_.run();
    const Stairs least = least_.curve();
    has_least_ = least[0].need < corners_[0].need;
    if (has_least_) corners_.insert(corners_.begin(), least[0]);
  }

  const Stairs& corners() const { return corners_; }
  bool exact() const { return solver_.exact() && !is_joined_; }
  std::int32_t joined_to() const { return is_joined_ ? length(coarse_.chain) : 0; }
  RecomputePlan plan(std::size_t k) const {
    const std::int32_t corner = corners_[k].corner;
    if (has_least_ && k == 0) return fine_.expand(least_.plan(corner));
    return fine_.expand(coarse_.expand(solver_.plan(corner)));
  }

 private:
  static std::int64_t corners(std::int32_t n, const RecomputeLimits& limits) {
    const std::int64_t stages = std::max(n, 1);
    const std::int64_t wanted =
        std::min(limits.max_steps / (stages * (stages + 1) / 2), max_corners_in_all / stages);
    return std::clamp(wanted, fewest_corners, most_corners);
  }

  Joined fine_, coarse_;
  bool is_joined_, has_least_ = false;
  Solver least_, solver_;
  Stairs corners_;
};

CurvePoint point(const Chain& chain, const Search& search, std::size_t k) {
  CurvePoint p;
  p.memory_bytes = search.corners()[k].need;
  p.extra_time = search.corners()[k].time;
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
  const std::size_t n = search.corners().size();
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
  const Stairs& corners = search.corners();
  if (budget_bytes < corners[0].need)
    return fail(ErrorCode::bad_argument,
                "a budget of " + std::to_string(budget_bytes) +
                    " bytes is too small: with recomputation, a step needs at least " +
                    std::to_string(corners[0].need) + " bytes",
                "recompute");
  std::size_t k = 0;
  while (k + 1 < corners.size() && corners[k + 1].need <= budget_bytes) ++k;
  return point(chain, search, k);
}

}  // namespace reckon
