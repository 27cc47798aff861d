// What the answer of `reckon gradients rnn` holds.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/silicon_answer.h"

namespace reckon {
namespace {

struct StepBack {
  const PointInTime& point;
  std::int64_t steps = 0;
};
constexpr Row<StepBack> step_rows[] = {
    field<&StepBack::steps>("steps", "", "back in time"),
    field("ratio", "", "gradient over that at the end: root mean square over the seeds",
          [](const StepBack& s) { return s.point.ratio; }),
    field("min", "", "over the seeds", [](const StepBack& s) { return s.point.min; }),
    field("max", "", "over the seeds", [](const StepBack& s) { return s.point.max; }),
    field("radius_power", "", "ρᵏ; null of gated cells",
          [](const StepBack& s) { return s.point.radius_power; }),
    field("power_norm", "", "‖Wᵏ‖, the most that any gradient can have; likewise",
          [](const StepBack& s) { return s.point.power_norm; }),
    field("norm_power", "", "σ₁ᵏ, which bounds that; likewise",
          [](const StepBack& s) { return s.point.norm_power; }),
    field("gate_power", "", "the mean forget or update gate to the power k; null of an rnn",
          [](const StepBack& s) { return s.point.gate_power; }),
};

constexpr Row<std::complex<double>> eigenvalue_rows[] = {
    field("re", "", "real part", [](const std::complex<double>& z) { return z.real(); }),
    field("im", "", "imaginary part", [](const std::complex<double>& z) { return z.imag(); }),
    field("size", "", "absolute value", [](const std::complex<double>& z) { return std::abs(z); }),
};

std::optional<double> if_finite(double x) {
  return std::isfinite(x) ? std::optional(x) : std::nullopt;
}

constexpr Row<TimeGradientsReport> report_rows[] = {
    field<&TimeGradientsReport::experiment, &TimeExperiment::cell>("cell", "", "rnn, lstm, gru"),
    field("activation", "", "of an rnn; null: the identity",
          [](const TimeGradientsReport& r) {
            const Activation* const a = r.experiment.activation;
            return a == nullptr ? std::nullopt : std::optional(a->name);
          }),
    field<&TimeGradientsReport::experiment, &TimeExperiment::matrix>(
        "matrix", "", "kind of the recurrent matrix"),
    field<&TimeGradientsReport::experiment, &TimeExperiment::radius>("radius", "",
                                                                     "its largest eigenvalue"),
    field("gate_bias", "", "of the forget gate (lstm) or update gate (gru); null of an rnn",
          [](const TimeGradientsReport& r) {
            return r.experiment.cell == RecurrentCell::rnn ? std::nullopt
                                                           : std::optional(r.experiment.gate_bias);
          }),
    field<&TimeGradientsReport::experiment, &TimeExperiment::units>("units", "", "of the layer"),
    field<&TimeGradientsReport::experiment, &TimeExperiment::n_samples>("n_samples", "",
                                                                        "in the batch"),
    field<&TimeGradientsReport::experiment, &TimeExperiment::n_seeds>("n_seeds", "",
                                                                      "layers drawn"),
    list<eigenvalue_rows, &TimeGradientsReport::found, &TimeGradient::spectrum,
         &Spectrum::eigenvalues>("eigenvalues", "of the first seed's matrix, the largest first"),
    values<&TimeGradientsReport::found, &TimeGradient::spectrum, &Spectrum::singular_values>(
        "singular_values", "likewise"),
    field("eigenvector_condition", "", "κ(P): ‖Wᵏ‖ is at most this times ρᵏ; null where infinite",
          [](const TimeGradientsReport& r) {
            return if_finite(r.found.spectrum.eigenvector_condition);
          }),
    field<&TimeGradientsReport::found, &TimeGradient::mean_gate>(
        "mean_gate", "", "forget or update gate, over all steps; null of an rnn"),
    field<&TimeGradientsReport::found, &TimeGradient::horizon>(
        "horizon", "steps", "the first at which less than 1e-6 is left; null: none of these"),
    field<&TimeGradientsReport::found, &TimeGradient::hump>(
        "hump", "steps", "where most is there; null where it never exceeds the beginning"),
    list<step_rows>("points", "by steps back",
                    [](const TimeGradientsReport& r) {
                      return made<StepBack>(r, [](const TimeGradientsReport& of, auto emit) {
                        std::int64_t steps = 0;
                        for (const PointInTime& point : of.found.points) emit({point, ++steps});
                      });
                    }),
};

}  // namespace

constinit const Row<TimeGradientsReport> gradients_in_time_field = answer<report_rows>(
    "gradients_in_time",
    "with the question gradients about a recurrent cell: what steps in time leave of a gradient");

}  // namespace reckon
