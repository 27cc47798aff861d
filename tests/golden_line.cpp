#include "golden_line.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>

#include "base/text.h"
#include "ops/sequence_shapes.h"
#include "ops/table.h"

namespace reckon {
namespace {

const std::map<std::string, DType>& short_names() {
  static const std::map<std::string, DType> names = {
      {"f32", DType::float32}, {"f16", DType::float16}, {"bf16", DType::bfloat16},
      {"f64", DType::float64}, {"i8", DType::int8},     {"i16", DType::int16},
      {"i32", DType::int32},   {"i64", DType::int64},   {"u8", DType::uint8},
      {"u16", DType::uint16},  {"u32", DType::uint32},  {"u64", DType::uint64},
      {"str", DType::string}};
  return names;
}

std::optional<DType> parse_dtype(const std::string& word) {
  if (const auto at = short_names().find(word); at != short_names().end()) return at->second;
  for (int i = 0; i <= last_dtype; ++i)
    if (to_string(static_cast<DType>(i)) == word) return static_cast<DType>(i);
  return std::nullopt;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

Shape parse_dims(const std::string& text) {
  Shape shape(std::initializer_list<Dim>{});
  for (const std::string& dim : split(text, ','))
    shape.push_back(dim == "?" ? unknown_dim : std::atoll(dim.c_str()));
  return shape;
}

// "dtype([dims]*count…)": the shapes of a sequence.
std::optional<Tensor> parse_sequence(const std::string& text, std::deque<Constant>& constants) {
  const std::size_t open = text.find('(');
  if (open == std::string::npos || text.back() != ')') return std::nullopt;
  const auto dtype = parse_dtype(text.substr(0, open));
  if (!dtype) return std::nullopt;
  Sequence sequence;
  for (std::size_t at = open + 1; text[at] == '[';) {
    const std::size_t close = text.find(']', at);
    if (close == std::string::npos) return std::nullopt;
    const Shape shape = parse_dims(text.substr(at + 1, close - at - 1));
    at = close + 1;
    Dim count = 1;
    if (text[at] == '*') {
      const std::size_t end = text.find_first_of("[)", at);
      count = std::atoll(text.substr(at + 1, end - at - 1).c_str());
      at = end;
    }
    sequence.append(count, shape);
  }
  constants.push_back(*value_of(sequence));
  Tensor tensor;
  tensor.dtype = *dtype;
  tensor.value = &constants.back();
  return tensor;
}

// "dtype[dims]{elements}"
std::optional<Tensor> parse_tensor(const std::string& text, std::deque<Constant>& constants) {
  Tensor tensor;
  const std::size_t bracket = text.find('[');
  const auto dtype = parse_dtype(text.substr(0, bracket));
  if (!dtype) return std::nullopt;
  tensor.dtype = *dtype;
  if (bracket == std::string::npos) return tensor;
  const std::size_t close = text.find(']', bracket);
  if (close == std::string::npos) return std::nullopt;
  tensor.shape = parse_dims(text.substr(bracket + 1, close - bracket - 1));
  if (close + 1 == text.size()) return tensor;
  if (text[close + 1] != '{' || text.back() != '}') return std::nullopt;
  Constant constant{tensor.dtype, tensor.shape, {}, {}};
  for (const std::string& e : split(text.substr(close + 2, text.size() - close - 3), ','))
    if (is_float(tensor.dtype))
      constant.floats.push_back(std::atof(e.c_str()));
    else
      constant.ints.push_back(e == "?" ? Constant::unknown_element : std::atoll(e.c_str()));
  constants.push_back(std::move(constant));
  tensor.value = &constants.back();
  return tensor;
}

Attr parse_attr(const std::string& name, const std::string& text, Graph& graph) {
  Attr attr{graph.names->keep(name), {}};
  std::deque<Constant> constants;
  if (text.front() == '[') {
    const std::string inner = text.substr(1, text.size() - 2);
    if (inner.find('"') != std::string::npos) {
      std::vector<std::string_view> strings;
      for (const auto& s : split(inner, ','))
        strings.push_back(graph.names->keep(s.substr(1, s.size() - 2)));
      attr.value = std::move(strings);
    } else if (inner.find('.') != std::string::npos) {
      std::vector<double> floats;
      for (const auto& s : split(inner, ',')) floats.push_back(std::atof(s.c_str()));
      attr.value = std::move(floats);
    } else {
      std::vector<std::int64_t> ints;
      for (const auto& s : split(inner, ',')) ints.push_back(std::atoll(s.c_str()));
      attr.value = std::move(ints);
    }
  } else if (const auto i = parse_int(text)) {
    attr.value = *i;
  } else if (text.back() == '}' && parse_tensor(text, constants)) {
    attr.value = ConstantRef{graph.add_constant(std::move(constants.front()))};
  } else {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (end == text.c_str() + text.size())
      attr.value = number;
    else
      attr.value = graph.names->keep(text);
  }
  return attr;
}

}  // namespace

Result<GoldenLine> parse_golden_line(const std::string& line) {
  const auto bad = [&](const std::string& what) { return fail(ErrorCode::syntax, what, line); };
  GoldenLine golden;
  golden.graph = std::make_unique<Graph>();
  Graph& graph = *golden.graph;
  const std::size_t bar = line.find(" | "), arrow = line.find("-> ");
  if (bar == std::string::npos || arrow == std::string::npos || arrow < bar)
    return bad("expected 'Op | inputs -> outputs'");

  std::stringstream head(line.substr(0, bar));
  std::string op, domain, word;
  head >> op;
  int opset = 23;
  if (const std::size_t at = op.find("::"); at != std::string::npos) {
    domain = op.substr(0, at);
    op = op.substr(at + 2);
  }
  if (const std::size_t at = op.find('@'); at != std::string::npos) {
    opset = std::atoi(op.c_str() + at + 1);
    op.resize(at);
  }
  std::vector<Attr> attrs;
  while (head >> word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals + 1 == word.size()) return bad("attribute " + word);
    attrs.push_back(parse_attr(word.substr(0, equals), word.substr(equals + 1), graph));
  }

