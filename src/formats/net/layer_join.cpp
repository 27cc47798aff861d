// Layers that join several values: add, multiply, concat.
#include "base/text.h"
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

// The value that flows in, then the named ones.
Result<std::vector<ValueId>> operands(const Layer& layer) {
  std::vector<ValueId> values{layer.input()};
  for (std::size_t i = 0; i < layer.n_positional(); ++i) {
    const ArgValue& arg = *layer.positional(i);
    RECKON_ASSIGN(const Label label, layer.label(arg.word, arg.place));
    values.push_back(label.value);
  }
  return values;
}

Result<ValueId> add(Layer& layer) {
  RECKON_ASSIGN(const auto values, operands(layer));
  return join_elementwise(layer, "Add", values);
}

Result<ValueId> multiply(Layer& layer) {
  RECKON_ASSIGN(const auto values, operands(layer));
  return join_elementwise(layer, "Mul", values);
}

Result<ValueId> concat(Layer& layer) {
  RECKON_ASSIGN(const auto values, operands(layer));
  return join_concat(layer, values, layer.int_option("axis", 1));
}

constexpr ArgType one_word[] = {word};
constexpr OptionDef axis_option[] = {{"axis", integer}};

constexpr LayerDef rows[] = {
    {"add", "Add", "add NAME…", one_word, 1, true, {}, add},
    {"multiply", "Mul", "multiply NAME…", one_word, 1, true, {}, multiply},
    {"concat", "Concat", "concat NAME… [axis=1]", one_word, 1, true, axis_option, concat},
};

}  // namespace

constinit const std::span<const LayerDef> join_layers(rows);

// Broadcasting is allowed where a dimension is 1, as in a squeeze-and-excitation gate.
Result<ValueId> join_elementwise(Layer& layer, std::string_view op,
                                 std::span<const ValueId> values) {
  ValueId sum = values.front();
  for (std::size_t i = 1; i < values.size(); ++i) {
    const Shape &a = layer.shape(sum), &b = layer.shape(values[i]);
    bool fits = a.rank() == b.rank();
    for (int k = 1; fits && k < a.rank(); ++k) fits = a[k] == b[k] || a[k] == 1 || b[k] == 1;
    if (!fits)
      return layer.error(with_batch(a) + " and " + with_batch(b) + " do not fit each other");
    const bool is_last = i + 1 == values.size();
    RECKON_ASSIGN(sum, layer.node(op, is_last ? "" : "/" + std::to_string(i), {sum, values[i]}));
  }
  return sum;
}

Result<ValueId> join_concat(Layer& layer, std::span<const ValueId> values, std::int64_t axis) {
  const Shape& first = layer.shape(values.front());
  const std::int64_t at = axis < 0 ? axis + first.rank() : axis;
  if (at < 1 || at >= first.rank())
    return layer.error("axis " + std::to_string(axis) + " of " + with_batch(first) +
                       (at == 0 ? " is the batch" : " does not exist"));
  for (const ValueId value : values) {
    const Shape& other = layer.shape(value);
    bool fits = other.rank() == first.rank();
    for (int k = 1; fits && k < first.rank(); ++k) fits = k == at || other[k] == first[k];
    if (!fits)
      return layer.error(with_batch(first) + " and " + with_batch(other) +
                         " differ in more than dimension " + std::to_string(at));
  }
  const std::string name = layer.name();
  RECKON_ASSIGN(const auto made, layer.nodes("Concat", "", values, std::span(&name, 1),
                                             {{.name = "axis", .value = axis}}));
  return made.front();
}

}  // namespace reckon::net
