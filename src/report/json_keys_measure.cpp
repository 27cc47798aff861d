// The keys of the answers about real runs.
#include "report/json_keys.h"

namespace reckon {
namespace {

using enum JsonType;

constexpr bool maybe_null = true, always = false, sometimes = true;

constexpr JsonKey keys[] = {
    {"measure", object, false, sometimes, "", "of `reckon measure`: a real run"},
    {"measure.mode", string, false, always, "", "training, inference"},
    {"measure.library", string, false, always, "", "that ran it, with its version"},
    {"measure.device", string, false, always, "", "cpu, cuda"},
    {"measure.processor", string, false, always, "", "empty where the system does not say"},
    {"measure.blas", string, false, always, "",
     "library that multiplies matrices on the processor; empty where it cannot be seen"},
    {"measure.threads", integer, false, always, "", "of the processor"},
    {"measure.clock", string, false, always, "",
     "wall; processor where others used it too and there is one thread"},
    {"measure.batch", integer, false, always, "", "inputs in one pass"},
    {"measure.optimizer", string, maybe_null, always, "", "null for inference"},
    {"measure.in_place", boolean, false, always, "",
     "activations overwrite their input where that is legal"},
    {"measure.warmup", integer, false, always, "", "passes before the timed ones"},
    {"measure.repeats", integer, false, always, "", "timed passes"},
    {"measure.standing", string, false, always, "", "measured"},
    {"measure.samples_per_s", number, false, always, "1/s", "batch ÷ median step"},
#define RECKON_TIMINGS(part, maybe, what)                                  \
  {"measure." part, object, false, maybe, "", what},                       \
      {"measure." part ".median_s", number, false, always, "s", ""},       \
      {"measure." part ".min_s", number, false, always, "s", ""},          \
      {"measure." part ".max_s", number, false, always, "s", ""},          \
      {"measure." part ".low_quartile_s", number, false, always, "s", ""}, \
      {"measure." part ".high_quartile_s", number, false, always, "s", ""}
    RECKON_TIMINGS("step", always, "the whole pass"),
    RECKON_TIMINGS("forward", always, "part of the step"),
    RECKON_TIMINGS("loss", sometimes, "of training"),
    RECKON_TIMINGS("backward", sometimes, "of training"),
    RECKON_TIMINGS("update", sometimes, "of training"),
#undef RECKON_TIMINGS
    {"measure.allocations", integer, maybe_null, always, "",
     "blocks taken in one pass; null where they are not ours to count"},
    {"measure.predicted_on", string, maybe_null, always, "",
     "device that the time is predicted for; null: none was named"},
    {"measure.comparison", array, false, always, "", "predicted beside measured"},
    {"measure.comparison[]", object, false, always, "", ""},
    {"measure.comparison[].key", string, false, always, "",
     "seconds, forward_s, backward_s, update_s, resident_bytes, saved_bytes, "
     "forward_peak_bytes, step_peak_bytes, peak_bytes; the peaks of forward and step are above "
     "what is resident"},
    {"measure.comparison[].unit", string, false, always, "", "B, s"},
    {"measure.comparison[].predicted", number, maybe_null, always, "",
     "null where nothing predicts it"},
    {"measure.comparison[].measured", number, maybe_null, always, "", ""},
    {"measure.comparison[].error", number, maybe_null, always, "",
     "(predicted − measured) ÷ measured"},
    {"measure.layers", array, false, always, "", "operators that ran, in order"},
    {"measure.layers[]", object, false, always, "", ""},
    {"measure.layers[].name", string, false, always, "", "name"},
    {"measure.layers[].op", string, false, always, "", "ONNX operator"},
    {"measure.layers[].macs", integer, maybe_null, always, "MAC", "of its forward pass"},
    {"measure.layers[].forward_s", number, false, always, "s", "median"},
    {"measure.layers[].forward_min_s", number, false, always, "s", "fastest"},
    {"measure.layers[].backward_s", number, maybe_null, always, "s",
     "median; null in inference and where no gradient came by"},
    {"measure.layers[].predicted_forward_s", number, maybe_null, always, "s",
     "null where no device was named"},
    {"measure.layers[].predicted_backward_s", number, maybe_null, always, "s", "likewise"},
    {"measure.layers[].alive_bytes", integer, maybe_null, always, "B",
     "after its forward pass, above what is resident"},
    {"measure.layers[].predicted_alive_bytes", integer, maybe_null, always, "B", ""},
    {"measure.layers[].peak_bytes", integer, maybe_null, always, "B",
     "during its forward pass, above what is resident"},
    {"measure.layers[].predicted_peak_bytes", integer, maybe_null, always, "B", ""},
    {"measure.outputs", array, false, sometimes, "", "with --values: elements of the results"},
    {"measure.outputs[]", object, false, always, "", ""},
    {"measure.outputs[].name", string, false, always, "", "name"},
    {"measure.outputs[].shape", array, false, always, "", ""},
    {"measure.outputs[].shape[]", integer, false, always, "", ""},
    {"measure.outputs[].indices", array, false, always, "", "flat, row-major, evenly spaced"},
    {"measure.outputs[].indices[]", integer, false, always, "", ""},
    {"measure.outputs[].values", array, false, always, "", "the elements there"},
    {"measure.outputs[].values[]", number, false, always, "", ""},
    {"measure.notes", array, false, always, "", "sentences"},
    {"measure.notes[]", string, false, always, "", ""},
};

}  // namespace

std::span<const JsonKey> json_keys_of_measure() {
  return keys;
}

}  // namespace reckon
