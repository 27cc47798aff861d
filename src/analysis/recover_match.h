// The patterns of recover.h, each a function that starts at the node which tells it. For
// recover.cpp alone.
#pragma once

#include <numbers>

#include "analysis/match_reader.h"

namespace reckon {

class Matcher : private MatchReader {
 public:
  using MatchReader::MatchReader;

  std::optional<Match> match_at(NodeId id) const {
    const Node& node = graph_.nodes[static_cast<std::size_t>(id)];
    if (node.op_type == "Div") {
      if (auto m = layer_norm(id)) return m;
      if (auto m = hard_sigmoid(id)) return m;
    }
    if (node.op_type == "Add") {
      if (auto m = group_norm(id)) return m;
      return linear(id);
    }
    if (node.op_type == "AveragePool") return padded_pool(id);
    if (node.op_type == "Erf") return gelu(id);
    if (node.op_type == "Tanh") return gelu_by_tanh(id);
    if (node.op_type == "Mul") {
      if (auto m = swish(id)) return m;
      if (auto m = mish(id)) return m;
      return rms_norm(id);
    }
    return std::nullopt;
  }

 private:
  // (x − mean) / sqrt(mean((x − mean)²) + ε) · scale + shift. PyTorch's exporter leaves it to ONNX
  // that the mean keeps its dimension; where the node says so, the program called mean() itself.
  std::optional<Match> layer_norm(NodeId div) const {
    const NodeId sub = maker(in(div, 0), "Sub"), root = maker(in(div, 1), "Sqrt");
    if (sub == none || root == none) return std::nullopt;
    const NodeId mean = maker(in(sub, 1), "ReduceMean"), add = maker(in(root, 0), "Add");
    if (mean == none || add == none || in(mean, 0) != in(sub, 0) || !reduces_last(mean))
      return std::nullopt;
    if (is_of_torch() && graph_.find_attr(node(mean), "keepdims") != nullptr) return std::nullopt;
    NodeId variance = maker(in(add, 0), "ReduceMean");
    if (variance == none) variance = maker(in(add, 1), "ReduceMean");
    if (variance == none || !reduces_last(variance)) return std::nullopt;
    NodeId square = maker(in(variance, 0), "Pow");
    if (square == none) square = maker(in(variance, 0), "Mul");
    if (square == none || maker(in(square, 0), "Sub") == none) return std::nullopt;
    Match m{"LayerNormalization",
            {in(sub, 0)},
            out(div),
            {},
            {sub, mean, square, variance, add, root, div}};
    // Some exporters subtract twice.
    const NodeId again = maker(in(square, 0), "Sub");
    if (again != sub) m.nodes.push_back(again);
    take_casts(mean, m);
    add_scale_and_shift(m);
    m.attrs.push_back({"axis", std::int64_t{-1}});
    add_epsilon(add, m);
    return checked(std::move(m));
  }

  // In files of narrow types the normalisation alone is computed in fp32: a cast before it, which
  // nobody else reads, and one behind. Both are the layer's own.
  void take_casts(NodeId mean, Match& m) const {
    const NodeId before = maker(m.inputs[0], "Cast"), behind = reader(m.output, "Cast");
    if (before == none || behind == none) return;
    for (const NodeId r : readers_[static_cast<std::size_t>(out(before))])
      if (r != mean && std::find(m.nodes.begin(), m.nodes.end(), r) == m.nodes.end()) return;
    m.inputs[0] = in(before, 0);
    m.output = out(behind);
    m.nodes.insert(m.nodes.end(), {before, behind});
  }

  // A stored tensor with one entry for each index of the last dimension.
  bool is_row(ValueId value) const {
    if (!is_stored(value)) return false;
    const Shape& shape = graph_.values[static_cast<std::size_t>(root(value))].declared();
    for (int d = 0; d + 1 < shape.rank(); ++d)
      if (shape[d] != 1) return false;
    return shape.rank() > 0;
  }

  void add_scale_and_shift(Match& m) const {
    const NodeId scale = reader(m.output, "Mul");
    if (scale == none || !is_row(other(scale, m.output))) return;
    m.inputs.push_back(other(scale, m.output));
    m.nodes.push_back(scale);
    m.output = out(scale);
    const NodeId shift = reader(m.output, "Add");
    if (shift == none || !is_row(other(shift, m.output))) return;
    m.inputs.push_back(other(shift, m.output));
    m.nodes.push_back(shift);
    m.output = out(shift);
  }

