// Families of operators that ONNX Runtime and other tools add to ONNX's; see families.h.
#pragma once

#include <span>

#include "ops/op.h"

namespace reckon {

extern const std::span<const OpDef> fused_ops;            // fused.cpp: convolutions, products
extern const std::span<const OpDef> fused_pointwise_ops;  // fused_pointwise.cpp: Bias…, GroupNorm
extern const std::span<const OpDef> nchwc_ops;            // nchwc.cpp: channels in blocks, or last
extern const std::span<const OpDef> mixture_ops;          // mixture.cpp: MoE
extern const std::span<const OpDef> quantized_contrib_ops;  // quantized_contrib.cpp: QGemm, …
extern const std::span<const OpDef> packed_weights_ops;  // packed_weights.cpp: weights of few bits
extern const std::span<const OpDef> attention_packed_ops;  // attention_packed.cpp
extern const std::span<const OpDef> position_ops;          // position_bias.cpp
extern const std::span<const OpDef> linear_attention_ops;  // linear_attention.cpp: of ONNX 1.22 on
extern const std::span<const OpDef> contrib_ops;       // contrib.cpp: what is left of com.microsoft
extern const std::span<const OpDef> classic_ops;       // classic.cpp: linear models, vectors, trees
extern const std::span<const OpDef> feature_ops;       // features.cpp: their preparation
extern const std::span<const OpDef> legacy_ops;        // legacy.cpp: ImageScaler, Quant, …
extern const std::span<const OpDef> packed_token_ops;  // packed_tokens.cpp: GatedDeltaNet, …
extern const std::span<const OpDef> decoder_ops;       // decoders.cpp: DecoderAttention, AttnLSTM
extern const std::span<const OpDef> opaque_ops;        // opaque.cpp: EPContext, …
extern const std::span<const OpDef> ordered_ops;  // ordered.cpp: int8 in the orders of cublasLt

}  // namespace reckon
