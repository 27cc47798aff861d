#include "questions/step_words.h"

#include "base/text.h"
#include "memory/update_cost.h"

namespace reckon {

Status check_training(const Asked& asked) {
  if (asked.flag("train")) return {};
  if (asked.has("optimizer"))
    return fail(ErrorCode::bad_argument, "only training has an optimizer; add --train",
                "--optimizer");
  if (!asked.names("freeze").empty())
    return fail(ErrorCode::bad_argument, "only training can leave layers as they are; add --train",
                "--freeze");
  return {};
}

std::optional<DType> stored_as(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp32:
    case NumberFormat::tf32:
      return std::nullopt;
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

Result<std::string_view> price_update(std::string_view optimizer, NumberFormat format,
                                      WorkOptions& options, std::vector<std::string>& assumptions) {
  const std::string name(optimizer.empty() ? "sgd" : optimizer);
  RECKON_ASSIGN(const Optimizer* row, find_optimizer(name));
  const UpdateCost* const cost = update_cost(*row);
  if (cost != nullptr) options.update_ops_per_param = cost->by_formula;
  options.update_bytes_per_param = element_bytes(format) * (3 + 2 * row->states_per_param);
  if (cost == nullptr)
    assumptions.push_back("nobody has counted the update of " + name +
                          ": only what it moves is counted");
  return row->name;
}

}  // namespace reckon
