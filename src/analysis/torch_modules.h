// Names of operators in the tools that count modules and calls of PyTorch.
#pragma once

#include <cstdint>
#include <string_view>

#include "ops/op.h"

namespace reckon {

// The handlers of fvcore 0.1.5 (nn/flop_count.py) for calls that are no product.
enum class FvcoreHandler : std::uint8_t {
  nothing,
  batch_norm,
  norm,
  adaptive_pool,
  upsample,
  grid_sample,
};

// The torch.nn class that an operator is exported from; empty where there is none.
struct TorchModule {
  std::string_view op, name;
  bool spatial = false;  // "Conv" + "2d"
  FvcoreHandler handler = FvcoreHandler::nothing;
};

// Null for function calls (additions, concatenations, reshapes), which tools that walk modules do
// not see, and for what no torch.nn class is exported as.
const TorchModule* torch_module(const OpDef& op);
FvcoreHandler fvcore_handler(const OpDef& op);

}  // namespace reckon
