// The layers of the network language: what each is called, what it takes, how it becomes nodes.
// One row per layer, in table rows beside the functions that emit them (layer_*.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace reckon::net {

class Layer;

enum class ArgType : std::uint8_t {
  dims,     // one or more whole numbers joined by x
  integer,  // one whole number
  real,     // a number, perhaps with a point
  flag,     // true or false
  word,     // a name, as it stands
  any,      // a name that is no variable reads as a word, anything else as dims
};

struct OptionDef {
  std::string_view name;
  ArgType type = ArgType::integer;
};

struct LayerDef {
  std::string_view names;    // "silu swish": the first is the one that errors use
  std::string_view display;  // "Conv", in layer names: "Conv-1"
  std::string_view usage;    // what an error shows: "conv CHANNELS KERNEL [stride=1 …]"
  std::span<const ArgType> positional;
  int min_positional = 0;
  bool variadic = false;  // the last positional may be repeated
  std::span<const OptionDef> options;
  Result<ValueId> (*emit)(Layer&) = nullptr;

  std::string_view name() const { return names.substr(0, names.find(' ')); }
};

extern const std::span<const LayerDef> conv_layers;        // layer_conv.cpp
extern const std::span<const LayerDef> pool_layers;        // layer_pool.cpp
extern const std::span<const LayerDef> dense_layers;       // layer_dense.cpp
extern const std::span<const LayerDef> activation_layers;  // layer_activation.cpp
extern const std::span<const LayerDef> norm_layers;        // layer_norm.cpp
extern const std::span<const LayerDef> attention_layers;   // layer_attention.cpp
extern const std::span<const LayerDef> recurrent_layers;   // layer_recurrent.cpp
extern const std::span<const LayerDef> shape_layers;       // layer_shape.cpp
extern const std::span<const LayerDef> join_layers;        // layer_join.cpp

std::span<const std::span<const LayerDef>> layer_families();

// Null when there is no such layer. Case counts.
const LayerDef* find_layer(std::string_view name);
// Every name, aliases too, for did-you-mean.
std::vector<std::string_view> layer_names();

}  // namespace reckon::net
