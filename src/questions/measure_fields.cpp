// The fields of the answer of `reckon measure`.
#include "base/field_rows.h"
#include "base/figure.h"
#include "questions/answer.h"
#include "questions/measure_answer.h"

namespace reckon {
namespace {

constexpr Row<Timings> timing_rows[] = {
    field<&Timings::median_s>("median_s", "s", ""),
    field<&Timings::min_s>("min_s", "s", ""),
    field<&Timings::max_s>("max_s", "s", ""),
    field<&Timings::low_quartile_s>("low_quartile_s", "s", ""),
    field<&Timings::high_quartile_s>("high_quartile_s", "s", ""),
};

// Bytes are whole numbers.
FieldValue figure_of(const Comparison& c, const std::optional<double>& figure) {
  if (!figure) return FieldValue(FieldValue::Is::null);
  if (c.unit == Comparison::Unit::bytes) return static_cast<std::int64_t>(*figure);
  return *figure;
}
template <std::optional<double> Comparison::* figure>
constexpr Row<Comparison> comparison_row(std::string_view name, Words meaning) {
  Row<Comparison> row = field<figure>(name, "", meaning);
  row.get = [](const void* of, std::string&) {
    const auto& c = *static_cast<const Comparison*>(of);
    return figure_of(c, c.*figure);
  };
  return row;
}
constexpr Row<Comparison> comparison_rows[] = {
    field<&Comparison::key>(
        "key", "",
        "seconds, forward_s, backward_s, update_s, resident_bytes, saved_bytes, "
        "forward_peak_bytes, step_peak_bytes, peak_bytes; the peaks of forward and step are above "
        "what is resident"),
    field("unit", "", "B, s",
          [](const Comparison& c) {
            return std::string_view(c.unit == Comparison::Unit::bytes ? "B" : "s");
          }),
    comparison_row<&Comparison::predicted>("predicted", "null where nothing predicts it"),
    comparison_row<&Comparison::measured>("measured", ""),
    field("error", "", "(predicted − measured) ÷ measured",
          [](const Comparison& c) { return c.error(); }),
};

struct LayerShown {
  const MeasuredLayer& run;
  const Node& node;
  const PredictedLayer& predicted;
  std::optional<std::int64_t> macs;
  bool counted;

