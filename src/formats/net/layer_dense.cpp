// Fully connected layers, embeddings, dropout.
#include "base/text.h"
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

// The weight of another layer, when tied=NAME is given.
Result<ValueId> tied_weight(const Layer& layer, Dim out, Dim in) {
  const ArgValue* tied = layer.option("tied");
  if (tied == nullptr) return none;
  RECKON_ASSIGN(const Label other, layer.label(tied->word, tied->place));
  if (other.weight == none)
    return layer.error_at(*tied, quoted(tied->word) + " has no weight to share");
  const Shape& w = layer.shape(other.weight);
  if (w == Shape{out, in}) return other.weight;
  return layer.error_at(*tied,
                        "the weight of " + quoted(tied->word) + " is " + to_string(w) +
                            ", this layer needs " + to_string(Shape{out, in}),
                        ErrorCode::shape_mismatch);
}

Result<ValueId> linear(Layer& layer) {
  if (layer.shape().rank() > 3)
    return layer.error("the input is " + with_batch(layer.shape()) +
                       ", expected N×features or N×tokens×features; 'flatten' before it makes one "
                       "row of it");
  RECKON_TRY(layer.need_rank(2, 3, "N×features or N×tokens×features"));
  RECKON_ASSIGN(const Dim out, layer.count(layer.positional(0), 1, 1, "number of outputs"));
  RECKON_ASSIGN(const ValueId tied, tied_weight(layer, out, layer.width()));
  return layer.linear("", layer.input(), out, layer.flag("bias", true), tied);
}

// Rows of a table, by whole numbers.
Result<ValueId> embedding(Layer& layer) {
  if (!is_integer(layer.dtype(layer.input())))
    return layer.error("the input must be whole numbers; declare it as in: input tokens 128 int64");
  RECKON_ASSIGN(const Dim rows, layer.count(layer.positional(0), 1, 1, "number of rows"));
  RECKON_ASSIGN(const Dim width, layer.count(layer.positional(1), 1, 1, "width"));
  RECKON_ASSIGN(ValueId table, tied_weight(layer, rows, width));
  if (table == none) {
    RECKON_ASSIGN(table, layer.weight("weight", {rows, width}));
  }
  return layer.node("Gather", "", {table, layer.input()},
                    {{.name = "axis", .value = std::int64_t{0}}});
}

// Learned, one row per position, added to the tokens: of N×L×C the first L rows.
Result<ValueId> position_embedding(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, 3, "N×tokens×features"));
  const Dim tokens = layer.shape()[1];
  RECKON_ASSIGN(const Dim rows, layer.count(layer.positional(0), 1, tokens, "number of positions"));
  if (tokens > rows)
    return layer.error("there are " + std::to_string(tokens) + " tokens and " +
                       std::to_string(rows) + " positions");
  RECKON_ASSIGN(ValueId table, layer.weight("weight", {rows, layer.width()}));
  if (tokens < rows) {
    RECKON_ASSIGN(table, layer.node("Slice", "/Slice",
                                    {table, layer.ints("/starts", {0}),
                                     layer.ints("/ends", {tokens}), layer.ints("/axes", {0})}));
  }
  return layer.node("Add", "", {layer.input(), table});
}

Result<ValueId> dropout(Layer& layer) {
  const ArgValue* rate = layer.positional(0);
  const double ratio = rate == nullptr ? 0.5 : rate->real;
  if (!(ratio >= 0 && ratio < 1))
    return layer.error_at(*rate, "the rate must be at least 0 and below 1");
  if (ratio == 0.5) return layer.node("Dropout", "", {layer.input()});  // ONNX's default
  return layer.node("Dropout", "", {layer.input(), layer.float_scalar("/ratio", ratio)});
}

constexpr ArgType one_integer[] = {integer};
constexpr ArgType two_integers[] = {integer, integer};
constexpr ArgType one_real[] = {real};
constexpr OptionDef linear_options[] = {{"bias", flag}, {"tied", word}};
constexpr OptionDef embedding_options[] = {{"tied", word}};

constexpr LayerDef rows[] = {
    {"linear dense", "Linear", "linear OUTPUTS [bias=true tied=NAME]", one_integer, 1, false,
     linear_options, linear},
    {"embedding", "Embedding", "embedding ROWS WIDTH [tied=NAME]", two_integers, 2, false,
     embedding_options, embedding},
    {"position_embedding",
     "PositionEmbedding",
     "position_embedding [POSITIONS]",
     one_integer,
     0,
     false,
     {},
     position_embedding},
    {"dropout", "Dropout", "dropout [RATE]", one_real, 0, false, {}, dropout},
};

}  // namespace

constinit const std::span<const LayerDef> dense_layers(rows);

}  // namespace reckon::net
