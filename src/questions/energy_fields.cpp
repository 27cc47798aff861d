// The fields of the answer of `reckon energy`.
#include <algorithm>

#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/constant_fields.h"
#include "questions/energy_answer.h"

namespace reckon {
namespace {

struct CaseShown {
  const EnergyCase& of;
  std::int64_t batch;

  const EnergyEstimate& energy() const { return of.energy; }
};
constexpr Row<CaseShown> sum_rows[] = {
    field("is_lower_bound", "", "something has no price or no rule",
          [](const CaseShown& c) { return c.energy().lower_bound; }),
    field("joules", "J", "the middle of low_j and high_j",
          [](const CaseShown& c) { return c.energy().joules; }),
    field("low_j", "J", "with the least of each range",
          [](const CaseShown& c) { return c.energy().low_j; }),
    field("high_j", "J", "with the most of each range",
          [](const CaseShown& c) { return c.energy().high_j; }),
    field("joules_per_input", "J", "joules ÷ batch",
          [](const CaseShown& c) {
            return c.energy().joules / static_cast<double>(std::max<std::int64_t>(1, c.batch));
          }),
    field("arithmetic_j", "J", "part of joules",
          [](const CaseShown& c) { return c.energy().arithmetic_j; }),
    field("moving_j", "J", "part of joules: registers, SRAM, memory",
          [](const CaseShown& c) { return c.energy().moving_j; }),
    field("idle_j", "J", "part of joules; null where not known",
          [](const CaseShown& c) {
            const bool idle = std::ranges::any_of(c.energy().parts, [](const EnergyPart& part) {
              return part.kind == EnergyKind::idle;
            });
            return idle ? std::optional(c.energy().idle_j) : std::nullopt;
          }),
    field("arithmetic_share", "", "of joules",
          [](const CaseShown& c) { return c.energy().share(c.energy().arithmetic_j); }),
    field("moving_share", "", "of joules",
          [](const CaseShown& c) { return c.energy().share(c.energy().moving_j); }),
    field("seconds", "s", "on the device; null where not known",
          [](const CaseShown& c) { return c.of.seconds; }),
    field("mean_power_w", "W", "joules ÷ seconds",
          [](const CaseShown& c) {
            return c.of.seconds && *c.of.seconds > 0
                       ? std::optional(c.energy().joules / *c.of.seconds)
                       : std::nullopt;
          }),
};
constexpr Row<CaseShown> case_rows[] = {
    field("format", "", "of products and tensors", [](const CaseShown& c) { return c.of.format; }),
    field("weights_format", "", "of the weights in memory",
          [](const CaseShown& c) { return c.of.weights_format.value_or(c.of.format); }),
    members<sum_rows>([](const CaseShown& c) -> auto& { return c; }),
};

// By phase of a training step; absent for inference.
struct Phases {
  const double* joules;  // null for inference
};
IfAny<std::optional<double>> phase(const Phases& phases, std::size_t i) {
  if (phases.joules == nullptr) return {};
  return {phases.joules[i]};
}
constexpr Row<Phases> phase_rows[] = {
    field("forward_j", "J", "of training, without idle power",
          [](const Phases& p) { return phase(p, 0); }),
    field("input_gradient_j", "J", "likewise", [](const Phases& p) { return phase(p, 1); }),
    field("weight_gradient_j", "J", "likewise", [](const Phases& p) { return phase(p, 2); }),
    field("update_j", "J", "likewise", [](const Phases& p) { return phase(p, 3); }),
};
static_assert(n_energy_phases == std::size(phase_rows));

constexpr Row<EnergyPart> part_rows[] = {
    field<&EnergyPart::kind>(
        "kind", "", "multiply, accumulate, other, registers, sram, weights, tensors, idle"),
    field("group", "", "arithmetic, moving, idle",
          [](const EnergyPart& p) { return group_of(p.kind); }),
    field("format", "", "of operations",
          [](const EnergyPart& p) {
            return p.kind <= EnergyKind::registers ? std::optional(p.format) : std::nullopt;
          }),
    field<&EnergyPart::count>("count", "", "how many, in that unit"),
    field<&EnergyPart::unit>("unit", "", "OP, B, s"),
    field<&EnergyPart::price, &EnergyPrice::low_pj>("each_low_pj", "pJ", "of one; null: unknown"),
    field<&EnergyPart::price, &EnergyPrice::high_pj>("each_high_pj", "pJ", "likewise"),
    field<&EnergyPart::price, &EnergyPrice::formula>("formula", "", "of one, from its constants"),
    values("constants", "names in energy.constants",
           [](const EnergyPart& p) {
             return made<std::string>(p, [](const EnergyPart& of, auto emit) {
               for (const HardwareConstant* row : of.price.sources) emit(row->name);
             });
           }),
    field("missing", "", "the constant that nobody has",
          [](const EnergyPart& p) { return if_not_empty(p.price.missing); }),
    field("joules", "J", "null where the price is unknown",
          [](const EnergyPart& p) {
            return p.price.known() ? std::optional(p.joules()) : std::nullopt;
          }),
    field("low_j", "J", "likewise", [](const EnergyPart& p) { return p.low_j(); }),
    field("high_j", "J", "likewise", [](const EnergyPart& p) { return p.high_j(); }),
};

struct PricedLayer {
  const LayerEnergy& energy;
  const Node& node;
  Phases phases;
  std::span<const double> counts;
};
constexpr Row<double> count_item[] = {
    field("[]", "", "in the unit of that part", [](const double& count) { return count; }),
};
constexpr Row<PricedLayer> layer_rows[] = {
    field("name", "", "name",
          [](const PricedLayer& l) { return l.node.name.empty() ? l.node.op_type : l.node.name; }),
    field("op", "", "ONNX operator", [](const PricedLayer& l) { return l.node.op_type; }),
    field("fused", "", "its work counts in the kernel before",
          [](const PricedLayer& l) { return l.energy.fused; }),
    field("joules", "J", "of what is known", [](const PricedLayer& l) { return l.energy.joules; }),
    field("arithmetic_j", "J", "part of joules",
          [](const PricedLayer& l) { return l.energy.arithmetic_j; }),
    field("moving_j", "J", "part of joules",
          [](const PricedLayer& l) { return l.energy.moving_j; }),
    members<phase_rows, &PricedLayer::phases>(),
    list<count_item>("counts", "by element of energy.parts",
                     [](const PricedLayer& l) -> auto& { return l.counts; }),
};

Phases phases_of(const EnergyAnswer& a, const double* joules) {
  return {a.work.training ? joules : nullptr};
}
Made<const HardwareConstant*> used_constants(const EnergyAnswer& a) {
  return made<const HardwareConstant*>(a, [](const EnergyAnswer& of, auto emit) {
    std::vector<const HardwareConstant*> used;
    for (const EnergyCase& one : of.cases)
      for (const EnergyPart& part : one.energy.parts)
        for (const HardwareConstant* row : part.price.sources)
          if (std::ranges::find(used, row) == used.end()) used.push_back(row);
    for (const HardwareConstant* row : used) emit(row);
  });
}
constexpr Row<EnergyAnswer> energy_rows[] = {
    field("mode", "", "training, inference",
          [](const EnergyAnswer& a) { return mode_word(a.work.training); }),
    field<&EnergyAnswer::node>("node", "", "process of the constants: 45nm, 7nm"),
    field<&EnergyAnswer::batch>("batch", "", "inputs in one pass"),
    field("format", "", "fp32, fp16, bf16, int8, …",
          [](const EnergyAnswer& a) { return a.cases[0].format; }),
    field("weights_format", "", "of the weights in memory",
          [](const EnergyAnswer& a) {
            return a.cases[0].weights_format.value_or(a.cases[0].format);
          }),
    field("memory", "", "behind the chip: ddr, hbm2, gddr6, sram",
          [](const EnergyAnswer& a) { return a.options.memory; }),
    field("sram", "", "on the chip: 8kb, 32kb, 1mb",
          [](const EnergyAnswer& a) { return a.options.sram; }),
    field("device", "", "whose time counts; null: no device",
          [](const EnergyAnswer& a) {
            return a.device ? std::optional<std::string_view>(a.device->name) : std::nullopt;
          }),
    field("optimizer", "", "null for inference",
          [](const EnergyAnswer& a) { return if_not_empty(a.optimizer); }),
    field("standing", "", "modelled", [](const EnergyAnswer&) { return Standing::modelled; }),
    members_of_made<sum_rows>([](const EnergyAnswer& a) { return CaseShown{a.cases[0], a.batch}; }),
    field("idle_w", "W", "null where nobody knows it",
          [](const EnergyAnswer& a) { return a.options.idle_w; }),
    members_of_made<phase_rows>(
        [](const EnergyAnswer& a) { return phases_of(a, a.cases[0].energy.phases_j); }),
    list<part_rows>("parts", "their joules add up to energy.joules",
                    [](const EnergyAnswer& a) -> auto& { return a.cases[0].energy.parts; }),
    values("unknown", "what has no price: sentences",
           [](const EnergyAnswer& a) -> auto& { return a.cases[0].energy.unknown; }),
    list<constant_rows>("constants", "every one behind these figures",
                        [](const EnergyAnswer& a) { return used_constants(a); }),
    list<case_rows>("formats", "those of the question; the first one above",
                    [](const EnergyAnswer& a) {
                      return made<CaseShown>(a, [](const EnergyAnswer& of, auto emit) {
                        for (const EnergyCase& one : of.cases) emit({one, of.batch});
                      });
                    }),
    values<&EnergyAnswer::assumptions>("assumptions", "sentences"),
    list<layer_rows>("layers", "those that do something, in order",
                     [](const EnergyAnswer& a) {
                       return made<PricedLayer>(a, [](const EnergyAnswer& of, auto emit) {
                         const EnergyEstimate& e = of.cases[0].energy;
                         for (std::size_t i = 0; i < e.layers.size(); ++i)
                           emit({e.layers[i], e.layers[i].layer->op_node(),
                                 phases_of(of, e.layers[i].phases_j), e.counts_of(i)});
                       });
                     }),
};

}  // namespace

constinit const Row<EnergyAnswer> energy_field =
    answer<energy_rows>("energy", "of `reckon energy`: how much a pass or a step takes");

}  // namespace reckon
