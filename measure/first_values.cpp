#include "first_values.h"

#include <algorithm>
#include <array>

#include "graph/attributes.h"
#include "parameters.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 10> rectifiers = {
    "Relu", "LeakyRelu", "PRelu", "Elu", "Celu", "Selu", "Gelu", "Swish", "HardSwish", "Mish"};
// Between a product and its activation: they hand the sizes of numbers on.
constexpr std::array<std::string_view, 12> between = {"Add",
                                                      "BatchNormalization",
                                                      "LayerNormalization",
                                                      "MaxPool",
                                                      "AveragePool",
                                                      "LRN",
                                                      "Flatten",
                                                      "Reshape",
                                                      "Dropout",
                                                      "Transpose",
                                                      "Identity",
                                                      "Squeeze"};

template <std::size_t n>
bool is_any(std::string_view op, const std::array<std::string_view, n>& names) {
  return std::ranges::find(names, op) != names.end();
}

struct Reader {
  const Node* node = nullptr;
  std::size_t operand = 0;
};

class FirstValues {
 public:
  FirstValues(const Graph& graph, const Plan& plan) : readers_(graph.values.size()), graph_(graph) {
    for (const NodeId id : plan.steps) {
      const Node& node = graph.nodes[static_cast<std::size_t>(id)];
      const auto inputs = graph.inputs_of(node);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i] == none) continue;
        Reader& first = readers_[static_cast<std::size_t>(inputs[i])];
        if (first.node == nullptr) first = {&node, i};
      }
    }
  }

  const Reader& reader(ValueId value) const { return readers_[static_cast<std::size_t>(value)]; }

  // The first activation behind a layer is a rectifier.
  bool rectified(const Node* node) const {
    constexpr int most_steps = 8;
    for (int i = 0; i < most_steps && node != nullptr; ++i) {
      const auto outputs = graph_.outputs_of(*node);
      if (outputs.empty() || outputs[0] == none) return false;
      node = reader(outputs[0]).node;
      if (node == nullptr) return false;
      if (is_any(node->op_type, rectifiers) || node->op_type == "Clip") return true;
      if (!is_any(node->op_type, between)) return false;
    }
    return false;
  }

 private:
  std::vector<Reader> readers_;  // by ValueId
  const Graph& graph_;
};

struct Fans {
  double in = 0, out = 0;
};

// Of a weight by its reader; nothing for tables.
std::optional<Fans> fans_of(const Graph& graph, const Reader& reader, const at::Tensor& weight) {
  if (reader.node == nullptr || reader.operand != 1 || weight.dim() < 2 || weight.numel() == 0)
    return std::nullopt;
  const std::string_view op = reader.node->op_type;
  const auto all = static_cast<double>(weight.numel());
  const auto size = [&](std::int64_t d) { return static_cast<double>(weight.size(d)); };
  if (op == "Conv") return Fans{all / size(0), all / size(1)};
  if (op == "ConvTranspose") return Fans{all / size(1), all / size(0)};
  if (op == "Gemm" && int_attr(graph, *reader.node, "transB", 0) != 0)
    return Fans{size(1), size(0)};
  if (op == "Gemm" || op == "MatMul") return Fans{size(-2), size(-1)};
  return std::nullopt;
}

void fill_by(at::Tensor& tensor, double variance, bool uniform, std::uint64_t stream) {
  Random random(stream);
  std::vector<double> values(static_cast<std::size_t>(tensor.numel()));
  fill(std::span(values), variance, uniform, random);
  auto* const to = tensor.data_ptr<float>();
  for (std::size_t i = 0; i < values.size(); ++i) to[i] = static_cast<float>(values[i]);
}

const Initialisation& rule_called(std::string_view name) {
  const auto found = find_initialisation(name);
  return **found;
}

}  // namespace

std::uint64_t stream_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t h = 14695981039346656037U ^ seed;  // FNV-1a, begun by the seed
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return h;
}

void set_first_values(const Graph& graph, const Analysis& analysis, const Plan& plan,
                      Interpreter& run, const Initialisation* rule, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  const FirstValues layers(graph, plan);
  const Initialisation &he = rule_called("he_uniform"), &xavier = rule_called("xavier_uniform");
  for (const Stored& stored : plan.stored) {
    at::Tensor tensor = run.tensor(stored.value);
    if (!tensor.defined() || tensor.scalar_type() != at::kFloat) continue;
    const std::string_view name = graph.values[static_cast<std::size_t>(stored.value)].name;
    const Reader& reader = layers.reader(stored.value);
    switch (stored.fill) {
      case Fill::scale:
      case Fill::variance:
        tensor.fill_(1);
        continue;
      case Fill::mean:
        tensor.zero_();
        continue;
      default:
        break;
    }
    const auto fans = fans_of(graph, reader, tensor);
    if (fans) {
      const Initialisation& by = rule != nullptr                 ? *rule
                                 : layers.rectified(reader.node) ? he
                                                                 : xavier;
      fill_by(tensor, by.variance(fans->in, fans->out), by.uniform, stream_of(seed, name));
    } else if (stored.fill == Fill::shift) {
      tensor.zero_();
      if (rule == nullptr || !rule->biases || reader.node == nullptr || reader.operand != 2)
        continue;
      const ValueId weight = graph.inputs_of(*reader.node)[1];
      const auto of =
          weight == none ? std::nullopt : fans_of(graph, {reader.node, 1}, run.tensor(weight));
      if (of)
        fill_by(tensor, rule->variance(of->in, of->out), rule->uniform, stream_of(seed, name));
    } else if (analysis.roles.of[static_cast<std::size_t>(stored.value)] == Role::parameter) {
      constexpr double table_variance = 0.02 * 0.02;
      fill_by(tensor, table_variance, /*uniform=*/false, stream_of(seed, name));
    }
  }
}

}  // namespace reckon
