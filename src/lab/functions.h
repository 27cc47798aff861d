// Functions of expressions that need no engine.
#pragma once

#include <span>

#include "lab/value.h"
#include "language/expression.h"

namespace reckon::lab {

// first, at, before and defaults are written like functions and evaluated by the session.
bool is_function(std::string_view name);
bool is_special(std::string_view name);
std::span<const std::string_view> function_names();

// The message of a failure has no place: the caller knows it. Nothing (null) in, nothing out.
Result<Value> call_function(std::string_view name, std::span<const Value> arguments);

// Operators of two operands but `and` and `or`, which may need one only.
Result<Value> apply(language::Op op, const Value& a, const Value& b);

}  // namespace reckon::lab
