#include "questions/step_words.h"

#include "base/text.h"
#include "memory/update_cost.h"

namespace reckon {

Status check_training(const Asked& asked) {
  if (asked.flag("train")) return {};
  if (asked.has("optimizer"))
    return fail(ErrorCode::bad_argument, "only training has an optimizer; add `train`",
                "`optimizer`");
  if (!asked.names("freeze").empty())
    return fail(ErrorCode::bad_argument, "only training can leave layers as they are; add `train`",
                "`freeze`");
  return {};
}

std::optional<DType> stored_as(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp32:
    case NumberFormat::tf32:
      return DType::float32;
    case NumberFormat::fp64:
      return DType::float64;
    case NumberFormat::fp16:
      return DType::float16;
    case NumberFormat::bf16:
      return DType::bfloat16;
    case NumberFormat::fp8:
    case NumberFormat::int8:
      return DType::float8_e4m3fn;
    case NumberFormat::fp4:
      return DType::float4_e2m1;
  }
  return std::nullopt;
}

bool folds_norms(const WorkOptions& options, const Device* device) {
  if (options.training) return false;
  const bool narrow = options.floats_in == NumberFormat::int8;
  return options.fold_norms.value_or(narrow || (device != nullptr && device->flash_bytes));
}

std::optional<bool> asked_fold_norms(const Asked& asked) {
  if (!asked.has("fold-norms")) return std::nullopt;
  return asked.on("fold-norms");
}

Result<StepFormat> find_step_format(std::string_view word) {
  StepFormat step;
  step.master = word == "amp-fp16" || word == "amp-bf16";
  step.autocast = word == "autocast-fp16" || word == "autocast-bf16";
  const bool compound = step.master || step.autocast;
  RECKON_ASSIGN(step.format, find_number_format(compound ? word.substr(word.find('-') + 1) : word));
  return step;
}

namespace {

// Elements of a parameter's size that PyTorch's update by lists of tensors (foreach, the default on
// a GPU) reads and writes: every operation of its is a kernel over all parameters. From
// torch/optim, 2.1:
//   sgd       θ += −γg                                                             3
//   momentum  b *= μ (2), b += g (3), θ += −γb (3)                                 8
//   nesterov  momentum's, and g + μb (3) before θ                                  11
//   adam      m towards g (3), v *= β₂ (2), v += g·g (3), √v (2), ÷ (2), + ε (2),
//             θ += m/that (4)                                                      18
//   adamw     θ *= 1 − γλ (2), and adam                                            20
//   adagrad   s += g·g (3), √s (2), + ε (2), g·−γ (2), θ += ratio (4)              13
//   rmsprop   v *= α (2), v += g·g (3), √v (2), + ε (2), θ += g/that (4)           13
struct ForeachUpdate {
  std::string_view optimizer;
  double elements;
};
constexpr ForeachUpdate foreach_updates[] = {{"sgd", 3},     {"momentum", 8}, {"nesterov", 11},
                                             {"adam", 18},   {"adamw", 20},   {"adagrad", 13},
                                             {"rmsprop", 13}};

}  // namespace

Result<std::string_view> price_update(std::string_view optimizer, bool master, WorkOptions& options,
                                      std::vector<std::string>& assumptions) {
  const std::string name(optimizer.empty() ? "sgd" : optimizer);
  RECKON_ASSIGN(const Optimizer* row, find_optimizer(name));
  const UpdateCost* const cost = update_cost(*row);
  if (cost != nullptr) options.update_ops_per_param = cost->by_formula;
  const double states = row->states_per_param;
  options.update_elements_per_param = master ? 2 : 3 + 2 * states;
  if (options.library == Library::eager && !master)
    for (const ForeachUpdate& by_lists : foreach_updates)
      if (by_lists.optimizer == row->name) options.update_elements_per_param = by_lists.elements;
  if (master) options.update_bytes_per_param = element_bytes(NumberFormat::fp32) * (2 + 2 * states);
  if (cost == nullptr)
    assumptions.push_back("nobody has counted the update of " + name +
                          ": only what it moves is counted");
  return row->name;
}

}  // namespace reckon
