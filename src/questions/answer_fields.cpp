// Every answer there is, for whoever describes them all.
#include "questions/answer.h"

namespace reckon {

std::span<const Field> answer_fields() {
  static const Field all[] = {reckon_field,
                              error_field,
                              subject_fields,
                              layers_field,
                              modules_field,
                              graph_field,
                              other_field,
                              diff_field,
                              memory_field,
                              alive_field,
                              fit_fields,
                              explain_field,
                              seen_field,
                              devices_field,
                              networks_field,
                              silicon_field,
                              curve_field,
                              gradients_field,
                              training_field,
                              activation_loop_field,
                              pointer_chase_field,
                              activation_share_field,
                              step_field,
                              time_field,
                              throughput_field,
                              device_fit_field,
                              time_sweep_field,
                              energy_field,
                              measure_field,
                              chip_field,
                              gradients_in_time_field,
                              rules_field,
                              train_field,
                              train_compare_field,
                              network_gradients_field};
  return all;
}

}  // namespace reckon
