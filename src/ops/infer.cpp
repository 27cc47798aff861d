#include "ops/infer.h"

#include "base/text.h"

namespace reckon {
namespace {

Status check_arity(const ShapeContext& ctx, const OpDef& op) {
  const OperandTable& expected = op.operands;
  int present = ctx.n_inputs();
  while (present > 0 && !ctx.has_input(present - 1)) --present;
  if (present >= expected.min_inputs &&
      (present <= expected.max_inputs || expected.max_inputs == OperandTable::any))
    return {};
  auto error = ctx.mismatch("has " + std::to_string(present) + " inputs, expected " +
                            (present < expected.min_inputs
                                 ? "at least " + std::to_string(expected.min_inputs)
                                 : "at most " + std::to_string(expected.max_inputs)));
  error.error().code = ErrorCode::invalid_graph;
  return error;
}

bool may_fold(const ShapeContext& ctx) {
  if (ctx.n_inputs() == 0) return true;
  if (has(ctx.node().op->traits, Trait::metadata)) return true;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    if (ctx.has_input(i) && ctx.in(i).value != nullptr) return true;
  return false;
}

}  // namespace

Status infer_node(ShapeContext& ctx, bool fold) {
  const OpDef* op = ctx.node().op;
  if (op == nullptr || op->shape == nullptr) return {};
  RECKON_TRY(check_arity(ctx, *op));
  RECKON_TRY(op->shape(ctx));
  if (fold && op->fold != nullptr && may_fold(ctx)) op->fold(ctx);
  return {};
}

}  // namespace reckon
