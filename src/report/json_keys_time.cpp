// The keys of the answers about time.
#include "report/json_keys.h"

namespace reckon {
namespace {

using enum JsonType;

constexpr bool maybe_null = true, always = false, sometimes = true;

constexpr JsonKey keys[] = {
    {"time", object, false, sometimes, "", "of `reckon time`: how long on a device"},
    {"time.mode", string, false, always, "", "training, inference"},
    {"time.device", string, false, always, "", "name"},
    {"time.batch", integer, false, always, "", "inputs in one pass"},
    {"time.format", string, false, always, "", "fp32, tf32, fp16, bf16, fp8, fp4, int8"},
    {"time.optimizer", string, maybe_null, always, "", "null for inference"},
    {"time.fused", boolean, false, always, "",
     "element-wise layers are computed by the kernel that makes their input"},
    {"time.library", string, false, always, "", "whose way to run it is counted: none or libtorch"},
    {"time.overlap", boolean, false, always, "", "loading and computing overlap"},
    {"time.standing", string, false, always, "", "modelled"},
    {"time.is_lower_bound", boolean, false, always, "", "something of the network is unknown"},
    {"time.seconds", number, false, always, "s", "of the pass or the step"},
    {"time.samples_per_s", number, false, always, "1/s", "inputs a second"},
    {"time.forward_s", number, false, always, "s", "part of seconds"},
    {"time.input_gradient_s", number, false, always, "s",
     "part of seconds; also layers without products, which go backward in one kernel"},
    {"time.weight_gradient_s", number, false, always, "s", "part of seconds"},
    {"time.update_s", number, false, always, "s", "part of seconds"},
    {"time.compute_bound_s", number, false, always, "s", "in which arithmetic bounds"},
    {"time.memory_bound_s", number, false, always, "s", "in which memory bounds"},
    {"time.start_bound_s", number, maybe_null, always, "s",
     "in which the start of kernels bounds; null where nobody knows it for the device"},
    {"time.ops", number, false, always, "OP", "a multiply-add is two"},
    {"time.bytes", number, false, always, "B", "moved between kernels and memory"},
    {"time.kernels", integer, false, always, "", "that are started"},
    {"time.utilisation", number, false, always, "", "ops ÷ (seconds · ops_per_s)"},
    {"time.overlapped_s", number, false, always, "s", "where loading and computing overlap"},
    {"time.in_turn_s", number, false, always, "s", "where they do not"},
    {"time.double_buffer_bytes", integer, false, always, "B",
     "on the chip, that the overlap takes: 4·t² + 4·t·32·element, t = ⌈ridge · element⌉"},
    {"time.needed_bytes", integer, maybe_null, always, "B",
     "of the device's memory; null where it cannot be told"},
    {"time.needed_flash_bytes", integer, maybe_null, always, "B",
     "weights, where the device keeps them in flash"},
    {"time.usable_bytes", integer, false, always, "B", "memory that a program can get"},
    {"time.fits", boolean, maybe_null, always, "", "null where it cannot be told"},
    {"time.vector_ops_per_s", number, false, always, "OP/s", "of everything but products"},
    {"time.ops_per_s", number, false, always, "OP/s", "of products, in this format"},
    {"time.bytes_per_s", number, false, always, "B/s", "of memory"},
    {"time.ridge_ops_per_byte", number, false, always, "OP/B",
     "where arithmetic and memory take the same time"},
    {"time.assumptions", array, false, always, "", "sentences"},
    {"time.assumptions[]", string, false, always, "", ""},
    {"time.kinds", array, false, always, "", "the layers by kind"},
    {"time.kinds[]", object, false, always, "", ""},
    {"time.kinds[].kind", string, false, always, "",
     "convolution, depthwise, linear, batched linear, product, recurrent, pooling, normalisation, "
     "activation, other"},
    {"time.kinds[].layers", integer, false, always, "", "of the kind"},
    {"time.kinds[].fused", integer, false, always, "", "of these, into the kernel before"},
    {"time.kinds[].ops", number, false, always, "OP", "of the forward pass"},
    {"time.kinds[].bytes", number, false, always, "B", "of the forward pass"},
    {"time.kinds[].bound", string, false, always, "",
     "what bounds most of its forward time: compute, memory, start; nothing where all are fused"},
    {"time.kinds[].turning_batch", integer, maybe_null, always, "",
     "least batch at which most of its forward time is bound by arithmetic; null: never"},
    {"time.kinds[].forward_s", number, false, always, "s", ""},
    {"time.kinds[].backward_s", number, false, always, "s", "both gradients"},
    {"time.kinds[].update_s", number, false, always, "s", ""},
    {"time.layers", array, false, always, "", "those that do something, in order"},
    {"time.layers[]", object, false, always, "", ""},
    {"time.layers[].name", string, false, always, "", "name"},
    {"time.layers[].op", string, false, always, "", "ONNX operator"},
    {"time.layers[].seconds", number, false, always, "s", "of all its parts"},
    {"time.layers[].fused", boolean, false, always, "", "its work counts in the kernel before"},
    {"time.layers[].turning_batch", integer, maybe_null, always, "",
     "least batch at which its forward pass is bound by arithmetic; null: never"},
#define RECKON_WORK(part, null, maybe, what)                                                \
  {"time.layers[]." part, object, null, maybe, "", what},                                   \
      {"time.layers[]." part ".seconds", number, false, always, "s", "of the kernel"},      \
      {"time.layers[]." part ".ops", number, false, always, "OP", "a multiply-add is two"}, \
      {"time.layers[]." part ".bytes", number, false, always, "B", "that it moves"},        \
      {"time.layers[]." part ".level",                                                      \
       string,                                                                              \
       false,                                                                               \
       always,                                                                              \
       "",                                                                                  \
       "that its activations come from: l1, l2, llc, memory"},                              \
      {"time.layers[]." part ".compute_s", number, false, always, "s", "of arithmetic"},    \
      {"time.layers[]." part ".memory_s", number, false, always, "s", "of memory"},         \
      {"time.layers[]." part ".start_s", number, false, always, "s", "of its start"},       \
      {"time.layers[]." part ".bound",   string, false, always, "",                         \
       "compute, memory, start, nothing"},                                                  \
      {"time.layers[]." part ".intensity", number, false, always, "OP/B", ""},              \
      {"time.layers[]." part ".utilisation", number, false, always, "", ""},                \
      {"time.layers[]." part ".wave_fill",           number, false, always, "",             \
       "share of the units that its tiles keep busy"}
    RECKON_WORK("forward", maybe_null, always, "null where it is fused"),
    RECKON_WORK("input_gradient", maybe_null, sometimes, "of training"),
    RECKON_WORK("weight_gradient", maybe_null, sometimes, "of training"),
#undef RECKON_WORK
    {"time.layers[].update_s", number, false, sometimes, "s", "of training"},
    {"throughput", object, false, sometimes, "", "of `reckon devices fit`"},
    {"throughput.table", string, false, always, "", "file"},
    {"throughput.rate", string, false, always, "", "column that was fitted"},
    {"throughput.networks", integer, false, always, "", "rows with a rate"},
    {"throughput.not_measured", integer, false, always, "", "rows without one, left out"},
    {"throughput.standing", string, false, always, "", "modelled"},
    {"throughput.macs_per_s", number, false, always, "MAC/s", "fitted"},
    {"throughput.outputs_per_s", number, false, always, "1/s",
     "fitted: outputs of convolutions and linear layers"},
    {"throughput.overhead", string, false, always, "", "nothing, constant, weights"},
    {"throughput.batch_overhead_s", number, maybe_null, always, "s", "of a batch, where constant"},
    {"throughput.params_per_s", number, maybe_null, always, "1/s", "where it is the weights"},
    {"throughput.folds", integer, false, always, "", "of the cross-validation"},
#define RECKON_ERROR(of, what)                                          \
  {"throughput." of, object, false, always, "", what},                  \
      {"throughput." of ".median",           number, false, always, "", \
       "|predicted/measured - 1| of seconds"},                          \
      {"throughput." of ".mean", number, false, always, "", ""},        \
      {"throughput." of ".ninth_decile", number, false, always, "", "nine of ten are below"}
    RECKON_ERROR("error", "by cross-validation"),
    RECKON_ERROR("naive_error", "of MACs at one fitted rate, likewise"),
#undef RECKON_ERROR
    {"throughput.points", array, false, always, "", "in the order of the table"},
    {"throughput.points[]", object, false, always, "", ""},
    {"throughput.points[].name", string, false, always, "", ""},
    {"throughput.points[].batch", number, false, always, "", "images in one pass"},
    {"throughput.points[].measured_images_per_s", number, false, always, "1/s", ""},
    {"throughput.points[].predicted_images_per_s", number, false, always, "1/s",
     "by a fit that did not see it"},
    {"time_sweep", object, false, sometimes, "", "of `reckon time` at several points"},
    {"time_sweep.over", string, false, always, "", "batch, or shape: wide against deep"},
    {"time_sweep.device", string, false, always, "", "name"},
    {"time_sweep.format", string, false, always, "", "fp32, …"},
    {"time_sweep.mode", string, false, always, "", "training, inference"},
    {"time_sweep.standing", string, false, always, "", "modelled"},
    {"time_sweep.params", integer, maybe_null, always, "", "that the shapes are to have"},
    {"time_sweep.points", array, false, always, "", ""},
    {"time_sweep.points[]", object, false, always, "", ""},
    {"time_sweep.points[].batch", integer, false, always, "", "inputs in one pass"},
    {"time_sweep.points[].depth", integer, maybe_null, always, "", "hidden layers of a shape"},
    {"time_sweep.points[].width", integer, maybe_null, always, "", "units of each"},
    {"time_sweep.points[].params", integer, maybe_null, always, "", "of the shape"},
    {"time_sweep.points[].seconds", number, false, always, "s", "latency"},
    {"time_sweep.points[].samples_per_s", number, false, always, "1/s", "throughput"},
    {"time_sweep.points[].utilisation", number, false, always, "", "as in time"},
    {"time_sweep.points[].bound", string, false, always, "", "what bounds most of the time"},
    {"time_sweep.points[].kernels", integer, false, always, "", "that are started"},
    {"time_sweep.points[].start_bound_s", number, maybe_null, always, "s", "as in time"},
    {"time_sweep.points[].wave_fill", number, false, always, "",
     "share of the units that products keep busy"},
    {"time_sweep.points[].fits", boolean, false, always, "",
     "false where it is known not to fit the device's memory"},
};

}  // namespace

std::span<const JsonKey> json_keys_of_time() {
  return keys;
}

}  // namespace reckon
