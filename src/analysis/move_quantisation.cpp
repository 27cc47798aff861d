#include "analysis/move_quantisation.h"

#include <map>

#include "graph/attributes.h"

namespace reckon {
namespace {

class Mover : private QuantisedReader {
 public:
  using QuantisedReader::QuantisedReader;

  std::unique_ptr<Graph> run() {
    std::map<ValueId, Quantised> moved;  // by the real value, in the order of the nodes
    std::vector<bool> moves(graph_.nodes.size(), false);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto id = static_cast<NodeId>(i);
      if (auto after = moved_forward(id, moved)) {
        moves[i] = true;
        moved.emplace(out(id), std::move(*after));
      }
    }
    std::vector<Match> backward;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      add_backward(static_cast<NodeId>(i), moves, backward);
    if (moved.empty() && backward.empty()) return nullptr;
    std::vector<Match> matches = std::move(backward);
    for (const auto& [real, quantised] : moved) add_forward(real, quantised, moved, moves, matches);
    return rewritten(*wider_, matches, unread(moves));
  }

 private:
  // A real value as numbers that are dequantised behind the node that makes it.
  struct Quantised {
    ValueId value = none;
    NodeId dequantize = none;  // whose scale and zero point it has
    std::optional<std::int64_t> axis;
  };

  bool carries(NodeId id) const {
    const Node& one = node(id);
    return one.op != nullptr && one.domain.empty() && one.outputs.count == 1 &&
           one.inputs.count > 0 && one.op->nature.kind == OpKind::layout &&
           has(one.op->traits, Trait::carries) && has(one.op->traits, Trait::unit_gradient) &&
           one.op_type != "Concat" && in(id, 0) != none;
  }

  bool is_one_number(ValueId scale) const {
    const Shape& shape = graph_.values[static_cast<std::size_t>(scale)].declared();
    if (shape.is_static() && shape.elements() == Checked(1)) return true;
    const Constant* value = constant(scale);
    return value != nullptr && value->shape.is_static() && value->shape.elements() == Checked(1);
  }

  // Where the axis of a scale has gone; nullopt where that is not known.
  std::optional<std::int64_t> axis_behind(NodeId id, ValueId from, std::int64_t axis) const {
    const int rank = graph_.values[static_cast<std::size_t>(from)].declared().rank();
    if (node(id).op_type != "Transpose" || rank < 1) return std::nullopt;
    if (axis < 0) axis += rank;
    const Attr* attr = graph_.find_attr(node(id), "perm");
    if (attr == nullptr) return rank - 1 - axis;
    const auto* perm = std::get_if<std::vector<std::int64_t>>(&attr->value);
    if (perm == nullptr) return std::nullopt;
    const auto at = std::find(perm->begin(), perm->end(), axis);
    return at == perm->end() ? std::nullopt : std::optional(at - perm->begin());
  }

  std::optional<Quantised> moved_forward(NodeId id, const std::map<ValueId, Quantised>& moved) {
    if (!carries(id)) return std::nullopt;
    // Between the two it runs on the integers anyway.
    if (const NodeId next = only_reader(out(id));
        next != none && node(next).op_type == "QuantizeLinear")
      return std::nullopt;
    Quantised from;
    if (const auto known = moved.find(in(id, 0)); known != moved.end()) {
      from = known->second;
    } else if (const NodeId direct = dequantize(in(id, 0)); direct != none) {
      from = {in(direct, 0), direct, std::nullopt};
      if (!is_one_number(in(direct, 1))) {
        if (graph_.find_attr(node(direct), "block_size") != nullptr) return std::nullopt;
        from.axis = axis_behind(id, from.value, int_attr(graph_, node(direct), "axis", 1));
        if (!from.axis) return std::nullopt;
      }
    } else {
      return std::nullopt;
    }
    if (from.axis && moved.contains(in(id, 0))) return std::nullopt;
    from.value = add_value(out(id));
    return from;
  }

