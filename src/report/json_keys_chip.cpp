// The keys of the answer about a chip.
#include "report/json_keys.h"

namespace reckon {
namespace {

using enum JsonType;

constexpr bool always = false, sometimes = true;

#define RECKON_DESIGN(path)                                                          \
  {path "units", integer, false, always, "MAC", "that multiply and add in a cycle"}, \
      {path "mib", integer, false, always, "MiB", "of memory on the chip"},          \
      {path "gb_per_s", integer, false, always, "GB/s", "to the memory behind it"}
#define RECKON_TIME(path)                                                                    \
  {path "seconds", number, false, always, "s", "of the pass"},                               \
      {path "compute_bound_s", number, false, always, "s", "of layers bound by arithmetic"}, \
      {path "memory_bound_s", number, false, always, "s", "of layers bound by memory"},      \
      {path "moved_bytes", number, false, always, "B", "between the chip and its memory"}

constexpr JsonKey keys[] = {
    {"chip", object, false, sometimes, "", "of `reckon chip`: the best split of a budget"},
    {"chip.area_mm2", number, false, always, "mm²", "the budget"},
    {"chip.power_w", number, false, always, "W", "the budget"},
    {"chip.node", string, false, always, "", "process of the constants"},
    {"chip.format", string, false, always, "", "int8, bf16, …"},
    {"chip.memory", string, false, always, "", "behind the chip: hbm2, gddr6, ddr"},
    {"chip.batch", integer, false, always, "", "inputs in one pass"},
    {"chip.standing", string, false, always, "", "modelled"},
    {"chip.is_lower_bound", boolean, false, always, "", "something of the network is unknown"},
    {"chip.exact", boolean, false, always, "", "what stays on the chip is the best that can"},
    {"chip.steps", object, false, always, "", "of the lattice"},
    RECKON_DESIGN("chip.steps."),
    {"chip.designs", integer, false, always, "", "of the lattice within the budget"},
    {"chip.best", object, false, always, "", "the fastest of them"},
    RECKON_DESIGN("chip.best."),
    RECKON_TIME("chip.best."),
    {"chip.best.samples_per_s", number, false, always, "1/s", "inputs a second"},
    {"chip.best.area_mm2", number, false, always, "mm²", "of the whole chip"},
    {"chip.best.power_w", number, false, always, "W", "all parts at full rate"},
    {"chip.best.ridge_ops_per_byte", number, false, always, "OP/B", "a multiply-add is two"},
    {"chip.best.kept_weight_bytes", number, false, always, "B", "from one pass to the next"},
    {"chip.best.kept_tensor_bytes", number, false, always, "B", "one after another"},
    {"chip.all_bytes", number, false, always, "B", "that move when nothing stays"},
    {"chip.marginals", array, false, always, "", "one more of each, were there room"},
    {"chip.marginals[]", object, false, always, "", ""},
    {"chip.marginals[].what", string, false, always, "", "arithmetic, memory, bandwidth"},
    {"chip.marginals[].more", number, false, always, "", "MACs, MiB, GB/s"},
    {"chip.marginals[].area_mm2", number, false, always, "mm²", "that it takes"},
    {"chip.marginals[].power_w", number, false, always, "W", "that it takes"},
    {"chip.marginals[].seconds", number, false, always, "s", "of the pass, then"},
    {"chip.tenth_more", array, false, always, "", "the best of a budget that is a tenth larger"},
    {"chip.tenth_more[]", object, false, always, "", ""},
    {"chip.tenth_more[].what", string, false, always, "", "area, power"},
    RECKON_DESIGN("chip.tenth_more[]."),
    {"chip.tenth_more[].seconds", number, false, always, "s", "of the pass, then"},
    {"chip.by_memory", array, false, always, "", "the best beside each memory on the chip"},
    {"chip.by_memory[]", object, false, always, "", ""},
    RECKON_DESIGN("chip.by_memory[]."),
    RECKON_TIME("chip.by_memory[]."),
    {"chip.constants", array, false, always, "", "every one behind these figures"},
    {"chip.constants[]", object, false, always, "", ""},
    {"chip.constants[].name", string, false, always, "", "what --constant takes"},
    {"chip.constants[].low", number, false, always, "", "of the range, or the value"},
    {"chip.constants[].high", number, false, always, "", "likewise"},
    {"chip.constants[].unit", string, false, always, "", "µm², mm²/MiB, pJ, …"},
    {"chip.constants[].standing", string, false, always, "", "reference, assumed"},
    {"chip.constants[].source", string, false, always, "", "who says so"},
};
#undef RECKON_DESIGN
#undef RECKON_TIME

}  // namespace

std::span<const JsonKey> json_keys_of_chip() {
  return keys;
}

}  // namespace reckon
