// The answer to `step`: forward, backward and update, in operations.
#include "report/json_parts.h"
#include "report/step_pages.h"

namespace reckon {
namespace {

// a/b; null where b is 0 or a is unknown.
void write_ratio(JsonWriter& json, std::string_view key, const std::optional<double>& a,
                 std::int64_t b) {
  json.key(key);
  a&& b != 0 ? json.value(*a / static_cast<double>(b)) : json.null();
}

struct Update {
  std::optional<std::int64_t> low, by_formula, high;
};

Update update_of(const StepReport& step) {
  if (step.update == nullptr) return {};
  const auto times = [&](int each) -> std::optional<std::int64_t> {
    const Checked n = Checked(step.backward.trained_params) * each;
    return n.ok() ? std::optional(n.value()) : std::nullopt;
  };
  return {times(step.update->low), times(step.update->by_formula), times(step.update->high)};
}

void write_update(JsonWriter& json, const StepReport& step, const Update& update) {
  json.member("optimizer", step.optimizer->name);
  json.member("trained_params", step.backward.trained_params);
  json.member("update_flops", update.by_formula);
  json.member("update_flops_low", update.low);
  json.member("update_flops_high", update.high);
  const UpdateCost* cost = step.update;
  json.key("update_flops_per_parameter");
  cost != nullptr ? json.value(std::int64_t{cost->by_formula}) : json.null();
  json.member("update_formula", cost != nullptr ? cost->formula : std::string_view());
  json.member("update_source", cost != nullptr ? cost->source : step.optimizer->source);
}

void write_layer(JsonWriter& json, const BackwardLayer& row) {
  json.begin_object();
  json.member("name", std::string_view(name_of(*row.layer)));
  json.member("op", row.layer->op_node().op_type);
  json.member("forward_macs", row.forward_macs.count.value_or(0));
  json.member("weight_gradient_macs", row.weight_gradient_macs.count.value_or(0));
  json.member("input_gradient_macs", row.input_gradient_macs.count.value_or(0));
  json.member("forward_flops", row.forward_flops.count.value_or(0));
  json.member("backward_flops", (row.product_flops.count + row.other_flops.count).value_or(0));
  json.member("needs_input_gradient", row.needs_input_gradient);
  json.end_object();
}

}  // namespace

std::string step_json(const Subject& subject, const StepReport& step) {
  const BackwardCost& cost = step.backward;
  const Update update = update_of(step);
  const auto macs = static_cast<double>(cost.weight_gradient_macs) +
                    static_cast<double>(cost.input_gradient_macs);
  const auto backward_flops =
      static_cast<double>(cost.product_flops) + static_cast<double>(cost.other_flops);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("step");
  json.begin_object();
  json.member("batch", subject.analysis.bound.batch);
  json.member("forward_macs", cost.forward_macs);
  json.member("weight_gradient_macs", cost.weight_gradient_macs);
  json.member("input_gradient_macs", cost.input_gradient_macs);
  json.member("backward_macs", cost.weight_gradient_macs + cost.input_gradient_macs);
  json.member("training_macs",
              cost.forward_macs + cost.weight_gradient_macs + cost.input_gradient_macs);
  write_ratio(json, "macs_ratio_to_forward", static_cast<double>(cost.forward_macs) + macs,
              cost.forward_macs);
  json.member("forward_flops", cost.forward_flops);
  json.member("backward_flops", cost.product_flops + cost.other_flops);
  json.member("backward_product_flops", cost.product_flops);
  json.member("backward_other_flops", cost.other_flops);
  json.member("backward_other_standing", to_string(Standing::assumed));
  write_update(json, step, update);
  // To the forward pass, both by its operations and by its products alone.
  const auto over_forward = [&](std::string_view key, const std::optional<std::int64_t>& flops,
                                double more) {
    write_ratio(json, key, flops ? std::optional(static_cast<double>(*flops) + more) : std::nullopt,
                cost.forward_flops);
  };
  over_forward("update_ratio_to_forward", update.by_formula, 0);
  over_forward("update_ratio_low", update.low, 0);
  over_forward("update_ratio_high", update.high, 0);
  over_forward("ratio_to_forward", update.by_formula,
               static_cast<double>(cost.forward_flops) + backward_flops);
  json.member("lower_bound", cost.lower_bound);
  json.key("assumptions");
  json.begin_array();
  for (const std::string& note : cost.assumptions) json.value(std::string_view(note));
  json.end_array();
  json.key("layers");
  json.begin_array();
  for (const BackwardLayer& row : cost.layers)
    if (row.layer->visible) write_layer(json, row);
  json.end_array();
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace reckon