  void add_forward(ValueId real, const Quantised& quantised,
                   const std::map<ValueId, Quantised>& moved, const std::vector<bool>& moves,
                   std::vector<Match>& matches) {
    const NodeId id = graph_.values[static_cast<std::size_t>(real)].producer;
    const auto before = moved.find(in(id, 0));
    matches.push_back(
        carrying(id, before != moved.end() ? before->second.value : in(dequantize(in(id, 0)), 0),
                 quantised.value, {id}));
    const auto& readers = readers_[static_cast<std::size_t>(real)];
    const bool needed = is_output_[static_cast<std::size_t>(real)] ||
                        std::any_of(readers.begin(), readers.end(), [&](NodeId reader) {
                          return !moves[static_cast<std::size_t>(reader)];
                        });
    if (!needed) return;
    const NodeId like = quantised.dequantize;
    Match back{"DequantizeLinear",
               {quantised.value, in(like, 1), in(like, 2)},
               real,
               {},
               {id},
               node(like).domain,
               like};
    if (in(like, 2) == none) back.inputs.pop_back();
    for (const Attr& attr : graph_.attrs_of(node(like)))
      if (attr.name != "axis") back.attrs.push_back(attr);
    if (quantised.axis) back.attrs.push_back({"axis", *quantised.axis});
    back.name = graph_.names->keep(std::string(node(id).name) + "/DequantizeLinear");
    matches.push_back(std::move(back));
  }

  // The same node, from one value to another.
  Match carrying(NodeId id, ValueId from, ValueId to, std::vector<NodeId> nodes) const {
    const auto inputs = graph_.inputs_of(node(id));
    Match m{node(id).op_type,
            {inputs.begin(), inputs.end()},
            to,
            {},
            std::move(nodes),
            node(id).domain,
            id};
    m.inputs[0] = from;
    for (const Attr& attr : graph_.attrs_of(node(id))) m.attrs.push_back(attr);
    return m;
  }

  // QuantizeLinear before what carries the result of an operator to it.
  void add_backward(NodeId id, const std::vector<bool>& moves, std::vector<Match>& matches) {
    if (node(id).op_type != "QuantizeLinear" || in(id, 0) == none || !is_fixed(in(id, 1)) ||
        !is_one_number(in(id, 1)))
      return;
    std::vector<NodeId> carriers;  // from the last to the first
    ValueId from = in(id, 0);
    for (NodeId maker = producer(from);
         maker != none && carries(maker) && !moves[static_cast<std::size_t>(maker)] &&
         only_reader(from) != none;
         maker = producer(from)) {
      carriers.push_back(maker);
      from = in(maker, 0);
    }
    const NodeId root = producer(from);
    if (carriers.empty() || root == none || only_reader(from) == none || is_fixed(from) ||
        node(root).op_type == "DequantizeLinear")
      return;
    std::vector<NodeId> nodes = carriers;
    nodes.push_back(id);
    ValueId now = add_value(from);
    Match quantize{"QuantizeLinear", {}, now, {}, nodes, node(id).domain, id};
    const auto inputs = graph_.inputs_of(node(id));
    quantize.inputs.assign(inputs.begin(), inputs.end());
    quantize.inputs[0] = from;
    for (const Attr& attr : graph_.attrs_of(node(id))) quantize.attrs.push_back(attr);
    matches.push_back(std::move(quantize));
    for (auto carrier = carriers.rbegin(); carrier != carriers.rend(); ++carrier) {
      const ValueId next = carrier + 1 == carriers.rend() ? out(id) : add_value(out(*carrier));
      matches.push_back(carrying(*carrier, now, next, nodes));
      now = next;
    }
  }

  NodeId producer(ValueId value) const {
    return value == none ? none : graph_.values[static_cast<std::size_t>(value)].producer;
  }

  ValueId add_value(ValueId like) {
    if (wider_ == nullptr) wider_ = rewritten(graph_, {});
    const Value& real = graph_.values[static_cast<std::size_t>(like)];
    return wider_->add_value(std::string(real.name) + "/quantised", ValueKind::intermediate,
                             DType::unknown, Shape());
  }

  std::vector<bool> unread(const std::vector<bool>& moves) const {
    std::vector<bool> dropped(graph_.nodes.size(), false);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].op_type != "DequantizeLinear") continue;
      const auto value = static_cast<std::size_t>(out(static_cast<NodeId>(i)));
      const auto& all = readers_[value];
      dropped[i] = !all.empty() && !is_output_[value] &&
                   std::all_of(all.begin(), all.end(),
                               [&](NodeId id) { return moves[static_cast<std::size_t>(id)]; });
    }
    return dropped;
  }

  std::unique_ptr<Graph> wider_;
};

}  // namespace

std::unique_ptr<Graph> move_quantisation(const Graph& graph, const QuantisedReader* outer) {
  return Mover(graph, outer).run();
}

}  // namespace reckon
