#include "analysis/torch_modules.h"

#include <algorithm>

namespace reckon {
namespace {

constexpr TorchModule modules[] = {
    {"Conv", "Conv", true},
    {"ConvTranspose", "ConvTranspose", true},
    {"MaxPool", "MaxPool", true},
    {"AveragePool", "AvgPool", true, FvcoreHandler::adaptive_pool},
    {"LpPool", "LPPool", true},
    {"MaxUnpool", "MaxUnpool", true},
    {"GlobalAveragePool", "AdaptiveAvgPool", true, FvcoreHandler::adaptive_pool},
    {"GlobalMaxPool", "AdaptiveMaxPool", true},
    {"BatchNormalization", "BatchNorm", true, FvcoreHandler::batch_norm},
    {"InstanceNormalization", "InstanceNorm", true, FvcoreHandler::norm},
    {"Gemm", "Linear"},
    {"LayerNormalization", "LayerNorm", false, FvcoreHandler::norm},
    {"GroupNormalization", "GroupNorm", false, FvcoreHandler::norm},
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
    {"Resize", "Upsample", false, FvcoreHandler::upsample},
    {"Upsample", "Upsample", false, FvcoreHandler::upsample},
    {"DepthToSpace", "PixelShuffle"},
    {"GridSample", "", false, FvcoreHandler::grid_sample},
};

const TorchModule* row_of(const OpDef& op) {
  const auto at = std::ranges::find(modules, op.name, &TorchModule::op);
  return at == std::end(modules) ? nullptr : at;
}

}  // namespace

const TorchModule* torch_module(const OpDef& op) {
  const TorchModule* const row = row_of(op);
  return row == nullptr || row->name.empty() ? nullptr : row;
}

FvcoreHandler fvcore_handler(const OpDef& op) {
  const TorchModule* const row = row_of(op);
  return row == nullptr ? FvcoreHandler::nothing : row->handler;
}

}  // namespace reckon
