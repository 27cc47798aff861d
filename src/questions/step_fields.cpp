// The fields of the answer to `step`: forward, backward and update, in operations.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/step_answer.h"

namespace reckon {
namespace {

// a/b; nothing where b is 0 or a is unknown.
std::optional<double> ratio(const std::optional<double>& a, std::int64_t b) {
  return a && b != 0 ? std::optional(*a / static_cast<double>(b)) : std::nullopt;
}
std::optional<double> real(const std::optional<std::int64_t>& n) {
  return n ? std::optional(static_cast<double>(*n)) : std::nullopt;
}
// Of all trained parameters; nothing where nobody has counted it.
std::optional<std::int64_t> update_flops(const StepReport& s, int UpdateCost::* each) {
  if (s.update == nullptr) return std::nullopt;
  const Checked n = Checked(s.backward.trained_params) * (s.update->*each);
  return n.ok() ? std::optional(n.value()) : std::nullopt;
}
std::optional<double> update_ratio(const StepReport& s, int UpdateCost::* each) {
  return ratio(real(update_flops(s, each)), s.backward.forward_flops);
}

constexpr Row<BackwardLayer> layer_rows[] = {
    field("name", "", "name", [](const BackwardLayer& l) { return name_of(*l.layer); }),
    field("op", "", "operator", [](const BackwardLayer& l) { return l.layer->op_node().op_type; }),
    field("forward_macs", "MAC", "",
          [](const BackwardLayer& l) { return l.forward_macs.count.value_or(0); }),
    field("weight_gradient_macs", "MAC", "",
          [](const BackwardLayer& l) { return l.weight_gradient_macs.count.value_or(0); }),
    field("input_gradient_macs", "MAC", "",
          [](const BackwardLayer& l) { return l.input_gradient_macs.count.value_or(0); }),
    field("forward_flops", "FLOP", "",
          [](const BackwardLayer& l) { return l.forward_flops.count.value_or(0); }),
    field("backward_flops", "FLOP", "",
          [](const BackwardLayer& l) {
            return (l.product_flops.count + l.other_flops.count).value_or(0);
          }),
    field<&BackwardLayer::needs_input_gradient>("needs_input_gradient", "",
                                                "something trained lies before it"),
};

constexpr Row<BackwardCost> mac_rows[] = {
    field<&BackwardCost::forward_macs>("forward_macs", "MAC", "forward pass"),
    field<&BackwardCost::weight_gradient_macs>("weight_gradient_macs", "MAC",
                                               "gradients of what is trained"),
    field<&BackwardCost::input_gradient_macs>("input_gradient_macs", "MAC",
                                              "gradients of activations; a first layer needs none"),
    field("backward_macs", "MAC", "both",
          [](const BackwardCost& c) { return c.weight_gradient_macs + c.input_gradient_macs; }),
    field("training_macs", "MAC", "forward and backward",
          [](const BackwardCost& c) {
            return c.forward_macs + c.weight_gradient_macs + c.input_gradient_macs;
          }),
    field("macs_ratio_to_forward", "", "training_macs over forward_macs",
          [](const BackwardCost& c) {
            return ratio(
                static_cast<double>(c.forward_macs) + (static_cast<double>(c.weight_gradient_macs) +
                                                       static_cast<double>(c.input_gradient_macs)),
                c.forward_macs);
          }),
    field<&BackwardCost::forward_flops>("forward_flops", "FLOP", "forward pass"),
    field("backward_flops", "FLOP", "products and other operations",
          [](const BackwardCost& c) { return c.product_flops + c.other_flops; }),
    field<&BackwardCost::product_flops>("backward_product_flops", "FLOP", "2 for each MAC"),
    field<&BackwardCost::other_flops>("backward_other_flops", "FLOP",
                                      "as many as in the forward pass"),
    field("backward_other_standing", "", "assumed",
          [](const BackwardCost&) { return Standing::assumed; }),
};
constexpr Row<StepReport> step_rows[] = {
    members<mac_rows, &StepReport::backward>(),
    field("optimizer", "", "name", [](const StepReport& s) { return s.optimizer->name; }),
    field<&StepReport::backward, &BackwardCost::trained_params>("trained_params", "parameters",
                                                                "that are updated"),
    field("update_flops", "FLOP", "by the optimizer's formula; null where nobody has counted it",
          [](const StepReport& s) { return update_flops(s, &UpdateCost::by_formula); }),
    field("update_flops_low", "FLOP", "in its most economical order, √ and ÷ not counted",
          [](const StepReport& s) { return update_flops(s, &UpdateCost::low); }),
    field("update_flops_high", "FLOP", "with every option of its documentation",
          [](const StepReport& s) { return update_flops(s, &UpdateCost::high); }),
    field("update_flops_per_parameter", "FLOP", "by the formula",
          [](const StepReport& s) {
            return s.update != nullptr ? std::optional(s.update->by_formula) : std::nullopt;
          }),
    field("update_formula", "", "of one parameter; empty where nobody has counted it",
          [](const StepReport& s) {
            return s.update != nullptr ? s.update->formula : std::string_view();
          }),
    field("update_source", "", "where it is from",
          [](const StepReport& s) {
            return s.update != nullptr ? s.update->source : s.optimizer->source;
          }),
    // To the forward pass, both by its operations and by its products alone.
    field("update_ratio_to_forward", "", "update_flops over forward_flops",
          [](const StepReport& s) { return update_ratio(s, &UpdateCost::by_formula); }),
    field("update_ratio_low", "", "likewise",
          [](const StepReport& s) { return update_ratio(s, &UpdateCost::low); }),
    field("update_ratio_high", "", "likewise",
          [](const StepReport& s) { return update_ratio(s, &UpdateCost::high); }),
    field("ratio_to_forward", "", "forward, backward and update over forward, in FLOP",
          [](const StepReport& s) {
            const BackwardCost& c = s.backward;
            std::optional<double> all = real(update_flops(s, &UpdateCost::by_formula));
            if (all)
              *all += static_cast<double>(c.forward_flops) +
                      (static_cast<double>(c.product_flops) + static_cast<double>(c.other_flops));
            return ratio(all, c.forward_flops);
          }),
    field<&StepReport::backward, &BackwardCost::lower_bound>("lower_bound", "",
                                                             "something is unknown"),
    values<&StepReport::backward, &BackwardCost::assumptions>("assumptions",
                                                              "of the backward pass"),
    list<layer_rows>("layers", "those of a reader",
                     [](const StepReport& s) {
                       return made<BackwardLayer>(s, [](const StepReport& of, auto emit) {
                         for (const BackwardLayer& row : of.backward.layers)
                           if (row.layer->visible) emit(row);
                       });
                     }),
};

constexpr Row<StepAnswer> answer_rows[] = {
    field<&StepAnswer::batch>("batch", "inputs", "that everything below is for"),
    members<step_rows>([](const StepAnswer& a) -> auto& { return a.step; }),
};

}  // namespace

constinit const Row<StepAnswer> step_field =
    answer<answer_rows>("step", "with the question step: the operations of a training step");

}  // namespace reckon
