// The keys of the answers about energy.
#include "report/json_keys.h"

namespace reckon {
namespace {

using enum JsonType;

constexpr bool maybe_null = true, always = false, sometimes = true;

constexpr JsonKey keys[] = {
    {"energy", object, false, sometimes, "", "of `reckon energy`: how much a pass or a step takes"},
    {"energy.mode", string, false, always, "", "training, inference"},
    {"energy.node", string, false, always, "", "process of the constants: 45nm, 7nm"},
    {"energy.batch", integer, false, always, "", "inputs in one pass"},
    {"energy.format", string, false, always, "", "fp32, fp16, bf16, int8, …"},
    {"energy.weights_format", string, false, always, "", "of the weights in memory"},
    {"energy.memory", string, false, always, "", "behind the chip: ddr, hbm2, gddr6, sram"},
    {"energy.sram", string, false, always, "", "on the chip: 8kb, 32kb, 1mb"},
    {"energy.device", string, maybe_null, always, "", "whose time counts; null: no device"},
    {"energy.optimizer", string, maybe_null, always, "", "null for inference"},
    {"energy.standing", string, false, always, "", "modelled"},
#define RECKON_SUMS(path)                                                                       \
  {path "is_lower_bound", boolean, false, always, "", "something has no price or no rule"},     \
      {path "joules", number, false, always, "J", "the middle of low_j and high_j"},            \
      {path "low_j", number, false, always, "J", "with the least of each range"},               \
      {path "high_j", number, false, always, "J", "with the most of each range"},               \
      {path "joules_per_input", number, false, always, "J", "joules ÷ batch"},                  \
      {path "arithmetic_j", number, false, always, "J", "part of joules"},                      \
      {path "moving_j", number, false, always, "J", "part of joules: registers, SRAM, memory"}, \
      {path "idle_j", number, maybe_null, always, "J", "part of joules; null where not known"}, \
      {path "arithmetic_share", number, false, always, "", "of joules"},                        \
      {path "moving_share", number, false, always, "", "of joules"},                            \
      {path "seconds", number, maybe_null, always, "s", "on the device; null where not known"}, \
      {path "mean_power_w", number, maybe_null, always, "W", "joules ÷ seconds"}
    RECKON_SUMS("energy."),
    {"energy.idle_w", number, maybe_null, always, "W", "null where nobody knows it"},
    {"energy.forward_j", number, false, sometimes, "J", "of training, without idle power"},
    {"energy.input_gradient_j", number, false, sometimes, "J", "likewise"},
    {"energy.weight_gradient_j", number, false, sometimes, "J", "likewise"},
    {"energy.update_j", number, false, sometimes, "J", "likewise"},
    {"energy.parts", array, false, always, "", "their joules add up to energy.joules"},
    {"energy.parts[]", object, false, always, "", ""},
    {"energy.parts[].kind", string, false, always, "",
     "multiply, accumulate, other, registers, sram, weights, tensors, idle"},
    {"energy.parts[].group", string, false, always, "", "arithmetic, moving, idle"},
    {"energy.parts[].format", string, maybe_null, always, "", "of operations"},
    {"energy.parts[].count", number, false, always, "", "how many, in that unit"},
    {"energy.parts[].unit", string, false, always, "", "OP, B, s"},
    {"energy.parts[].each_low_pj", number, maybe_null, always, "pJ", "of one; null: unknown"},
    {"energy.parts[].each_high_pj", number, maybe_null, always, "pJ", "likewise"},
    {"energy.parts[].formula", string, false, always, "", "of one, from its constants"},
    {"energy.parts[].constants", array, false, always, "", "names in energy.constants"},
    {"energy.parts[].constants[]", string, false, always, "", ""},
    {"energy.parts[].missing", string, maybe_null, always, "", "the constant that nobody has"},
    {"energy.parts[].joules", number, maybe_null, always, "J", "null where the price is unknown"},
    {"energy.parts[].low_j", number, maybe_null, always, "J", "likewise"},
    {"energy.parts[].high_j", number, maybe_null, always, "J", "likewise"},
    {"energy.unknown", array, false, always, "", "what has no price: sentences"},
    {"energy.unknown[]", string, false, always, "", ""},
    {"energy.constants", array, false, always, "", "every one behind these figures"},
    {"energy.constants[]", object, false, always, "", ""},
    {"energy.constants[].name", string, false, always, "", "what --constant takes"},
    {"energy.constants[].low", number, false, always, "", "of the range, or the value"},
    {"energy.constants[].high", number, false, always, "", "likewise"},
    {"energy.constants[].unit", string, false, always, "", "pJ, × its arithmetic"},
    {"energy.constants[].standing", string, false, always, "", "reference, assumed"},
    {"energy.constants[].source", string, false, always, "", "who says so"},
    {"energy.formats", array, false, always, "", "those of the question; the first one above"},
    {"energy.formats[]", object, false, always, "", ""},
    {"energy.formats[].format", string, false, always, "", "of products and tensors"},
    {"energy.formats[].weights_format", string, false, always, "", "of the weights in memory"},
    RECKON_SUMS("energy.formats[]."),
#undef RECKON_SUMS
    {"energy.assumptions", array, false, always, "", "sentences"},
    {"energy.assumptions[]", string, false, always, "", ""},
    {"energy.layers", array, false, always, "", "those that do something, in order"},
    {"energy.layers[]", object, false, always, "", ""},
    {"energy.layers[].name", string, false, always, "", "name"},
    {"energy.layers[].op", string, false, always, "", "ONNX operator"},
    {"energy.layers[].fused", boolean, false, always, "", "its work counts in the kernel before"},
    {"energy.layers[].joules", number, false, always, "J", "of what is known"},
    {"energy.layers[].arithmetic_j", number, false, always, "J", "part of joules"},
    {"energy.layers[].moving_j", number, false, always, "J", "part of joules"},
    {"energy.layers[].forward_j", number, false, sometimes, "J", "of training"},
    {"energy.layers[].input_gradient_j", number, false, sometimes, "J", "of training"},
    {"energy.layers[].weight_gradient_j", number, false, sometimes, "J", "of training"},
    {"energy.layers[].update_j", number, false, sometimes, "J", "of training"},
    {"energy.layers[].counts", array, false, always, "", "by element of energy.parts"},
    {"energy.layers[].counts[]", number, false, always, "", "in the unit of that part"},
};

}  // namespace

std::span<const JsonKey> json_keys_of_energy() {
  return keys;
}

}  // namespace reckon
