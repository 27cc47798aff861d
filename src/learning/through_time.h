// What a recurrent layer leaves of a gradient that travels back through time.
//
//   h_t = φ(W·h_{t−1} + u_t)      ∂h_t/∂h_k = Π diag(φ′)·W, which is W^{t−k} where φ is the
//   identity W = P·D·P⁻¹  ⇒  W^{t−k} = P·D^{t−k}·P⁻¹
// So far back the gradient is scaled by at most ‖W^k‖ ≤ σ₁ᵏ, and in the long run by ρᵏ, the largest
// eigenvalue's; on the way a W that is not normal may first grow: ‖Wᵏ‖ ≤ κ(P)·ρᵏ. With an
// activation whose slope is at most 1 both remain upper bounds of ‖W‖-products, no longer the thing
// itself. Sources: Y. Bengio, P. Simard, P. Frasconi, "Learning long-term dependencies with
// gradient descent is difficult", 1994; R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of
// training recurrent neural networks", ICML 2013; L. Trefethen, M. Embree, "Spectra and
// Pseudospectra", 2005, §16.
//
// LSTM and GRU as PyTorch has them; their gates open a second way, along which the gradient is
// scaled by the forget gate f (LSTM), by the update gate z (GRU), and by no matrix.
//
// The gradient is really propagated: h_0 is zero, u_t and ∂loss/∂h_T are drawn from N(0, 1).
#pragma once

#include <optional>
#include <vector>

#include "learning/activations.h"
#include "learning/spectrum.h"

namespace reckon {

enum class RecurrentCell : std::uint8_t { rnn, lstm, gru };
std::string_view to_string(RecurrentCell cell);

// The recurrent matrix, of spectral radius ρ.
enum class RecurrentMatrix : std::uint8_t {
  orthogonal,  // ρ·Q: normal, every eigenvalue and every singular value of size ρ
  symmetric,   // normal, real eigenvalues between −ρ and ρ
  random,      // independent normal numbers, scaled
  nonnormal,   // ρ on the diagonal in random signs, and normal numbers above it
};
std::string_view to_string(RecurrentMatrix matrix);

struct TimeExperiment {
  RecurrentCell cell = RecurrentCell::rnn;
  const Activation* activation = nullptr;  // of an rnn; null: the identity
  RecurrentMatrix matrix = RecurrentMatrix::orthogonal;
  double radius = 0.9;
  double gate_bias = 1;  // of the forget gate (LSTM) or the update gate (GRU)
  int units = 64, steps = 100, n_samples = 16, n_seeds = 4;
  std::uint64_t first_seed = 1;
};

// After k steps back, over the gradient at the last step.
struct PointInTime {
  double ratio = 0;                                            // root mean square over the seeds
  double min = 0, max = 0;                                     // over the seeds
  std::optional<double> radius_power, norm_power, power_norm;  // ρᵏ, σ₁ᵏ, ‖Wᵏ‖; of an rnn
  std::optional<double> gate_power;                            // (mean gate)ᵏ; of LSTM and GRU
};

struct TimeGradient {
  std::vector<PointInTime> points;  // after 1, 2, … steps
  std::vector<double> matrix;       // of the first seed, row-major; of a gated cell the
                                    // candidate's
  Spectrum spectrum;                // of that
  std::optional<double> mean_gate;  // of LSTM and GRU, over all seeds, steps and units
  std::optional<int> horizon;       // the first step at which less than `faint` is left
  std::optional<int> hump;          // the step at which most is there, where that exceeds 1

  static constexpr double faint = 1e-6;
};

// Fails with bad_argument for units outside 1–256, steps outside 1–1,000, samples or seeds below 1
// or above 256, or a radius that is not above 0 and at most 10.
Result<TimeGradient> gradient_through_time(const TimeExperiment& experiment);

}  // namespace reckon
