// The rows of every answer: what it holds (base/field.h).
#pragma once

#include <span>

#include "base/field.h"
#include "base/result.h"
#include "questions/subject.h"

namespace reckon {

// Who answers; the model, what was assumed, how much of it is covered, its totals; a failure.
extern const Field reckon_field, subject_fields, other_field, error_field;
extern const Field layers_field, explain_field, graph_field, diff_field, memory_field, alive_field,
    fit_fields;
extern const Field devices_field, networks_field, silicon_field, curve_field, gradients_field,
    gradients_in_time_field, rules_field;
extern const Field training_field, activation_loop_field, pointer_chase_field,
    activation_share_field, step_field;
extern const Field time_field, time_sweep_field, throughput_field, device_fit_field, energy_field,
    measure_field;
extern const Field chip_field, train_field, train_compare_field, network_gradients_field;
// Every key of every answer, in order.
std::span<const Field> answer_fields();

// Words that several answers share.
inline std::string_view mode_word(bool training) {
  return training ? "training" : "inference";
}
inline std::optional<std::string_view> if_not_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace reckon
