#include "machine/throughput.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace reckon {
namespace {

constexpr std::size_t max_terms = 3;
using Point = std::array<double, max_terms>;  // logarithms of the coefficients

// The terms of a sample: macs, outputs, and the overhead of its share of the batch.
struct Terms {
  Point of = {};
  double seconds = 0;  // measured
};

std::size_t n_terms(BatchOverhead overhead) {
  return overhead == BatchOverhead::nothing ? 2 : 3;
}

std::vector<Terms> terms_of(std::span<const ThroughputSample> samples, BatchOverhead overhead) {
  std::vector<Terms> rows;
  rows.reserve(samples.size());
  for (const ThroughputSample& s : samples) {
    const double third = overhead == BatchOverhead::weights ? s.params / s.batch : 1 / s.batch;
    rows.push_back({{s.macs, s.outputs, third}, 1 / s.images_per_s});
  }
  return rows;
}

double predicted(const Terms& row, const Point& logs, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::exp(logs[i]) * row.of[i];
  return sum;
}

// Rows of which nothing is predicted (all terms 0) are as wrong as can be said in a number.
double mean_log_error(std::span<const Terms> rows, const Point& logs, std::size_t n) {
  constexpr double hopeless = 100;
  double sum = 0;
  for (const Terms& row : rows) {
    const double p = predicted(row, logs, n);
    sum += p > 0 ? std::abs(std::log(p / row.seconds)) : hopeless;
  }
  return sum / static_cast<double>(rows.size());
}

// J. A. Nelder, R. Mead, "A simplex method for function minimization", The Computer Journal 7,
// 1965, with their coefficients 1, 2, 1/2. Deterministic.
Point nelder_mead(std::span<const Terms> rows, Point start, std::size_t n) {
  constexpr int most_steps = 400;
  constexpr double first_step = 0.7, enough = 1e-7;
  struct Vertex {
    Point at;
    double error;
  };
  const auto vertex = [&](const Point& at) { return Vertex{at, mean_log_error(rows, at, n)}; };
  std::vector<Vertex> simplex = {vertex(start)};
  for (std::size_t i = 0; i < n; ++i) {
    Point moved = start;
    moved[i] += first_step;
    simplex.push_back(vertex(moved));
  }
  for (int step = 0; step < most_steps; ++step) {
    std::sort(simplex.begin(), simplex.end(),
              [](const Vertex& a, const Vertex& b) { return a.error < b.error; });
    if (simplex.back().error - simplex.front().error < enough) break;
    Point centre = {};
    for (std::size_t v = 0; v < n; ++v)
      for (std::size_t i = 0; i < n; ++i) centre[i] += simplex[v].at[i] / static_cast<double>(n);
    const auto along = [&](double factor) {
      Point at = {};
      for (std::size_t i = 0; i < n; ++i)
        at[i] = centre[i] + factor * (centre[i] - simplex.back().at[i]);
      return vertex(at);
    };
    const Vertex reflected = along(1);
    if (reflected.error < simplex.front().error) {
      const Vertex expanded = along(2);
      simplex.back() = expanded.error < reflected.error ? expanded : reflected;
      continue;
    }
    if (reflected.error < simplex[n - 1].error) {
      simplex.back() = reflected;
      continue;
    }
    const Vertex contracted = along(-0.5);
    if (contracted.error < simplex.back().error) {
      simplex.back() = contracted;
      continue;
    }
    for (std::size_t v = 1; v <= n; ++v) {
      Point nearer = simplex[v].at;
      for (std::size_t i = 0; i < n; ++i)
        nearer[i] = simplex[0].at[i] + (nearer[i] - simplex[0].at[i]) / 2;
      simplex[v] = vertex(nearer);
    }
  }
  return simplex.front().at;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Each coefficient starts where its term alone would explain the rows, times its share.
Point fit_terms(std::span<const Terms> rows, std::size_t n) {
  Point alone = {};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> ratios;
    for (const Terms& row : rows)
      if (row.of[i] > 0) ratios.push_back(row.seconds / row.of[i]);
    constexpr double none_has_it = -700;
    alone[i] = ratios.empty() ? none_has_it : std::log(median(std::move(ratios)));
  }
  constexpr double shares[][max_terms] = {
      {0.33, 0.33, 0.33}, {0.8, 0.1, 0.1}, {0.1, 0.8, 0.1}, {0.1, 0.1, 0.8}};
  Point best = alone;
  double least = mean_log_error(rows, best, n);
  for (const auto& share : shares) {
    Point start = alone;
    for (std::size_t i = 0; i < n; ++i) start[i] += std::log(share[i]);
    const Point found = nelder_mead(rows, nelder_mead(rows, start, n), n);
    const double error = mean_log_error(rows, found, n);
    if (error < least) {
      least = error;
      best = found;
    }
  }
  return best;
}

ThroughputError error_of(std::vector<double> errors) {
  std::sort(errors.begin(), errors.end());
  ThroughputError e;
  for (const double x : errors) e.mean += x / static_cast<double>(errors.size());
  e.median = errors[errors.size() / 2];
  e.ninth_decile = errors[errors.size() * 9 / 10];
  return e;
}

// Row i is left out in fold i·φ mod 1: every fold has rows from all over the table, whatever its
// order.
int fold_of(std::size_t row, int folds) {
  constexpr double golden = 0.6180339887498949;
  const double x = static_cast<double>(row) * golden;
  return static_cast<int>((x - std::floor(x)) * folds);
}

// Seconds of every row, predicted by `fit(rows that it may see)` and `apply(row, what fit gave)`.
template <typename Fit, typename Apply>
std::vector<double> cross_validated(std::span<const Terms> rows, int folds, const Fit& fit,
                                    const Apply& apply) {
  std::vector<double> seconds(rows.size());
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<Terms> seen;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (fold_of(i, folds) != fold) seen.push_back(rows[i]);
    const auto fitted = fit(std::span<const Terms>(seen));
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (fold_of(i, folds) == fold) seconds[i] = apply(rows[i], fitted);
  }
  return seconds;
}

