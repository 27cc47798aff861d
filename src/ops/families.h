// One array of rows per family. They are listed by hand, not registered by static objects: a
// linker drops those from a static library.
#pragma once

#include <span>

#include "ops/op.h"

namespace reckon {

extern const std::span<const OpDef> conv_ops;    // conv.cpp
extern const std::span<const OpDef> pool_ops;    // pool.cpp
extern const std::span<const OpDef> matmul_ops;  // matmul.cpp: Gemm, MatMul
extern const std::span<const OpDef> einsum_ops;  // einsum.cpp
extern const std::span<const OpDef>
    layer_norm_ops;  // layer_norm.cpp: LayerNormalization, RMSNormalization, …
extern const std::span<const OpDef> norm_ops;         // norm.cpp
extern const std::span<const OpDef> activation_ops;   // activation.cpp
extern const std::span<const OpDef> softmax_ops;      // softmax.cpp
extern const std::span<const OpDef> elementwise_ops;  // elementwise.cpp: Add, Mul, Max, …
extern const std::span<const OpDef> unary_ops;        // unary.cpp: Neg, Sqrt, Exp, Sin, …
extern const std::span<const OpDef> convert_ops;      // convert.cpp: Identity, Cast
extern const std::span<const OpDef> logic_ops;   // logic.cpp: comparison, boolean, bitwise, Where
extern const std::span<const OpDef> reduce_ops;  // reduce.cpp
extern const std::span<const OpDef> cumulative_ops;  // cumulative.cpp: ArgMax, CumSum, …
extern const std::span<const OpDef> reshape_ops;     // reshape.cpp: the same bytes, another shape
extern const std::span<const OpDef> layout_ops;      // layout.cpp: Transpose, Expand, Tile, …
extern const std::span<const OpDef> join_ops;        // join.cpp: Concat, Split
extern const std::span<const OpDef> pad_ops;         // pad.cpp: Pad, CenterCropPad
extern const std::span<const OpDef> slice_ops;       // slice.cpp
extern const std::span<const OpDef> gather_ops;      // gather.cpp
extern const std::span<const OpDef> scatter_ops;     // scatter.cpp
extern const std::span<const OpDef> select_ops;      // select.cpp: TopK, NonZero, Unique, …
extern const std::span<const OpDef> constant_ops;    // constant.cpp: Constant, Shape, Range, …
extern const std::span<const OpDef> random_ops;      // random.cpp
extern const std::span<const OpDef> attention_ops;   // attention.cpp
extern const std::span<const OpDef> attention_contrib_ops;  // attention_contrib.cpp: ONNX Runtime's
extern const std::span<const OpDef> recurrent_ops;          // recurrent.cpp
extern const std::span<const OpDef> resize_ops;             // resize.cpp: Resize, Upsample
extern const std::span<const OpDef> grid_ops;      // grid.cpp: GridSample, RoiAlign, Col2Im, …
extern const std::span<const OpDef> quantize_ops;  // quantize.cpp
extern const std::span<const OpDef>
    quantized_ops;                                 // quantized.cpp: arithmetic on quantised numbers
extern const std::span<const OpDef> control_ops;   // control.cpp: If, Loop, Scan
extern const std::span<const OpDef> sequence_ops;  // sequence.cpp: sequences, optionals
extern const std::span<const OpDef> text_ops;      // text.cpp: operators on strings
extern const std::span<const OpDef> signal_ops;    // signal.cpp: DFT, windows, image decoding
extern const std::span<const OpDef> loss_ops;      // loss.cpp
extern const std::span<const OpDef> training_ops;  // training.cpp: optimizers, Gradient
extern const std::span<const OpDef>
    torch_function_ops;  // torch_functions.cpp: functions that exporters write out

}  // namespace reckon
