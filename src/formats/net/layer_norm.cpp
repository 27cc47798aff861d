// Normalisation. Batch, instance and group norms work on channels (dimension 1), layer and RMS
// norms on the last dimension.
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

constexpr std::string_view with_channels = "N×channels×…";

Attr epsilon(const Layer& layer, double otherwise) {
  return {.name = "epsilon", .value = layer.real_option("epsilon", otherwise)};
}

// Batch normalisation in inference form, with running statistics.
Result<ValueId> batchnorm(Layer& layer) {
  RECKON_TRY(layer.need_rank(2, Shape::max_rank, with_channels));
  const Dim n = layer.channels();
  RECKON_ASSIGN(const ValueId scale, layer.weight("weight", {n}));
  RECKON_ASSIGN(const ValueId bias, layer.weight("bias", {n}));
  RECKON_ASSIGN(const ValueId mean, layer.weight("running_mean", {n}));
  RECKON_ASSIGN(const ValueId variance, layer.weight("running_var", {n}));
  return layer.node("BatchNormalization", "", {layer.input(), scale, bias, mean, variance},
                    {epsilon(layer, 1e-5)});
}

Result<ValueId> instancenorm(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const ValueId scale, layer.weight("weight", {layer.channels()}));
  RECKON_ASSIGN(const ValueId bias, layer.weight("bias", {layer.channels()}));
  return layer.node("InstanceNormalization", "", {layer.input(), scale, bias},
                    {epsilon(layer, 1e-5)});
}

Result<ValueId> groupnorm(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const std::int64_t groups,
                layer.count(layer.positional(0), 1, 1, "number of groups"));
  if (layer.channels() % groups != 0)
    return layer.error(std::to_string(layer.channels()) + " channels do not divide into " +
                       std::to_string(groups) + " groups");
  RECKON_ASSIGN(const ValueId scale, layer.weight("weight", {layer.channels()}));
  RECKON_ASSIGN(const ValueId bias, layer.weight("bias", {layer.channels()}));
  return layer.node("GroupNormalization", "", {layer.input(), scale, bias},
                    {{.name = "num_groups", .value = groups}, epsilon(layer, 1e-5)});
}

Result<ValueId> layernorm(Layer& layer) {
  RECKON_TRY(layer.need_rank(2, Shape::max_rank, "N×…×features"));
  const std::vector<Attr> attrs{{.name = "axis", .value = std::int64_t{-1}}, epsilon(layer, 1e-5)};
  RECKON_ASSIGN(const ValueId scale, layer.weight("weight", {layer.width()}));
  if (!layer.flag("bias", true))
    return layer.node("LayerNormalization", "", {layer.input(), scale}, attrs);
  RECKON_ASSIGN(const ValueId bias, layer.weight("bias", {layer.width()}));
  return layer.node("LayerNormalization", "", {layer.input(), scale, bias}, attrs);
}

Result<ValueId> rmsnorm(Layer& layer) {
  RECKON_TRY(layer.need_rank(2, Shape::max_rank, "N×…×features"));
  RECKON_ASSIGN(const ValueId scale, layer.weight("weight", {layer.width()}));
  return layer.node("RMSNormalization", "", {layer.input(), scale},
                    {{.name = "axis", .value = std::int64_t{-1}}, epsilon(layer, 1e-5)});
}

Result<ValueId> lrn(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const std::int64_t size, layer.count(layer.positional(0), 1, 5, "size"));
  return layer.node("LRN", "", {layer.input()}, {{.name = "size", .value = size}});
}

constexpr ArgType one_integer[] = {integer};
constexpr OptionDef epsilon_only[] = {{"epsilon", real}};
constexpr OptionDef layernorm_options[] = {{"bias", flag}, {"epsilon", real}};

constexpr LayerDef rows[] = {
    {"batchnorm", "BatchNorm", "batchnorm [epsilon=1e-5]", {}, 0, false, epsilon_only, batchnorm},
    {"layernorm",
     "LayerNorm",
     "layernorm [bias=true epsilon=1e-5]",
     {},
     0,
     false,
     layernorm_options,
     layernorm},
    {"instancenorm",
     "InstanceNorm",
     "instancenorm [epsilon=1e-5]",
     {},
     0,
     false,
     epsilon_only,
     instancenorm},
    {"groupnorm", "GroupNorm", "groupnorm GROUPS [epsilon=1e-5]", one_integer, 1, false,
     epsilon_only, groupnorm},
    {"rmsnorm", "RMSNorm", "rmsnorm [epsilon=1e-5]", {}, 0, false, epsilon_only, rmsnorm},
    {"lrn", "LRN", "lrn [SIZE]", one_integer, 0, false, {}, lrn},
};

}  // namespace

constinit const std::span<const LayerDef> norm_layers(rows);

}  // namespace reckon::net
