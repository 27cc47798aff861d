// Recurrent layers over N×steps×features, stacked as PyTorch stacks them: each further layer reads
// both directions of the one before. ONNX: RNN, LSTM, GRU with layout 1 (batch first); two biases.
#include "base/text.h"
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

Result<ValueId> recurrent(Layer& layer, std::string_view op, int gates, std::vector<Attr> extra) {
  RECKON_TRY(layer.need_rank(3, 3, "N×steps×features"));
  RECKON_ASSIGN(const Dim hidden, layer.count(layer.positional(0), 1, 1, "width"));
  RECKON_ASSIGN(const std::int64_t n_layers,
                layer.count(layer.option("layers"), 1, 1, "number of layers"));
  if (n_layers > 1000)
    return layer.error_at(*layer.option("layers"), "at most 1000 layers", ErrorCode::limit);
  const std::string_view returns = layer.word_option("return", "sequence");
  if (returns != "sequence" && returns != "last")
    return layer.error_at(*layer.option("return"),
                          "return is sequence or last, not " + quoted(returns));
  const bool both = layer.flag("bidirectional", false), bias = layer.flag("bias", true);
  const Dim directions = both ? 2 : 1, steps = layer.shape()[1];
  RECKON_ASSIGN(const Dim rows, (Checked(hidden) * gates).get("the number of gate rows"));
  RECKON_ASSIGN(const Dim bias_rows, (Checked(rows) * 2).get("the number of biases"));
  RECKON_ASSIGN(const Dim width, (Checked(hidden) * directions).get("the width"));
  ValueId x = layer.input();
  for (std::int64_t i = 0; i < n_layers; ++i) {
    const bool is_last = i + 1 == n_layers;
    const std::string at = n_layers == 1 ? "" : std::to_string(i);
    const std::string suffix = is_last ? "" : "/" + at;
    const std::string dot = at.empty() ? "" : at + ".";
    const Dim features = layer.shape(x)[2];
    RECKON_ASSIGN(const ValueId w, layer.weight(dot + "weight_ih", {directions, rows, features}));
    RECKON_ASSIGN(const ValueId r, layer.weight(dot + "weight_hh", {directions, rows, hidden}));
    std::vector<ValueId> inputs{x, w, r};
    if (bias) {
      RECKON_ASSIGN(const ValueId b, layer.weight(dot + "bias", {directions, bias_rows}));
      inputs.push_back(b);
    }
    std::vector<Attr> attrs{
        {.name = "hidden_size", .value = hidden},
        {.name = "layout", .value = std::int64_t{1}},
        {.name = "direction", .value = std::string_view(both ? "bidirectional" : "forward")}};
    attrs.insert(attrs.end(), extra.begin(), extra.end());
    // The state after the last step has the shape that is wanted but for one axis of directions.
    const bool state = is_last && returns == "last";
    const std::string out = layer.name() + suffix + "/" + (state ? "state" : "sequence");
    const std::vector<std::string> outputs =
        state ? std::vector<std::string>{"", out} : std::vector<std::string>{out};
    RECKON_ASSIGN(const auto made, layer.nodes(op, suffix, inputs, outputs, attrs));
    const std::string flat = suffix + "/Reshape";
    RECKON_ASSIGN(x, state ? layer.reshape(flat, made.back(), {width})
                           : layer.reshape(flat, made.back(), {steps, width}));
  }
  return x;
}

Result<ValueId> rnn(Layer& layer) {
  return recurrent(layer, "RNN", 1, {});
}
Result<ValueId> lstm(Layer& layer) {
  return recurrent(layer, "LSTM", 4, {});
}
// PyTorch applies the reset gate after the recurrent product.
Result<ValueId> gru(Layer& layer) {
  return recurrent(layer, "GRU", 3, {{.name = "linear_before_reset", .value = std::int64_t{1}}});
}

constexpr ArgType one_integer[] = {integer};
constexpr OptionDef options[] = {
    {"layers", integer}, {"bidirectional", flag}, {"bias", flag}, {"return", word}};
#define RECKON_RECURRENT_USAGE \
  " WIDTH [layers=1 bidirectional=false bias=true return=sequence|last]"

constexpr LayerDef rows[] = {
    {"rnn", "RNN", "rnn" RECKON_RECURRENT_USAGE, one_integer, 1, false, options, rnn},
    {"lstm", "LSTM", "lstm" RECKON_RECURRENT_USAGE, one_integer, 1, false, options, lstm},
    {"gru", "GRU", "gru" RECKON_RECURRENT_USAGE, one_integer, 1, false, options, gru},
};

}  // namespace

constinit const std::span<const LayerDef> recurrent_layers(rows);

}  // namespace reckon::net
