// The layers of a network as PyTorch runs them, for time and energy: calls of
// scaled_dot_product_attention are one operator again, which a device's library has a kernel for or
// writes out (machine/eager.h); under torch.autocast every operator has the type that autocast runs
// it in, and each cast is a kernel with its bytes (analysis/autocast.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "machine/work.h"
#include "questions/inquiry.h"

namespace reckon {

// Joins such calls of an export (`analysis` is the inquiry's own where it is null), for a training
// step or an inference on a GPU. Networks of the network language call attention by its name.
Status join_attention_calls(const Inquiry& inquiry, std::optional<DType> floats_as, bool training,
                            std::unique_ptr<Graph>& graph, std::unique_ptr<Analysis>& analysis);

// Replaces the layers of `analysis`, which has everything in FP32 (`graph` owns them, or the model
// does), by those with casts; `said` tells how many. Where autocast is not modelled (recurrent
// layers, control flow) everything has 16 bits and an FP32 copy, as under amp-*: `said` tells that,
// and the layers are analysed anew. True where the casts are there. `word`: autocast-fp16,
// autocast-bf16.
Result<bool> cast_layers(const Inquiry& inquiry, std::string_view word, NumberFormat narrow,
                         bool on_gpu, std::unique_ptr<Graph>& graph,
                         std::unique_ptr<Analysis>& analysis, std::vector<std::string>& said);

}  // namespace reckon
