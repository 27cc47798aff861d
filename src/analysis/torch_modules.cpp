#include "analysis/torch_modules.h"

#include <algorithm>

namespace reckon {
namespace {

constexpr TorchModule modules[] = {
    {"Conv", "Conv", true},
    {"ConvTranspose", "ConvTranspose", true},
    {"MaxPool", "MaxPool", true},
    {"AveragePool", "AvgPool", true},
    {"LpPool", "LPPool", true},
    {"MaxUnpool", "MaxUnpool", true},
    {"GlobalAveragePool", "AdaptiveAvgPool", true},
    {"GlobalMaxPool", "AdaptiveMaxPool", true},
    {"BatchNormalization", "BatchNorm", true},
    {"InstanceNormalization", "InstanceNorm", true},
    {"Gemm", "Linear"},
    {"LayerNormalization", "LayerNorm"},
    {"GroupNormalization", "GroupNorm"},
    {"RMSNormalization", "RMSNorm"},
    {"SimplifiedLayerNormalization", "RMSNorm"},
    {"LRN", "LocalResponseNorm"},
    {"Relu", "ReLU"},
    {"LeakyRelu", "LeakyReLU"},
    {"PRelu", "PReLU"},
    {"Elu", "ELU"},
    {"Selu", "SELU"},
    {"Celu", "CELU"},
    {"Gelu", "GELU"},
    {"Swish", "SiLU"},
    {"Mish", "Mish"},
    {"HardSwish", "Hardswish"},
    {"HardSigmoid", "Hardsigmoid"},
    {"Sigmoid", "Sigmoid"},
    {"Tanh", "Tanh"},
    {"Softplus", "Softplus"},
    {"Softsign", "Softsign"},
    {"ThresholdedRelu", "Threshold"},
    {"Softmax", "Softmax"},
    {"LogSoftmax", "LogSoftmax"},
    {"Clip", "ReLU6"},
    {"Dropout", "Dropout"},
    {"Flatten", "Flatten"},
    {"LSTM", "LSTM"},
    {"GRU", "GRU"},
    {"RNN", "RNN"},
    {"Attention", "MultiheadAttention"},
    {"Resize", "Upsample"},
    {"Upsample", "Upsample"},
    {"DepthToSpace", "PixelShuffle"},
};

struct Handled {
  std::string_view op;
  FvcoreHandler handler;
};
constexpr Handled handled[] = {
    {"BatchNormalization", FvcoreHandler::batch_norm},
    {"LayerNormalization", FvcoreHandler::norm},
    {"GroupNormalization", FvcoreHandler::norm},
    {"InstanceNormalization", FvcoreHandler::norm},
    {"GlobalAveragePool", FvcoreHandler::adaptive_pool},
    {"AveragePool", FvcoreHandler::adaptive_pool},
    {"Resize", FvcoreHandler::upsample},
    {"Upsample", FvcoreHandler::upsample},
    {"GridSample", FvcoreHandler::grid_sample},
};

}  // namespace

const TorchModule* torch_module(const OpDef& op) {
  const auto at = std::ranges::find(modules, op.name, &TorchModule::op);
  return at == std::end(modules) ? nullptr : at;
}

FvcoreHandler fvcore_handler(const OpDef& op) {
  const auto at = std::ranges::find(handled, op.name, &Handled::op);
  return at == std::end(handled) ? FvcoreHandler::nothing : at->handler;
}

}  // namespace reckon