  std::optional<std::int64_t> if_counted(std::int64_t n) const {
    return counted ? std::optional(n) : std::nullopt;
  }
};
constexpr Row<LayerShown> layer_rows[] = {
    field("name", "", "name",
          [](const LayerShown& l) { return l.node.name.empty() ? l.node.op_type : l.node.name; }),
    field("op", "", "ONNX operator", [](const LayerShown& l) { return l.node.op_type; }),
    field<&LayerShown::macs>("macs", "MAC", "of its forward pass"),
    field("forward_s", "s", "median", [](const LayerShown& l) { return l.run.forward.median_s; }),
    field("forward_min_s", "s", "fastest", [](const LayerShown& l) { return l.run.forward.min_s; }),
    field("backward_s", "s", "median; null in inference and where no gradient came by",
          [](const LayerShown& l) { return l.run.backward_s; }),
    field("predicted_forward_s", "s", "null where no device was named",
          [](const LayerShown& l) { return l.predicted.forward_s; }),
    field("predicted_backward_s", "s", "likewise",
          [](const LayerShown& l) { return l.predicted.backward_s; }),
    field("alive_bytes", "B", "after its forward pass, above what is resident",
          [](const LayerShown& l) { return l.if_counted(l.run.alive_bytes); }),
    field("predicted_alive_bytes", "B", "",
          [](const LayerShown& l) { return l.predicted.alive_bytes; }),
    field("peak_bytes", "B", "during its forward pass, above what is resident",
          [](const LayerShown& l) { return l.if_counted(l.run.peak_bytes); }),
    field("predicted_peak_bytes", "B", "",
          [](const LayerShown& l) { return l.predicted.peak_bytes; }),
};
constexpr Row<MeasuredOutput> output_rows[] = {
    field<&MeasuredOutput::name>("name", "", "name"),
    values<&MeasuredOutput::shape>("shape", ""),
    values<&MeasuredOutput::indices>("indices", "flat, row-major, evenly spaced"),
    values<&MeasuredOutput::values>("values", "the elements there"),
};

IfAny<const Timings*> of_training(const Measured& m, const Timings& timings) {
  return {m.training ? &timings : nullptr};
}
constexpr Row<Measured> run_rows[] = {
    field("mode", "", "training, inference",
          [](const Measured& m) { return mode_word(m.training); }),
    field<&Measured::library>("library", "", "that ran it, with its version"),
    field<&Measured::device>("device", "", "cpu, cuda"),
    field<&Measured::processor>("processor", "", "empty where the system does not say"),
    field<&Measured::blas>(
        "blas", "",
        "library that multiplies matrices on the processor; empty where it cannot be seen"),
    field<&Measured::threads>("threads", "", "of the processor"),
    field<&Measured::clock>("clock", "",
                            "wall; processor where others used it too and there is one thread"),
};
constexpr Row<Measured> timings_rows[] = {
    object<timing_rows, &Measured::step>("step", "the whole pass"),
    object<timing_rows, &Measured::forward>("forward", "part of the step"),
    object<timing_rows>("loss", "of training",
                        [](const Measured& m) { return of_training(m, m.loss); }),
    object<timing_rows>("backward", "of training",
                        [](const Measured& m) { return of_training(m, m.backward); }),
    object<timing_rows>("update", "of training",
                        [](const Measured& m) { return of_training(m, m.update); }),
    field("allocations", "", "blocks taken in one pass; null where they are not ours to count",
          [](const Measured& m) {
            return m.bytes ? std::optional(m.bytes->allocations) : std::nullopt;
          }),
};
constexpr Row<MeasureAnswer> measure_rows[] = {
    members<run_rows, &MeasureAnswer::measured>(),
    field("batch", "", "inputs in one pass", [](const MeasureAnswer& a) { return a.batch(); }),
    field("optimizer", "", "null for inference",
          [](const MeasureAnswer& a) {
            return a.measured.training ? std::optional(a.options.setup.optimizer->name)
                                       : std::nullopt;
          }),
    field("in_place", "", "activations overwrite their input where that is legal",
          [](const MeasureAnswer& a) { return a.options.in_place; }),
    field<&MeasureAnswer::measured, &Measured::warmup>("warmup", "",
                                                       "passes before the timed ones"),
    field<&MeasureAnswer::measured, &Measured::repeats>("repeats", "", "timed passes"),
    field("standing", "", "measured", [](const MeasureAnswer&) { return Standing::measured; }),
    field("samples_per_s", "1/s", "batch ÷ median step",
          [](const MeasureAnswer& a) { return a.samples_per_s(); }),
    members<timings_rows, &MeasureAnswer::measured>(),
    field("predicted_on", "", "device that the time is predicted for; null: none was named",
          [](const MeasureAnswer& a) {
            return a.estimate ? std::optional<std::string_view>(a.predicted_on) : std::nullopt;
          }),
    list<comparison_rows>("comparison", "predicted beside measured",
                          [](const MeasureAnswer& a) {
                            return made<Comparison>(a, [](const MeasureAnswer& of, auto emit) {
                              for (const Comparison& c : comparisons(of)) emit(c);
                            });
                          }),
    list<layer_rows>("layers", "operators that ran, in order",
                     [](const MeasureAnswer& a) {
                       return made<LayerShown>(a, [](const MeasureAnswer& of, auto emit) {
                         const auto predicted = predicted_layers(of);
                         const auto macs = macs_of_nodes(of);
                         for (const MeasuredLayer& run : of.measured.layers) {
                           const auto at = static_cast<std::size_t>(run.node);
                           emit({run, of.graph->nodes[at], predicted[at], macs[at],
                                 of.measured.bytes.has_value()});
                         }
                       });
                     }),
    list<output_rows>("outputs", "with --values: elements of the results",
                      [](const MeasureAnswer& a) {
                        const auto& outputs = a.measured.outputs;
                        return IfAny{outputs.empty() ? nullptr : &outputs};
                      }),
    values<&MeasureAnswer::measured, &Measured::notes>("notes", "sentences"),
};

}  // namespace

constinit const Row<MeasureAnswer> measure_field =
    answer<measure_rows>("measure", "of `reckon measure`: a real run");

}  // namespace reckon
