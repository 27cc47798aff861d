// Activations: one ONNX operator each.
#include "base/text.h"
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

// The operator has the name that the layers show.
Result<ValueId> plain(Layer& layer) {
  return layer.node(layer.def().display, "", {layer.input()});
}

// The slope, where one is given; else the operator's own default.
Result<ValueId> with_alpha(Layer& layer) {
  const ArgValue* alpha = layer.positional(0);
  if (alpha == nullptr) return plain(layer);
  return layer.node(layer.def().display, "", {layer.input()},
                    {{.name = "alpha", .value = alpha->real}});
}

Result<ValueId> relu6(Layer& layer) {
  return layer.node("Clip", "",
                    {layer.input(), layer.float_scalar("/min", 0), layer.float_scalar("/max", 6)});
}

// PyTorch's slope is 1/6; ONNX's default is 0.2.
Result<ValueId> hardsigmoid(Layer& layer) {
  return layer.node(layer.def().display, "", {layer.input()},
                    {{.name = "alpha", .value = 1.0 / 6}, {.name = "beta", .value = 0.5}});
}

Result<ValueId> gelu(Layer& layer) {
  const ArgValue* how = layer.option("approximate");
  if (how == nullptr) return plain(layer);
  if (how->word != "tanh" && how->word != "none")
    return layer.error_at(*how, "approximate is tanh or none, not " + quoted(how->word));
  const std::string_view kept = how->word == "tanh" ? "tanh" : "none";
  return layer.node(layer.def().display, "", {layer.input()},
                    {{.name = "approximate", .value = kept}});
}

Result<ValueId> along_axis(Layer& layer) {
  const std::int64_t axis = layer.int_option("axis", -1);
  if (axis == 0 || axis == -layer.shape().rank())
    return layer.error_at(*layer.option("axis"), "axis 0 is the batch");
  return layer.node(layer.def().display, "", {layer.input()}, {{.name = "axis", .value = axis}});
}

// One slope for all, or one per channel.
Result<ValueId> prelu(Layer& layer) {
  Shape slope{1};
  if (layer.flag("channels", false)) {
    RECKON_TRY(layer.need_rank(2, Shape::max_rank, "N×channels×…"));
    slope = Shape{layer.channels()};
    for (int i = 2; i < layer.shape().rank(); ++i) slope.push_back(1);
  }
  RECKON_ASSIGN(const ValueId w, layer.weight("weight", slope));
  return layer.node(layer.def().display, "", {layer.input(), w});
}

constexpr ArgType one_real[] = {real};
constexpr OptionDef axis_option[] = {{"axis", integer}};
constexpr OptionDef gelu_options[] = {{"approximate", word}};
constexpr OptionDef prelu_options[] = {{"channels", flag}};

constexpr LayerDef rows[] = {
    {"relu", "Relu", "relu", {}, 0, false, {}, plain},
    {"relu6", "Relu6", "relu6", {}, 0, false, {}, relu6},
    {"leaky_relu", "LeakyRelu", "leaky_relu [SLOPE]", one_real, 0, false, {}, with_alpha},
    {"prelu", "PRelu", "prelu [channels=false]", {}, 0, false, prelu_options, prelu},
    {"elu", "Elu", "elu [ALPHA]", one_real, 0, false, {}, with_alpha},
    {"celu", "Celu", "celu [ALPHA]", one_real, 0, false, {}, with_alpha},
    {"selu", "Selu", "selu", {}, 0, false, {}, plain},
    {"gelu", "Gelu", "gelu [approximate=none|tanh]", {}, 0, false, gelu_options, gelu},
    {"silu swish", "Swish", "silu", {}, 0, false, {}, plain},
    {"hardswish", "HardSwish", "hardswish", {}, 0, false, {}, plain},
    {"sigmoid", "Sigmoid", "sigmoid", {}, 0, false, {}, plain},
    {"hardsigmoid", "HardSigmoid", "hardsigmoid", {}, 0, false, {}, hardsigmoid},
    {"tanh", "Tanh", "tanh", {}, 0, false, {}, plain},
    {"softplus", "Softplus", "softplus", {}, 0, false, {}, plain},
    {"softsign", "Softsign", "softsign", {}, 0, false, {}, plain},
    {"mish", "Mish", "mish", {}, 0, false, {}, plain},
    {"softmax", "Softmax", "softmax [axis=-1]", {}, 0, false, axis_option, along_axis},
    {"log_softmax", "LogSoftmax", "log_softmax [axis=-1]", {}, 0, false, axis_option, along_axis},
};

}  // namespace

constinit const std::span<const LayerDef> activation_layers(rows);

}  // namespace reckon::net
