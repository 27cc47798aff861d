// What the answer of `reckon gradients MODEL` holds.
#include <cmath>

#include "base/field_rows.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/network_gradients_answer.h"

namespace reckon {
namespace {

struct OneTensor {
  const NetworkGradientsAnswer& answer;
  const ParameterGradient& of;
};
struct OneLayer {
  const NetworkGradientsAnswer& answer;
  const LayerGradient& of;
};

std::optional<double> lost(const std::optional<double>& rms, double smallest) {
  if (!rms) return std::nullopt;
  return share_lost(*rms, smallest);
}

std::optional<double> start_rms(const ParameterGradient& p) {
  if (!p.start) return std::nullopt;
  return std::sqrt(p.start->square);
}

template <class T>
const T* pointer(const std::optional<T>& of) {
  return of ? &*of : nullptr;
}

constexpr Row<MeasuredGradient> measured_rows[] = {
    field<&MeasuredGradient::rms>("rms", "", "over all elements and all networks"),
    field<&MeasuredGradient::least>("least", "", "of one network"),
    field<&MeasuredGradient::most>("most", "", "of one network"),
};

constexpr Row<OneTensor> tensor_rows[] = {
    field("name", "", "of the stored tensor",
          [](const OneTensor& t) {
            return printable(t.answer.graph->values[static_cast<std::size_t>(t.of.value)].name);
          }),
    field("elements", "elements", "of it", [](const OneTensor& t) { return t.of.elements; }),
    field("start_rms", "", "root mean square of the tensor before the first step; null: unknown",
          [](const OneTensor& t) { return start_rms(t.of); }),
    field("rms", "", "root mean square of its gradient; null: unknown",
          [](const OneTensor& t) { return t.of.rms; }),
    field("norm", "", "of its gradient, over all elements; null: unknown",
          [](const OneTensor& t) { return t.of.norm(); }),
    field("vanishes", "", "zero by what follows: a normalisation or a softmax subtracts it",
          [](const OneTensor& t) { return t.of.vanishes; }),
    object<measured_rows>("measured", "its gradient, really back-propagated; null: not asked",
                          [](const OneTensor& t) { return pointer(t.of.measured); }),
};

constexpr Row<OneLayer> layer_rows[] = {
    field("name", "", "of the layer", [](const OneLayer& l) { return name_of(*l.of.layer); }),
    field("op", "", "operator, as ONNX spells it",
          [](const OneLayer& l) { return l.of.layer->op_node().op_type; }),
    field("rms", "", "root mean square of the gradient over all its parameters; null: unknown",
          [](const OneLayer& l) { return l.of.rms(); }),
    field("norm", "", "of that gradient; null: unknown",
          [](const OneLayer& l) { return l.of.norm(); }),
    field("activation_rms", "", "of the layer's result; null: unknown",
          [](const OneLayer& l) { return l.of.activation_rms; }),
    field("gradient_rms", "", "of the loss by that result; null: unknown",
          [](const OneLayer& l) { return l.of.gradient_rms; }),
    field("norm_ratio", "", "norm of that gradient over its norm at the logits; null: unknown",
          [](const OneLayer& l) { return l.of.norm_ratio; }),
    field("bound", "",
          "what the steepest slopes and the size of the weights leave of that ratio at most; null "
          "where norms, sums or products of signals lie between, which have no such bound",
          [](const OneLayer& l) { return l.of.bound; }),
    field("fp16_lost", "", "share of the result's gradients that FP16 rounds to zero",
          [](const OneLayer& l) { return lost(l.of.gradient_rms, smallest_fp16); }),
    field("bf16_lost", "", "likewise BF16",
          [](const OneLayer& l) { return lost(l.of.gradient_rms, smallest_bf16); }),
    field("stalls", "", "why it hardly learns; null: it learns",
          [](const OneLayer& l) { return if_not_empty(l.of.stalls); }),
    object<measured_rows>("measured",
                          "gradient of all its parameters, really back-propagated; null: not asked",
                          [](const OneLayer& l) { return pointer(l.of.measured); }),
    field("ratio", "", "foretold over measured; null where either is unknown or zero",
          [](const OneLayer& l) { return l.of.ratio(); }),
    list<tensor_rows>("parameters", "its stored tensors",
                      [](const OneLayer& l) {
                        return made<OneTensor>(l, [](const OneLayer& of, auto emit) {
                          for (const ParameterGradient& p : of.of.parameters) emit({of.answer, p});
                        });
                      }),
};

constexpr Row<GradientRun> run_rows[] = {
    field<&GradientRun::n_seeds>("seeds", "networks", "that began at random, one step of each"),
    field<&GradientRun::library>("library", "", "that ran them, with its version"),
    field<&GradientRun::processor>("processor", "", "empty where the system does not say"),
    field<&GradientRun::threads>("threads", "", "of the processor"),
    field<&GradientRun::seconds>("seconds", "s", "of all steps"),
    values<&GradientRun::notes>("notes", "what was done differently than was asked"),
};

constexpr Row<NetworkGradientsAnswer> answer_rows[] = {
    field<&NetworkGradientsAnswer::initialisation>(
        "initialisation", "", "torch_default: by module, as PyTorch's modules begin by themselves"),
    field<&NetworkGradientsAnswer::n_stored>(
        "n_stored", "tensors", "of the file, whose own numbers are taken for the beginning"),
    field<&NetworkGradientsAnswer::batch>("batch", "inputs", "in one step"),
    field<&NetworkGradientsAnswer::found, &NetworkGradients::loss>(
        "loss", "", "that is differentiated; its mean over the batch"),
    field<&NetworkGradientsAnswer::found, &NetworkGradients::logits_rms>(
        "logits_rms", "", "what the loss reads; null: unknown"),
    field<&NetworkGradientsAnswer::found, &NetworkGradients::logits_gradient_rms>(
        "logits_gradient_rms", "", "of the loss by it"),
    field<&NetworkGradientsAnswer::found, &NetworkGradients::loss_scale>(
        "loss_scale", "",
        "least power of two with which FP16 loses no more than 0.01 of any layer's gradients; null "
        "where one that large overflows others"),
    field<&NetworkGradientsAnswer::found, &NetworkGradients::largest_loss_scale>(
        "largest_loss_scale", "", "largest power of two with which none overflows"),
    object<run_rows>("run", "with `--measure`: the networks that were really back-propagated",
                     [](const NetworkGradientsAnswer& a) { return if_any(a.run); }),
    field("n_close", "layers",
          "whose foretold gradient is within a factor of 1.5 of the measured one; null: not asked",
          [](const NetworkGradientsAnswer& a) {
            return a.run ? std::optional(a.n_close()) : std::nullopt;
          }),
    field("n_stalled", "layers", "that hardly learn",
          [](const NetworkGradientsAnswer& a) { return a.n_stalled(); }),
    field("n_unknown", "layers", "whose gradient is not known",
          [](const NetworkGradientsAnswer& a) { return a.n_unknown(); }),
    values<&NetworkGradientsAnswer::found, &NetworkGradients::unknown_ops>(
        "unknown_ops", "operators for which there is no rule"),
    list<layer_rows>("layers", "with parameters, in order",
                     [](const NetworkGradientsAnswer& a) {
                       return made<OneLayer>(a, [](const NetworkGradientsAnswer& of, auto emit) {
                         for (const LayerGradient& layer : of.found.layers) emit({of, layer});
                       });
                     }),
};

}  // namespace

constinit const Row<NetworkGradientsAnswer> network_gradients_field = answer<answer_rows>(
    "network_gradients",
    "of `reckon gradients MODEL`: foretold gradients of a network's first step");

}  // namespace reckon
