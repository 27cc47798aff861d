// The fields of the answer of `reckon chip`.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/chip_answer.h"
#include "questions/constant_fields.h"

namespace reckon {
namespace {

constexpr Row<ChipDesign> design_rows[] = {
    field<&ChipDesign::units>("units", "MAC", "that multiply and add in a cycle"),
    field<&ChipDesign::mib>("mib", "MiB", "of memory on the chip"),
    field<&ChipDesign::gb_per_s>("gb_per_s", "GB/s", "to the memory behind it"),
};
constexpr Row<ChipSteps> step_rows[] = {
    field<&ChipSteps::units>("units", "MAC", "that multiply and add in a cycle"),
    field<&ChipSteps::mib>("mib", "MiB", "of memory on the chip"),
    field<&ChipSteps::gb_per_s>("gb_per_s", "GB/s", "to the memory behind it"),
};
constexpr Row<ChipTime> time_rows[] = {
    field<&ChipTime::seconds>("seconds", "s", "of the pass"),
    field<&ChipTime::compute_bound_s>("compute_bound_s", "s", "of layers bound by arithmetic"),
    field<&ChipTime::memory_bound_s>("memory_bound_s", "s", "of layers bound by memory"),
    field<&ChipTime::moved_bytes>("moved_bytes", "B", "between the chip and its memory"),
};

constexpr Row<ChipReport> best_rows[] = {
    members<design_rows, &ChipReport::answer, &ChipAnswer::best>(),
    members<time_rows, &ChipReport::answer, &ChipAnswer::time>(),
    field("samples_per_s", "1/s", "inputs a second",
          [](const ChipReport& c) {
            const double seconds = c.answer.time.seconds;
            return seconds > 0 ? static_cast<double>(c.batch) / seconds : 0.0;
          }),
    field<&ChipReport::answer, &ChipAnswer::area_mm2>("area_mm2", "mm²", "of the whole chip"),
    field<&ChipReport::answer, &ChipAnswer::power_w>("power_w", "W", "all parts at full rate"),
    field<&ChipReport::answer, &ChipAnswer::ridge>("ridge_ops_per_byte", "OP/B",
                                                   "a multiply-add is two"),
    field<&ChipReport::answer, &ChipAnswer::kept_weight_bytes>("kept_weight_bytes", "B",
                                                               "from one pass to the next"),
    field<&ChipReport::answer, &ChipAnswer::kept_tensor_bytes>("kept_tensor_bytes", "B",
                                                               "one after another"),
};

constexpr Row<ChipMarginal> marginal_rows[] = {
    field<&ChipMarginal::what>("what", "", "arithmetic, memory, bandwidth"),
    field<&ChipMarginal::units>("more", "", "MACs, MiB, GB/s"),
    field<&ChipMarginal::area_mm2>("area_mm2", "mm²", "that it takes"),
    field<&ChipMarginal::power_w>("power_w", "W", "that it takes"),
    field<&ChipMarginal::seconds>("seconds", "s", "of the pass, then"),
};
constexpr Row<ChipBudgetMarginal> larger_rows[] = {
    field<&ChipBudgetMarginal::what>("what", "", "area, power"),
    members<design_rows, &ChipBudgetMarginal::design>(),
    field<&ChipBudgetMarginal::seconds>("seconds", "s", "of the pass, then"),
};
struct BesideMemory {
  const ChipDesign& design;
  const ChipTime& time;
};
constexpr Row<BesideMemory> beside_rows[] = {
    members<design_rows>([](const BesideMemory& b) -> auto& { return b.design; }),
    members<time_rows>([](const BesideMemory& b) -> auto& { return b.time; }),
};

constexpr Row<ChipReport> chip_rows[] = {
    field<&ChipReport::budget, &ChipBudget::area_mm2>("area_mm2", "mm²", "the budget"),
    field<&ChipReport::budget, &ChipBudget::power_w>("power_w", "W", "the budget"),
    field<&ChipReport::node>("node", "", "process of the constants"),
    field<&ChipReport::format>("format", "", "int8, bf16, …"),
    field<&ChipReport::memory>("memory", "", "behind the chip: hbm2, gddr6, ddr"),
    field<&ChipReport::batch>("batch", "", "inputs in one pass"),
    field("standing", "", "modelled", [](const ChipReport&) { return Standing::modelled; }),
    field<&ChipReport::network, &ChipNetwork::lower_bound>("is_lower_bound", "",
                                                           "something of the network is unknown"),
    field<&ChipReport::answer, &ChipAnswer::exact>("exact", "",
                                                   "what stays on the chip is the best that can"),
    object<step_rows, &ChipReport::steps>("steps", "of the lattice"),
    field<&ChipReport::answer, &ChipAnswer::designs>("designs", "",
                                                     "of the lattice within the budget"),
    object<best_rows>("best", "the fastest of them"),
    field<&ChipReport::answer, &ChipAnswer::all_bytes>("all_bytes", "B",
                                                       "that move when nothing stays"),
    list<marginal_rows, &ChipReport::answer, &ChipAnswer::marginals>(
        "marginals", "one more of each, were there room"),
    list<larger_rows, &ChipReport::answer, &ChipAnswer::larger>(
        "tenth_more", "the best of a budget that is a tenth larger"),
    list<beside_rows>("by_memory", "the best beside each memory on the chip",
                      [](const ChipReport& c) {
                        return made<BesideMemory>(c, [](const ChipReport& of, auto emit) {
                          const ChipAnswer& a = of.answer;
                          for (std::size_t i = 0; i < a.by_memory.size(); ++i)
                            emit({a.by_memory[i], a.by_memory_time[i]});
                        });
                      }),
    list<constant_rows, &ChipReport::costs, &ChipCosts::sources>("constants",
                                                                 "every one behind these figures"),
};

}  // namespace

constinit const Row<ChipReport> chip_field =
    answer<chip_rows>("chip", "of `reckon chip`: the best split of a budget");

}  // namespace reckon