ThroughputError error_of(std::span<const Terms> rows, std::span<const double> seconds) {
  std::vector<double> errors(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    errors[i] = std::abs(seconds[i] / rows[i].seconds - 1);
  return error_of(std::move(errors));
}

ThroughputModel model_of(BatchOverhead overhead, const Point& logs) {
  ThroughputModel m;
  m.overhead = overhead;
  m.s_per_mac = std::exp(logs[0]);
  m.s_per_output = std::exp(logs[1]);
  if (overhead == BatchOverhead::constant) m.s_per_batch = std::exp(logs[2]);
  if (overhead == BatchOverhead::weights) m.s_per_param = std::exp(logs[2]);
  return m;
}

Status check(std::span<const ThroughputSample> samples, int folds) {
  constexpr std::size_t fewest = 10;
  if (folds < 2 || folds > 1000)
    return fail(ErrorCode::bad_argument,
                "2 to 1,000 folds are possible, not " + std::to_string(folds), "folds");
  if (samples.size() < std::max(fewest, static_cast<std::size_t>(folds)))
    return fail(ErrorCode::bad_argument,
                std::to_string(samples.size()) + " measured networks are too few: at least " +
                    std::to_string(std::max(fewest, static_cast<std::size_t>(folds))),
                "samples");
  for (const ThroughputSample& s : samples) {
    const auto count = [](double x) { return std::isfinite(x) && x >= 0; };
    if (!count(s.macs) || !count(s.outputs) || !count(s.params))
      return fail(ErrorCode::bad_argument, "a count is negative or no number", s.name);
    if (!count(s.batch) || !count(s.images_per_s) || s.batch == 0 || s.images_per_s == 0)
      return fail(ErrorCode::bad_argument, "the batch and the throughput must be above 0", s.name);
    if (s.macs == 0 && s.outputs == 0)
      return fail(ErrorCode::bad_argument, "neither MACs nor outputs are told", s.name);
  }
  return {};
}

}  // namespace

std::string_view to_string(BatchOverhead overhead) {
  switch (overhead) {
    case BatchOverhead::nothing:
      return "nothing";
    case BatchOverhead::constant:
      return "constant";
    case BatchOverhead::weights:
      return "weights";
  }
  return "nothing";
}

double ThroughputModel::seconds_per_image(const ThroughputSample& s) const {
  return s_per_mac * s.macs + s_per_output * s.outputs +
         (s_per_batch + s_per_param * s.params) / s.batch;
}

Result<ThroughputFit> fit_throughput(std::span<const ThroughputSample> samples, int folds) {
  RECKON_TRY(check(samples, folds));
  ThroughputFit best;
  best.folds = folds;
  for (const BatchOverhead overhead :
       {BatchOverhead::nothing, BatchOverhead::constant, BatchOverhead::weights}) {
    const std::vector<Terms> rows = terms_of(samples, overhead);
    const std::size_t n = n_terms(overhead);
    const std::vector<double> seconds = cross_validated(
        rows, folds, [&](std::span<const Terms> seen) { return fit_terms(seen, n); },
        [&](const Terms& row, const Point& logs) { return predicted(row, logs, n); });
    const ThroughputError error = error_of(rows, seconds);
    // A third number has to earn its place: a twentieth of the error.
    constexpr double worth = 0.95;
    if (overhead != BatchOverhead::nothing && error.median >= best.error.median * worth) continue;
    best.error = error;
    best.model = model_of(overhead, fit_terms(rows, n));
    best.predicted_images_per_s.clear();
    for (const double s : seconds) best.predicted_images_per_s.push_back(1 / s);
  }
  const std::vector<Terms> rows = terms_of(samples, BatchOverhead::nothing);
  const auto by_rate = [](std::span<const Terms> seen) {
    std::vector<double> ratios;
    for (const Terms& row : seen)
      if (row.of[0] > 0) ratios.push_back(row.seconds / row.of[0]);
    return ratios.empty() ? 0.0 : median(std::move(ratios));
  };
  best.naive =
      error_of(rows, cross_validated(rows, folds, by_rate, [](const Terms& row, double s_per_mac) {
                 return row.of[0] * s_per_mac;
               }));
  return best;
}

}  // namespace reckon