  // x / sqrt(mean(x²) + ε) · scale, the last product being at hand.
  std::optional<Match> rms_norm(NodeId scale) const {
    const ValueId weight = is_stored(in(scale, 0)) ? in(scale, 0) : in(scale, 1);
    const ValueId normal = other(scale, weight);
    if (!is_stored(weight) || normal == none) return std::nullopt;
    const NodeId product = maker(normal, "Mul"), quotient = maker(normal, "Div");
    Match m{"RMSNormalization", {}, out(scale), {}, {scale}};
    NodeId root = none;
    ValueId x = none;
    if (quotient != none) {
      root = maker(in(quotient, 1), "Sqrt");
      x = in(quotient, 0);
      m.nodes.push_back(quotient);
    } else if (product != none) {
      for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        NodeId inverse = maker(in(product, side), "Reciprocal");
        if (inverse == none) inverse = maker(in(product, side), "Div");
        if (inverse == none) continue;
        root = maker(in(inverse, node(inverse).op_type == "Div" ? 1 : 0), "Sqrt");
        x = in(product, 1 - side);
        m.nodes.insert(m.nodes.end(), {product, inverse});
        break;
      }
    }
    const NodeId add = root == none ? none : maker(in(root, 0), "Add");
    const NodeId mean = add == none ? none : maker(in(add, 0), "ReduceMean");
    if (mean == none || !reduces_last(mean)) return std::nullopt;
    NodeId square = maker(in(mean, 0), "Pow");
    if (square == none) square = maker(in(mean, 0), "Mul");
    if (square == none || in(square, 0) != x) return std::nullopt;
    m.nodes.insert(m.nodes.end(), {root, add, mean, square});
    m.inputs = {x, weight};
    m.attrs.push_back({"axis", std::int64_t{-1}});
    add_epsilon(add, m);
    return checked(std::move(m));
  }

