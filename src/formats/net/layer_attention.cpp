// Attention with its four projections, over N×tokens×features.
//
//   q = x·Wq, k = c·Wk, v = c·Wv   c is x, or the tokens of context=NAME
//   y = softmax(q·kᵀ/√d + mask)·v·Wo
//
// Fused: one Attention operator (ONNX, opset 23). Unfused: the products and the softmax as nodes
// of their own, as a framework without such a kernel runs them. Grouped queries: each of kv_heads
// heads of k and v serves heads/kv_heads heads of q (Ainslie et al. 2023, arXiv 2305.13245).
#include <cmath>

#include "base/text.h"
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

struct Heads {
  std::int64_t q = 1, kv = 1, size = 1;
  Dim tokens = 0, context_tokens = 0;
  bool causal = false;
  double dropout = 0;  // of the attention weights, in training
};

Result<Heads> read_heads(const Layer& layer) {
  Heads heads;
  RECKON_ASSIGN(heads.q, layer.count(layer.option("heads"), 1, 1, "number of heads"));
  RECKON_ASSIGN(heads.kv,
                layer.count(layer.option("kv_heads"), 1, heads.q, "number of key-value heads"));
  RECKON_ASSIGN(const std::int64_t dim,
                layer.count(layer.option("dim"), 1, layer.width(), "inner width"));
  if (dim % heads.q != 0)
    return layer.error("a width of " + std::to_string(dim) + " does not divide into " +
                       std::to_string(heads.q) + " heads");
  if (heads.q % heads.kv != 0)
    return layer.error(std::to_string(heads.q) + " heads do not divide over " +
                       std::to_string(heads.kv) + " key-value heads");
  heads.size = dim / heads.q;
  heads.causal = layer.flag("causal", false);
  if (const ArgValue* rate = layer.option("dropout")) {
    heads.dropout = rate->real;
    if (!(heads.dropout >= 0 && heads.dropout < 1))
      return layer.error_at(*rate, "the rate must be at least 0 and below 1");
  }
  return heads;
}

// cos and sin of position · 10000^(−2i/d) for every token and every pair of features, computed in
// the graph as published implementations do: no parameters. Su et al. 2021, arXiv 2104.09864.
struct Angles {
  ValueId cosine, sine;
};
Result<Angles> rotary_angles(Layer& layer, const Heads& heads) {
  const Dim half = heads.size / 2;
  if (heads.size % 2 != 0)
    return layer.error("rotary=true needs heads of even size, not " + std::to_string(heads.size));
  if (half > Constant::max_elements)
    return layer.error(
        "heads of more than " + std::to_string(2 * Constant::max_elements) + " features",
        ErrorCode::limit);
  const double theta = layer.real_option("theta", 10000);
  if (!(theta > 0)) return layer.error("theta must be above 0", ErrorCode::bad_argument);
  std::vector<double> frequency;
  for (Dim i = 0; i < half; ++i)
    frequency.push_back(
        std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(heads.size)));
  RECKON_ASSIGN(
      const ValueId steps,
      layer.node("Range", "/positions",
                 {layer.float_scalar("/positions/start", 0),
                  layer.float_scalar("/positions/limit", static_cast<double>(heads.tokens)),
                  layer.float_scalar("/positions/delta", 1)}));
  RECKON_ASSIGN(const ValueId column,
                layer.node("Reshape", "/positions/Reshape",
                           {steps, layer.ints("/positions/shape", {1, heads.tokens, 1})}));
  RECKON_ASSIGN(const ValueId angle,
                layer.node("Mul", "/angles", {column, layer.floats("/frequencies", frequency)}));
  RECKON_ASSIGN(const ValueId cosine, layer.node("Cos", "/cos", {angle}));
  RECKON_ASSIGN(const ValueId sine, layer.node("Sin", "/sin", {angle}));
  return Angles{cosine, sine};
}

Result<ValueId> rotate(Layer& layer, std::string_view suffix, ValueId x, const Angles& angles,
                       std::int64_t n_heads) {
  return layer.node("RotaryEmbedding", suffix, {x, angles.cosine, angles.sine},
                    {{.name = "num_heads", .value = n_heads}});
}

Result<ValueId> fused(Layer& layer, const Heads& heads, ValueId q, ValueId k, ValueId v) {
  return layer.node("Attention", "", {q, k, v},
                    {{.name = "q_num_heads", .value = heads.q},
                     {.name = "kv_num_heads", .value = heads.kv},
                     {.name = "is_causal", .value = std::int64_t{heads.causal}}});
}

// N×L×(heads·d) as N×kv×L×d, or N×kv×group×L×d where several heads share one of k and v; the
// products broadcast over the group, so that nothing is copied.
Result<ValueId> split_heads(Layer& layer, const std::string& suffix, ValueId x, const Heads& heads,
                            std::int64_t group, bool features_first) {
  const Dim tokens = layer.shape(x)[1];
  std::vector<std::int64_t> dims{tokens, heads.kv};
  std::vector<std::int64_t> order{0, 2};
  const bool grouped = heads.q != heads.kv;
  if (grouped) {
    dims.push_back(group);
    order.push_back(3);
  }
  dims.push_back(heads.size);
  const std::int64_t features = grouped ? 4 : 3;
  order.push_back(features_first ? features : 1);
  order.push_back(features_first ? 1 : features);
  RECKON_ASSIGN(const ValueId split, layer.reshape(suffix + "/Reshape", x, std::move(dims)));
  return layer.transpose(suffix + "/Transpose", split, std::move(order));
}

