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
    {"time.ops_per_s", number, false, always, "OP/s", "of products, in this format"},
    {"time.bytes_per_s", number, false, always, "B/s", "of memory"},
    {"time.ridge_ops_per_byte", number, false, always, "OP/B",
     "where arithmetic and memory take the same time"},
    {"time.assumptions", array, false, always, "", "sentences"},
    {"time.assumptions[]", string, false, always, "", ""},
    {"time.layers", array, false, always, "", "those that do something, in order"},
    {"time.layers[]", object, false, always, "", ""},
    {"time.layers[].name", string, false, always, "", "name"},
    {"time.layers[].op", string, false, always, "", "ONNX operator"},
    {"time.layers[].seconds", number, false, always, "s", "of all its parts"},
    {"time.layers[].fused", boolean, false, always, "", "its work counts in the kernel before"},
    {"time.layers[].turning_batch", integer, maybe_null, always, "",
     "least batch at which its forward pass is bound by arithmetic; null: never"},
#define RECKON_WORK(part, null, maybe, what)                                             \
  {"time.layers[]." part, object, null, maybe, "", what},                                \
      {"time.layers[]." part ".seconds", number, false, always, "s", "of the kernel"},   \
      {"time.layers[]." part ".compute_s", number, false, always, "s", "of arithmetic"}, \
      {"time.layers[]." part ".memory_s", number, false, always, "s", "of memory"},      \
      {"time.layers[]." part ".start_s", number, false, always, "s", "of its start"},    \
      {"time.layers[]." part ".bound",   string, false, always, "",                      \
       "compute, memory, start, nothing"},                                               \
      {"time.layers[]." part ".intensity", number, false, always, "OP/B", ""},           \
      {"time.layers[]." part ".utilisation", number, false, always, "", ""},             \
      {"time.layers[]." part ".wave_fill",           number, false, always, "",          \
       "share of the units that its tiles keep busy"}
    RECKON_WORK("forward", maybe_null, always, "null where it is fused"),
    RECKON_WORK("input_gradient", maybe_null, sometimes, "of training"),
    RECKON_WORK("weight_gradient", maybe_null, sometimes, "of training"),
#undef RECKON_WORK
    {"time.layers[].update_s", number, false, sometimes, "s", "of training"},
};

}  // namespace

std::span<const JsonKey> json_keys_of_time() {
  return keys;
}

}  // namespace reckon