  // x · W + b with stored W (perhaps transposed on the way) and a stored vector b.
  std::optional<Match> linear(NodeId add) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const NodeId product = maker(in(add, side), "MatMul");
      const ValueId bias = in(add, 1 - side);
      if (product == none || !is_stored(bias)) continue;
      if (graph_.values[static_cast<std::size_t>(root(bias))].declared().rank() != 1) continue;
      const ValueId weight = in(product, 1);
      const NodeId turned = maker(weight, "Transpose");
      const bool plain = is_stored(weight);
      if (!plain && (turned == none || !is_stored(in(turned, 0)))) continue;
      const ValueId matrix = plain ? weight : in(turned, 0);
      if (graph_.values[static_cast<std::size_t>(root(matrix))].declared().rank() != 2) continue;
      Match m{"Gemm", {in(product, 0), matrix, bias}, out(add), {}, {product, add}};
      if (!plain) {
        m.nodes.push_back(turned);
        m.attrs.push_back({"transB", std::int64_t{1}});
      }
      return checked(std::move(m));
    }
    return std::nullopt;
  }

  ValueId root(ValueId value) const {
    const NodeId id = maker(value, "Identity");
    return id == none ? value : root(in(id, 0));
  }

  // ½ · (x · (1 + f)), as exporters write GELU: a program of its own mostly halves x first, and
  // then runs as it is written.
  std::optional<Match> halved_gate(ValueId x, NodeId f, std::vector<NodeId> nodes) const {
    const NodeId plus = reader(out(f), "Add");
    if (x == none || plus == none || beside_number(plus, 1.0) == none) return std::nullopt;
    const NodeId gate = reader(out(plus), "Mul");
    if (gate == none || other(gate, out(plus)) != x) return std::nullopt;
    const NodeId half = reader(out(gate), "Mul");
    if (half == none || beside_number(half, 0.5) == none) return std::nullopt;
    nodes.insert(nodes.end(), {f, plus, gate, half});
    return checked({"Gelu", {x}, out(half), {}, std::move(nodes)});
  }

  // f = erf(x / √2)
  std::optional<Match> gelu(NodeId erf) const {
    NodeId scaled = maker(in(erf, 0), "Div");
    ValueId x = scaled != none && is_number(in(scaled, 1), std::sqrt(2.0)) ? in(scaled, 0) : none;
    if (x == none) {
      scaled = maker(in(erf, 0), "Mul");
      x = scaled == none ? none : beside_number(scaled, std::sqrt(0.5));
    }
    return halved_gate(x, erf, {scaled});
  }

  // f = tanh(√(2/π) · (x + 0.044715 · x³)), the cube as x · (x · x) or as a power
  std::optional<Match> gelu_by_tanh(NodeId tanh) const {
    const NodeId outer = maker(in(tanh, 0), "Mul");
    const ValueId inner =
        outer == none ? none : beside_number(outer, std::sqrt(2 / std::numbers::pi));
    const NodeId add = maker(inner, "Add");
    if (add == none) return std::nullopt;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const ValueId x = in(add, side);
      const NodeId scaled = maker(in(add, 1 - side), "Mul");
      const ValueId cubed = scaled == none ? none : beside_number(scaled, 0.044715);
      std::vector<NodeId> nodes{outer, add, scaled};
      if (const NodeId power = maker(cubed, "Pow"); power != none) {
        if (in(power, 0) != x || !is_number(in(power, 1), 3)) continue;
        nodes.push_back(power);
      } else {
        const NodeId product = maker(cubed, "Mul");
        const NodeId square = product == none ? none : maker(other(product, x), "Mul");
        if (square == none || in(square, 0) != x || in(square, 1) != x) continue;
        nodes.insert(nodes.end(), {product, square});
      }
      auto match = halved_gate(x, tanh, std::move(nodes));
      if (match) match->attrs.push_back({"approximate", std::string_view("tanh")});
      return match;
    }
    return std::nullopt;
  }

  std::optional<Match> swish(NodeId mul) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const NodeId sigmoid = maker(in(mul, side), "Sigmoid");
      if (sigmoid != none && in(sigmoid, 0) == in(mul, 1 - side))
        return checked({"Swish", {in(sigmoid, 0)}, out(mul), {}, {sigmoid, mul}});
    }
    return std::nullopt;
  }

  // x · tanh(softplus(x))
  std::optional<Match> mish(NodeId mul) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const NodeId tanh = maker(in(mul, side), "Tanh");
      const NodeId soft = tanh == none ? none : maker(in(tanh, 0), "Softplus");
      if (soft != none && in(soft, 0) == in(mul, 1 - side))
        return checked({"Mish", {in(soft, 0)}, out(mul), {}, {soft, tanh, mul}});
    }
    return std::nullopt;
  }

  // A pool that counts its padding, written as a pad with zeros before one that has none.
  std::optional<Match> padded_pool(NodeId pool) const {
    const NodeId pad = maker(in(pool, 0), "Pad");
    if (pad == none || graph_.find_attr(node(pool), "auto_pad") != nullptr) return std::nullopt;
    if (const Attr* mode = graph_.find_attr(node(pad), "mode")) {
      const auto* name = std::get_if<std::string_view>(&mode->value);
      if (name == nullptr || *name != "constant") return std::nullopt;
    }
    const Constant* value = constant(in(pad, 2));
    if (in(pad, 2) != none && !is_number(in(pad, 2), 0)) return std::nullopt;
    if (value == nullptr && graph_.find_attr(node(pad), "value") != nullptr) return std::nullopt;
    const Constant* pads = constant(in(pad, 1));
    const Attr* own = graph_.find_attr(node(pool), "pads");
    const auto* own_pads =
        own == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&own->value);
    if (pads == nullptr || in(pad, 3) != none || pads->ints.size() < 6 || pads->ints.size() % 2 > 0)
      return std::nullopt;
    if (own_pads != nullptr &&
        std::any_of(own_pads->begin(), own_pads->end(), [](std::int64_t p) { return p != 0; }))
      return std::nullopt;
    const std::size_t rank = pads->ints.size() / 2;
    std::vector<std::int64_t> spatial;
    for (std::size_t i = 0; i < pads->ints.size(); ++i) {
      if (pads->ints[i] < 0 || (i % rank < 2 && pads->ints[i] != 0)) return std::nullopt;
      if (i % rank >= 2) spatial.push_back(pads->ints[i]);
    }
    Match m{"AveragePool", {in(pad, 0)}, out(pool), {}, {pad, pool}};
    for (const Attr& attr : graph_.attrs_of(node(pool)))
      if (attr.name != "pads" && attr.name != "count_include_pad") m.attrs.push_back(attr);
    m.attrs.push_back({"pads", std::move(spatial)});
    m.attrs.push_back({"count_include_pad", std::int64_t{1}});
    return checked(std::move(m));
  }

  // Instance normalisation over x[N,groups,−1], turned back, with a scale and a shift per channel.
  std::optional<Match> group_norm(NodeId shift) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const NodeId scale = maker(in(shift, side), "Mul");
      const ValueId bias = channel_vector(in(shift, 1 - side));
      if (scale == none || bias == none) continue;
      for (const std::size_t inner : {std::size_t{0}, std::size_t{1}}) {
        const NodeId back = maker(in(scale, inner), "Reshape");
        const ValueId weight = channel_vector(in(scale, 1 - inner));
        const NodeId norm =
            maker(back == none ? in(scale, inner) : in(back, 0), "InstanceNormalization");
        const NodeId groups = norm == none ? none : maker(in(norm, 0), "Reshape");
        const Constant* to = groups == none ? nullptr : constant(in(groups, 1));
        if (weight == none || to == nullptr || to->ints.size() != 3 || to->ints[0] != 0 ||
            to->ints[1] < 1 || to->ints[2] != -1)
          continue;
        // Turned back to the shape of x, or to numbers that divide into these groups.
        const ValueId x = in(groups, 0);
        const NodeId shape = back == none ? none : maker(in(back, 1), "Shape");
        const Constant* const numbers = back == none ? nullptr : constant(in(back, 1));
        bool returns = shape != none && in(shape, 0) == x;
        if (back == none)  // left out, since it changes nothing where each channel is a group
          returns =
              graph_.values[static_cast<std::size_t>(root(weight))].declared()[0] == to->ints[1];
        else if (shape == none)
          returns = numbers != nullptr && numbers->ints.size() > 2 && numbers->ints[1] > 0 &&
                    numbers->ints[1] % to->ints[1] == 0;
        if (!returns) continue;
        Match m{"GroupNormalization",
                {x, weight, bias},
                out(shift),
                {{"num_groups", to->ints[1]}},
                {shift, scale, norm, groups}};
        if (back != none) m.nodes.push_back(back);
        if (const Attr* epsilon = graph_.find_attr(node(norm), "epsilon"))
          m.attrs.push_back(*epsilon);
        // Joined only when nothing else needs the shape: it stays otherwise, and costs nothing.
        if (shape != none && readers_[static_cast<std::size_t>(out(shape))].size() == 1)
          m.nodes.push_back(shape);
        return checked(std::move(m));
      }
    }
    return std::nullopt;
  }

  // The stored vector behind dimensions of size one that were added for broadcasting, or stored
  // with them.
  ValueId channel_vector(ValueId value) const {
    if (is_stored(value)) {
      const Shape& stored = graph_.values[static_cast<std::size_t>(root(value))].declared();
      bool is_vector = stored.rank() > 1 && stored[0] > 0;
      for (int d = 1; d < stored.rank(); ++d) is_vector = is_vector && stored[d] == 1;
      return is_vector ? value : none;
    }
    const NodeId wide = maker(value, "Unsqueeze");
    const ValueId vector = wide == none ? none : in(wide, 0);
    if (!is_stored(vector)) return none;
    return graph_.values[static_cast<std::size_t>(root(vector))].declared().rank() == 1 ? vector
                                                                                        : none;
  }

  // clip(x + 3, 0, 6) / 6, and times x before the division.
  std::optional<Match> hard_sigmoid(NodeId div) const {
    if (!is_number(in(div, 1), 6)) return std::nullopt;
    NodeId mul = maker(in(div, 0), "Mul"), clip = maker(in(div, 0), "Clip");
    if (mul != none) {
      clip = maker(in(mul, 1), "Clip");
      if (clip == none) clip = maker(in(mul, 0), "Clip");
    }
    const NodeId add = clip == none ? none : maker(in(clip, 0), "Add");
    const ValueId x = add == none ? none : beside_number(add, 3);
    if (x == none || (mul != none && other(mul, out(clip)) != x)) return std::nullopt;
    if (!has_bound(clip, "min", 1, 0) || !has_bound(clip, "max", 2, 6)) return std::nullopt;
    Match m{mul == none ? "HardSigmoid" : "HardSwish", {x}, out(div), {}, {div, clip, add}};
    if (mul != none) {
      m.nodes.push_back(mul);
    } else {  // ONNX's own slope is 0.2
      m.attrs.push_back({"alpha", 1.0 / 6});
      m.attrs.push_back({"beta", 0.5});
    }
    return checked(std::move(m));
  }
};

}  // namespace reckon