Result<ValueId> mask(Layer& layer, const Heads& heads, ValueId scores) {
  RECKON_ASSIGN(const ValueId filled,
                layer.node("ConstantOfShape", "/mask/ConstantOfShape",
                           {layer.ints("/mask/shape", {heads.tokens, heads.context_tokens})}));
  RECKON_ASSIGN(const ValueId upper,
                layer.node("Trilu", "/mask", {filled, layer.int_scalar("/mask/k", 1)},
                           {{.name = "upper", .value = std::int64_t{1}}}));
  return layer.node("Add", "/Add", {scores, upper});
}

Result<ValueId> unfused(Layer& layer, const Heads& heads, ValueId q, ValueId k, ValueId v) {
  const std::int64_t group = heads.q / heads.kv;
  RECKON_ASSIGN(const ValueId queries, split_heads(layer, "/q", q, heads, group, false));
  RECKON_ASSIGN(const ValueId keys, split_heads(layer, "/k", k, heads, 1, true));
  RECKON_ASSIGN(const ValueId values, split_heads(layer, "/v", v, heads, 1, false));
  RECKON_ASSIGN(const ValueId raw, layer.node("MatMul", "/scores", {queries, keys}));
  const double scale = 1 / std::sqrt(static_cast<double>(heads.size));
  RECKON_ASSIGN(ValueId scores,
                layer.node("Mul", "/Mul", {raw, layer.float_scalar("/scale", scale)}));
  if (heads.causal) {
    RECKON_ASSIGN(scores, mask(layer, heads, scores));
  }
  RECKON_ASSIGN(ValueId shares, layer.node("Softmax", "/Softmax", {scores},
                                           {{.name = "axis", .value = std::int64_t{-1}}}));
  if (heads.dropout > 0) {
    RECKON_ASSIGN(shares,
                  layer.node("Dropout", "/Dropout",
                             {shares, layer.float_scalar("/Dropout/ratio", heads.dropout)}));
  }
  RECKON_ASSIGN(const ValueId mixed, layer.node("MatMul", "", {shares, values}));
  const std::vector<std::int64_t> order = heads.q == heads.kv
                                              ? std::vector<std::int64_t>{0, 2, 1, 3}
                                              : std::vector<std::int64_t>{0, 3, 1, 2, 4};
  RECKON_ASSIGN(const ValueId back, layer.transpose("/Transpose", mixed, order));
  return layer.reshape("/Reshape", back, {heads.tokens, heads.q * heads.size});
}

Result<ValueId> attention(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, 3, "N×tokens×features"));
  RECKON_ASSIGN(Heads heads, read_heads(layer));
  ValueId context = layer.input();
  if (const ArgValue* other = layer.option("context")) {
    RECKON_ASSIGN(const Label label, layer.label(other->word, other->place));
    context = label.value;
    if (layer.shape(context).rank() != 3)
      return layer.error_at(*other,
                            quoted(other->word) + " is " + with_batch(layer.shape(context)) +
                                ", expected N×tokens×features",
                            ErrorCode::shape_mismatch);
  }
  const bool rotary = layer.flag("rotary", false), bias = layer.flag("bias", true);
  if (rotary && layer.option("context") != nullptr)
    return layer.error("rotary=true and context= do not go together", ErrorCode::bad_argument);
  heads.tokens = layer.shape()[1];
  heads.context_tokens = layer.shape(context)[1];
  const Dim width = layer.width();
  RECKON_ASSIGN(ValueId q, layer.linear("/q", layer.input(), heads.q * heads.size, bias));
  RECKON_ASSIGN(ValueId k, layer.linear("/k", context, heads.kv * heads.size, bias));
  RECKON_ASSIGN(const ValueId v, layer.linear("/v", context, heads.kv * heads.size, bias));
  if (rotary) {
    RECKON_ASSIGN(const Angles angles, rotary_angles(layer, heads));
    RECKON_ASSIGN(q, rotate(layer, "/q/rotary", q, angles, heads.q));
    RECKON_ASSIGN(k, rotate(layer, "/k/rotary", k, angles, heads.kv));
  }
  // The fused operator has no dropout.
  const bool one_node = layer.flag("fused", true) && heads.dropout == 0;
  RECKON_ASSIGN(const ValueId mixed,
                one_node ? fused(layer, heads, q, k, v) : unfused(layer, heads, q, k, v));
  return layer.linear("/o", mixed, width, bias);
}

constexpr OptionDef options[] = {{"heads", integer}, {"kv_heads", integer}, {"dim", integer},
                                 {"causal", flag},   {"fused", flag},       {"bias", flag},
                                 {"context", word},  {"rotary", flag},      {"theta", real},
                                 {"dropout", real}};

constexpr LayerDef rows[] = {
    {"attention",
     "Attention",
     "attention [heads=1 kv_heads=heads dim=width causal=false fused=true bias=true context=NAME "
     "rotary=false theta=10000 dropout=0]",
     {},
     0,
     false,
     options,
     attention},
};

}  // namespace

constinit const std::span<const LayerDef> attention_layers(rows);

}  // namespace reckon::net
