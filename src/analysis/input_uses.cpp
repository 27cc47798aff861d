#include "analysis/input_uses.h"

#include <array>
#include <optional>
#include <unordered_map>

#include "analysis/explain.h"
#include "graph/attributes.h"
#include "ops/op.h"

namespace reckon {
namespace {

// Where the axes of an input are in a value: axis of the input by axis of the value.
struct Track {
  static constexpr int added = -1;    // the graph added a dimension of 1
  static constexpr int unknown = -2;  // several, or nobody knows
  std::size_t input = 0;              // index into Graph::inputs
  int rank = 0;
  std::array<std::int8_t, Shape::max_rank> axes = {};
};

class Follow {
 public:
  explicit Follow(const Graph& graph) : graph_(graph), uses_(graph.inputs.size()) {
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const int rank = declared(graph.inputs[i]).rank();
      if (rank < 0) continue;
      uses_[i].axes.resize(static_cast<std::size_t>(rank));
      Track track{i, rank, {}};
      for (int d = 0; d < rank; ++d)
        track.axes[static_cast<std::size_t>(d)] = static_cast<std::int8_t>(d);
      tracks_.emplace(graph.inputs[i], track);
    }
  }

  std::vector<InputUse> run() && {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const Node& node = graph_.nodes[n];
      const auto inputs = graph_.inputs_of(node);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i] == none) continue;
        const auto at = tracks_.find(inputs[i]);
        // A copy: what follows may add to the map.
        if (at != tracks_.end())
          visit(static_cast<NodeId>(n), static_cast<int>(i), Track(at->second));
      }
    }
    return std::move(uses_);
  }

 private:
  const Value& value(ValueId id) const { return graph_.values[static_cast<std::size_t>(id)]; }
  const Shape& declared(ValueId id) const { return value(id).declared(); }
  const Node& node(NodeId id) const { return graph_.nodes[static_cast<std::size_t>(id)]; }
  ValueId in(NodeId id, int i) const {
    const auto inputs = graph_.inputs_of(node(id));
    return static_cast<std::size_t>(i) < inputs.size() ? inputs[static_cast<std::size_t>(i)] : none;
  }

  // The shape of a stored operand; of unknown rank where it is none.
  Shape stored(ValueId id) const {
    return id != none && value(id).kind == ValueKind::initializer ? declared(id) : Shape();
  }

  const Constant* constant(ValueId id) const {
    if (id == none) return nullptr;
    if (value(id).constant != none)
      return &graph_.constants[static_cast<std::size_t>(value(id).constant)];
    if (value(id).producer == none) return nullptr;
    const Node& maker = node(value(id).producer);
    const Attr* attr = maker.op_type == "Constant" ? graph_.find_attr(maker, "value") : nullptr;
    const auto* ref = attr == nullptr ? nullptr : std::get_if<ConstantRef>(&attr->value);
    return ref == nullptr ? nullptr : &graph_.constants[static_cast<std::size_t>(ref->index)];
  }

  std::optional<std::vector<std::int64_t>> list(NodeId id, std::string_view name, int i) const {
    const Attr* attr = graph_.find_attr(node(id), name);
    if (const auto* ints =
            attr == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&attr->value))
      return *ints;
    const Constant* known = constant(in(id, i));
    if (known == nullptr) return std::nullopt;
    return known->ints;
  }

  // --- what is learnt ---------------------------------------------------------------------------

  void mark(const Track& track, int d, DimUse use, Dim size = unknown_dim) {
    const int axis = track.axes[static_cast<std::size_t>(d)];
    if (axis < 0) return;
    AxisUse& known = uses_[track.input].axes[static_cast<std::size_t>(axis)];
    if (known.use == DimUse::unknown) known = {use, size};
    if (known.size == unknown_dim && known.use == use) known.size = size;
  }

  // The batch is dimension d of what the node reads, or the node reads one sample (d < 0).
  void batch_at(NodeId id, const Track& track, int d) {
    InputUse& use = uses_[track.input];
    if (use.told_by != none) return;
    if (d >= 0 && track.axes[static_cast<std::size_t>(d)] == Track::unknown) return;
    if (d >= 0) {
      const int axis = track.axes[static_cast<std::size_t>(d)];
      if (axis >= 0 && use.axes[static_cast<std::size_t>(axis)].use != DimUse::unknown) return;
      mark(track, d, DimUse::batch);
    }
    use.told_by = id;
  }

  void pass_on(NodeId id, const Track& track) {
    const auto outputs = graph_.outputs_of(node(id));
    if (!outputs.empty() && outputs[0] != none) tracks_.emplace(outputs[0], track);
  }

  // --- how the operators are read ---------------------------------------------------------------

  void visit(NodeId id, int i, const Track& track) {
    const Node& n = node(id);
    if (n.op == nullptr || track.rank == 0) return;
    if (n.op_type == "Transpose") return transpose(id, track);
    if (n.op_type == "Unsqueeze" || n.op_type == "Squeeze") return squeeze(id, track);
    if (n.op_type == "Reshape" || n.op_type == "Flatten") return reshape(id, i, track);
    const OperandNames names = operand_names(n, i, /*output=*/false, track.rank);
    const bool product = names.operand == "a" || names.operand == "b";
    if (product && n.op->signature.find(",K]") != std::string_view::npos)
      return factor(id, i, track);
    if (n.op->signature.find("[*Q] -> y[*A,*Q,*B]") != std::string_view::npos)
      return look_up(i, track);
    by_names(id, i, track, names);
    if (keeps_dimensions(n.op->signature, i) && broadcast(id, i, track)) pass_on(id, track);
  }

  // Whether the result has the dimensions of operand i: "x[*D] -> y[*D]", "a[*A] b[*B] -> y[*Y]".
  static bool keeps_dimensions(std::string_view signature, int i) {
    if (signature.find("x[*B]...") != std::string_view::npos) return true;
    const auto dims = [](std::string_view operand) {
      const std::size_t open = operand.find('['), close = operand.find(']');
      return open < close ? operand.substr(open + 1, close - open - 1) : std::string_view();
    };
    const std::size_t arrow = signature.find("-> ");
    if (arrow == std::string_view::npos) return false;
    const std::string_view result = dims(signature.substr(arrow));
    std::string_view operand = signature.substr(0, arrow);
    for (; i > 0 && operand.find(' ') != std::string_view::npos; --i)
      operand = operand.substr(operand.find(' ') + 1);
    operand = dims(operand.substr(0, operand.find(' ')));
    if (operand.empty() || i > 0) return false;
    return operand == result ||
           (result == "*Y" && (operand == "*A" || operand == "*B" || operand == "*C"));
  }

  void by_names(NodeId id, int i, const Track& track, const OperandNames& names) {
    // Layers of steps may have their batch first ("layout" of LSTM, GRU and RNN).
    const bool batch_first = names.dims.size() == 3 && int_attr(graph_, node(id), "layout", 0) != 0;
    const bool layered = names.dims.size() > 2 && names.dims[0] == "N";  // N, C, then spatial ones
    int spatial = 0;
    for (const std::string_view name : names.dims) spatial += layered && is_spatial(name);
    const Shape weight = stored(in(id, 1));
    for (std::size_t d = 0; d < names.dims.size(); ++d) {
      const int at = static_cast<int>(d);
      std::string_view name = names.dims[d];
      if (batch_first && at < 2) name = names.dims[1 - d];
      if (name == "N")
        batch_at(id, track, at);
      else if (name == "T" || name == "L")
        mark(track, at, DimUse::steps);
      else if (name == "C_in" && weight.rank() > 1 && weight[1] >= 0 && i == 0)
        mark(track, at, DimUse::features,
             node(id).op_type == "Conv" ? weight[1] * int_attr(graph_, node(id), "group", 1)
                                        : unknown_dim);
      else if (name == "I" && weight.rank() == 3)
        mark(track, at, DimUse::features, weight[2]);
      else if (name == "C" || name == "C_in" || name == "I")
        mark(track, at, DimUse::features);
      else if (layered && is_spatial(name))
        mark(track, at, spatial == 2 ? DimUse::image : DimUse::space);
    }
  }

  static bool is_spatial(std::string_view name) {
    return name == "H" || name == "W" || name == "D" || name == "S";
  }

  // Of the dimensions that a product keeps apart, the one that comes first in the input.
  static int first_of_input(const Track& track) {
    int first = 0;
    for (int d = 1; d + 1 < track.rank; ++d) {
      const auto axis = [&](int at) { return track.axes[static_cast<std::size_t>(at)]; };
      if (axis(d) >= 0 && axis(first) >= 0 && axis(d) < axis(first)) first = d;
    }
    return first;
  }

  // Operand i of a matrix product: a[*B,M,K] or b[*B,K,N], either perhaps turned round.
  void factor(NodeId id, int i, const Track& track) {
    const bool is_a = operand_names(node(id), i, false, track.rank).operand == "a";
    const int other = is_a ? 1 : 0;
    const Shape beside = stored(in(id, other));
    if (track.rank == 1) {
      if (beside.rank() == 2) mark(track, 0, DimUse::features, beside[is_a ? 0 : 1]);
      return batch_at(id, track, -1);
    }
    const bool turned = int_attr(graph_, node(id), is_a ? "transA" : "transB", 0) != 0;
    const bool other_turned = int_attr(graph_, node(id), is_a ? "transB" : "transA", 0) != 0;
    const int summed = is_a != turned ? track.rank - 1 : track.rank - 2;
    Dim size = unknown_dim;
    if (beside.rank() == 2) size = beside[is_a != other_turned ? 0 : 1];
    mark(track, summed, DimUse::features, size);
    if (track.rank > 2)
      batch_at(id, track, first_of_input(track));
    else if (beside.has_rank())
      batch_at(id, track, 1 - summed);
  }

  // Numbers of rows of a table: N×L of them.
  void look_up(int i, const Track& track) {
    if (i == 1 && track.rank == 2) mark(track, 1, DimUse::steps);
  }

  // An element-wise operator: whether the result has the dimensions of this operand. A stored
  // operand that has an entry for each index of a dimension makes that dimension one of features,
  // but not a table that entries are picked from (GatherElements).
  bool broadcast(NodeId id, int i, const Track& track) {
    if (has(node(id).op->traits, Trait::selects)) return true;
    const int n = static_cast<int>(node(id).inputs.count);
    for (int k = 0; k < n && k < 3; ++k) {
      if (k == i || in(id, k) == none) continue;
      const Shape shape =
          value(in(id, k)).kind == ValueKind::intermediate ? Shape() : declared(in(id, k));
      if (shape.rank() > track.rank) return false;
      if (!stored(in(id, k)).has_rank()) continue;
      for (int d = 0; d < shape.rank(); ++d)
        if (shape[d] > 1) mark(track, track.rank - shape.rank() + d, DimUse::features, shape[d]);
    }
    return true;
  }

  void transpose(NodeId id, const Track& track) {
    const auto perm = list(id, "perm", 99);
    Track out = track;
    for (int d = 0; d < track.rank; ++d) {
      const std::int64_t from = perm && perm->size() == static_cast<std::size_t>(track.rank)
                                    ? (*perm)[static_cast<std::size_t>(d)]
                                    : track.rank - 1 - d;
      if (from < 0 || from >= track.rank) return;
      out.axes[static_cast<std::size_t>(d)] = track.axes[static_cast<std::size_t>(from)];
    }
    pass_on(id, out);
  }

  void squeeze(NodeId id, const Track& track) {
    const auto axes = list(id, "axes", 1);
    if (!axes) return;
    const bool adds = node(id).op_type == "Unsqueeze";
    const int rank = track.rank + (adds ? 1 : -1) * static_cast<int>(axes->size());
    if (rank < 1 || rank > Shape::max_rank) return;
    std::array<bool, Shape::max_rank> chosen = {};
    const int of = adds ? rank : track.rank;
    for (const std::int64_t axis : *axes) {
      if (axis < -of || axis >= of) return;
      chosen[static_cast<std::size_t>(axis < 0 ? axis + of : axis)] = true;
    }
    Track out{track.input, rank, {}};
    for (int from = 0, to = 0; adds ? to < rank : from < track.rank;) {
      if (adds && chosen[static_cast<std::size_t>(to)])
        out.axes[static_cast<std::size_t>(to++)] = Track::added;
      else if (!adds && chosen[static_cast<std::size_t>(from)])
        ++from;
      else if (from < track.rank && to < rank)
        out.axes[static_cast<std::size_t>(to++)] = track.axes[static_cast<std::size_t>(from++)];
      else
        return;
    }
    pass_on(id, out);
  }

  // Follows the leading dimension alone, and all of them behind a 1 that is put before them.
  void reshape(NodeId id, int i, const Track& track) {
    if (i != 0) return;
    std::vector<std::int64_t> target = {0, -1};
    if (node(id).op_type == "Flatten") {
      if (int_attr(graph_, node(id), "axis", 1) != 1) return;
    } else {
      const auto known = list(id, "shape", 1);
      if (!known || known->empty() || known->size() > Shape::max_rank) return;
      target = *known;
    }
    const Shape& from = declared(graph_.inputs[track.input]);
    const auto size = [&](int d) {
      const int axis = track.axes[static_cast<std::size_t>(d)];
      return axis >= 0 ? from[axis] : axis == Track::added ? 1 : unknown_dim;
    };
    Track out{track.input, static_cast<int>(target.size()), {}};
    out.axes.fill(Track::unknown);
    const bool longer = out.rank == track.rank + 1 && target[0] == 1;
    bool same = longer;
    for (int d = 0; d < track.rank && same; ++d)
      same = target[static_cast<std::size_t>(d) + 1] == size(d) ||
             target[static_cast<std::size_t>(d) + 1] == -1;
    if (same) {
      out.axes[0] = Track::added;
      for (int d = 0; d < track.rank; ++d)
        out.axes[static_cast<std::size_t>(d) + 1] = track.axes[static_cast<std::size_t>(d)];
    } else if (target[0] == 0 || target[0] == size(0) || (target[0] == -1 && size(0) <= -2)) {
      out.axes[0] = track.axes[0];
    } else {
      return;
    }
    pass_on(id, out);
  }

  const Graph& graph_;
  std::vector<InputUse> uses_;
  std::unordered_map<ValueId, Track> tracks_;
};

}  // namespace

std::vector<InputUse> input_uses(const Graph& graph) {
  return Follow(graph).run();
}

}  // namespace reckon
