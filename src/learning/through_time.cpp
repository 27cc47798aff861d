#include "learning/through_time.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "learning/recurrent_run.h"

namespace reckon {
namespace {

Status check(const TimeExperiment& e) {
  const auto within = [](int n, int most) { return n >= 1 && n <= most; };
  if (!within(e.units, 256)) return fail(ErrorCode::bad_argument, "the units must be 1 to 256");
  if (!within(e.steps, 1000)) return fail(ErrorCode::bad_argument, "the steps must be 1 to 1,000");
  if (!within(e.n_samples, 256))
    return fail(ErrorCode::bad_argument, "the samples must be 1 to 256");
  if (!within(e.n_seeds, 256)) return fail(ErrorCode::bad_argument, "the seeds must be 1 to 256");
  if (!(e.radius > 0 && e.radius <= 10))
    return fail(ErrorCode::bad_argument, "the spectral radius must be above 0 and at most 10");
  if (!(std::abs(e.gate_bias) <= 100))
    return fail(ErrorCode::bad_argument, "the gate's bias must be −100 to 100");
  return {};
}

void scale_to(std::vector<double>& matrix, double factor) {
  for (double& x : matrix) x *= factor;
}

std::vector<double> draw(const TimeExperiment& e, Random& random) {
  const auto n = static_cast<std::size_t>(e.units);
  std::vector<double> w(n * n);
  random.fill_normal(w, 1 / std::sqrt(static_cast<double>(n)));
  switch (e.matrix) {
    case RecurrentMatrix::orthogonal:
      w = orthogonal_from(w, e.units);
      scale_to(w, e.radius);
      return w;
    case RecurrentMatrix::symmetric:
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) w[i * n + j] = w[j * n + i];
      break;
    case RecurrentMatrix::random:
      break;
    case RecurrentMatrix::nonnormal:
      for (std::size_t i = 0; i < n; ++i) {
        w[i * n + i] = w[i * n + i] < 0 ? -e.radius : e.radius;
        for (std::size_t j = 0; j < i; ++j) w[i * n + j] = 0;
      }
      return w;
  }
  const double radius = spectrum_of(w, e.units).radius();
  if (radius > 0) scale_to(w, e.radius / radius);
  return w;
}

void summarise(const TimeExperiment& e, const std::vector<std::vector<double>>& by_seed,
               TimeGradient& result) {
  const bool gated = e.cell != RecurrentCell::rnn;
  std::vector<double> norms;
  if (!gated) norms = norms_of_powers(result.matrix, e.units, e.steps);
  for (std::size_t k = 0; k < static_cast<std::size_t>(e.steps); ++k) {
    PointInTime point{.min = by_seed[0][k], .max = by_seed[0][k]};
    for (const std::vector<double>& ratios : by_seed) {
      point.min = std::min(point.min, ratios[k]);
      point.max = std::max(point.max, ratios[k]);
    }
    double squares = 0;  // of the ratios over the largest: they alone may have no square
    for (const std::vector<double>& ratios : by_seed)
      squares += point.max > 0 ? (ratios[k] / point.max) * (ratios[k] / point.max) : 0;
    point.ratio = point.max * std::sqrt(squares / static_cast<double>(by_seed.size()));
    const auto steps = static_cast<double>(k + 1);
    if (gated) {
      point.gate_power = std::pow(result.mean_gate.value_or(0), steps);
    } else {
      point.radius_power = std::pow(result.spectrum.radius(), steps);
      point.norm_power = std::pow(result.spectrum.norm(), steps);
      point.power_norm = norms[k];
    }
    if (!result.horizon && point.ratio < TimeGradient::faint)
      result.horizon = static_cast<int>(k) + 1;
    result.points.push_back(point);
  }
  const auto most = std::ranges::max_element(result.points, {}, &PointInTime::ratio);
  if (most->ratio > 1 + 1e-9) result.hump = static_cast<int>(most - result.points.begin()) + 1;
}

}  // namespace

std::string_view to_string(RecurrentCell cell) {
  constexpr std::array<std::string_view, 3> names = {"rnn", "lstm", "gru"};
  return names[static_cast<std::size_t>(cell)];
}

std::string_view to_string(RecurrentMatrix matrix) {
  constexpr std::array<std::string_view, 4> names = {"orthogonal", "symmetric", "random",
                                                     "nonnormal"};
  return names[static_cast<std::size_t>(matrix)];
}

Result<TimeGradient> gradient_through_time(const TimeExperiment& experiment) {
  RECKON_TRY(check(experiment));
  TimeGradient result;
  std::vector<std::vector<double>> by_seed;
  double gates = 0;
  for (int run = 0; run < experiment.n_seeds; ++run) {
    Random random(experiment.first_seed + static_cast<std::uint64_t>(run));
    std::vector<double> matrices, candidate;
    for (int gate = 0; gate < n_gates(experiment.cell); ++gate) {
      const std::vector<double> w = draw(experiment, random);
      matrices.insert(matrices.end(), w.begin(), w.end());
      // The third of LSTM and GRU alike is that of what is new.
      if (gate == (experiment.cell == RecurrentCell::rnn ? 0 : 2)) candidate = w;
    }
    if (run == 0) result.matrix = std::move(candidate);
    RecurrentRun done = run_through_time(experiment, matrices, random);
    gates += done.gate_sum;
    by_seed.push_back(std::move(done.ratios));
  }
  if (experiment.cell != RecurrentCell::rnn)
    result.mean_gate = gates / (static_cast<double>(experiment.n_seeds) * experiment.steps *
                                experiment.n_samples * experiment.units);
  result.spectrum = spectrum_of(result.matrix, experiment.units);
  summarise(experiment, by_seed, result);
  return result;
}

}  // namespace reckon