  std::vector<ValueId> inputs, outputs;
  std::stringstream in(line.substr(bar + 3, arrow - bar - 3));
  while (in >> word) {
    if (word == "-") {
      inputs.push_back(none);
      continue;
    }
    const auto tensor = word.find('(') == std::string::npos
                            ? parse_tensor(word, golden.constants)
                            : parse_sequence(word, golden.constants);
    if (!tensor) return bad("input " + word);
    inputs.push_back(graph.add_value("in" + std::to_string(inputs.size()), ValueKind::input,
                                     tensor->dtype, tensor->shape));
    golden.tensors.push_back(*tensor);
  }
  std::string right = line.substr(arrow + 3);
  if (right.starts_with("error: ")) {
    golden.expected_error = right.substr(7);
    right = "f32";
  }
  const std::size_t figures = right.find(" | ");
  if (figures != std::string::npos) golden.expected_figures = right.substr(figures + 3);
  std::stringstream out(right.substr(0, figures));
  while (out >> word) {
    const auto tensor = word.find('(') == std::string::npos
                            ? parse_tensor(word, golden.constants)
                            : parse_sequence(word, golden.constants);
    if (!tensor) return bad("output " + word);
    outputs.push_back(graph.add_value("out" + std::to_string(outputs.size()),
                                      ValueKind::intermediate, DType::unknown, Shape()));
    golden.tensors.emplace_back();
    golden.expected.push_back(*tensor);
  }
  Node& node = graph.add_node(op, "node", inputs, outputs, std::move(attrs));
  node.domain = graph.names->keep(domain);
  node.opset = opset;
  resolve_ops(graph);
  if (node.op == nullptr) return bad("no row for operator " + op);
  return golden;
}

}  // namespace reckon
