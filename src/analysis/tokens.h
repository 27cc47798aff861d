// What a program does with the result of a layer over tokens: a fact of how networks are written,
// which a graph does not hold.
#pragma once

#include "analysis/analyze.h"

namespace reckon {

// Made by a linear layer over tokens, whose activation is not called with inplace=True: that is
// what convolutional networks and their classifiers write. Transformers call torch.nn.functional,
// or a module with its default (modeling_opt.py, modeling_t5.py). But an inference of
// torch.nn.TransformerEncoderLayer, whose layer is called linear1, is one function of PyTorch that
// overwrites (aten/src/ATen/native/transformers/transformer.cpp, `ffn`).
bool is_of_tokens(const Graph& graph, const Analysis& analysis, ValueId id);

}  // namespace reckon
