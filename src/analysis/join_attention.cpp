#include "analysis/join_attention.h"

#include <algorithm>

#include "analysis/match_reader.h"
#include "ops/dropout.h"
#include "ops/op.h"

namespace reckon {
namespace {

std::size_t at(std::int32_t id) {
  return static_cast<std::size_t>(id);
}

class AttentionCalls : private MatchReader {
 public:
  AttentionCalls(const Graph& graph, const Analysis& analysis, const AttentionKernel& kernel)
      : MatchReader(graph), analysis_(analysis), kernel_(kernel) {}

  std::unique_ptr<Graph> joined() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) join(static_cast<NodeId>(i));
    if (matches_.empty()) return nullptr;
    const auto longer = n_new_ > 0 ? rewritten(graph_, {}) : nullptr;
    for (int i = 0; i < n_new_; ++i)
      longer->add_value("", ValueKind::intermediate, DType::unknown, Shape());
    auto copy = rewritten(longer != nullptr ? *longer : graph_, matches_, unread());
    for (const ValueId turned : turned_) copy->values[at(turned)].says = &Shape::unknown;
    return copy;
  }

 private:
  struct Call {
    ValueId q = none, k = none, v = none, mask = none;
    std::vector<NodeId> nodes, replaces_nan;
    NodeId softmax = none;
    NodeId scores = none;  // the first product
    ValueId key = none;    // its second operand, kᵀ, before the scale
    double dropout_p = 0, unwritten_p = 0;
    bool causal = false;
  };

  const Shape& shape(ValueId value) const { return analysis_.shapes->tensors[at(value)].shape; }
  bool is_single(ValueId value) const {
    return value != none && shape(value).elements() == Checked(1);
  }
  bool is_computed(ValueId value) const {
    return analysis_.roles.of[at(value)] == Role::activation;
  }

  // The product of a value and a single number: the value; else none.
  ValueId scaled(ValueId product, NodeId& by) const {
    by = maker(product, "Mul");
    if (by == none) return none;
    if (is_single(in(by, 1)) && !is_single(in(by, 0))) return in(by, 0);
    return is_single(in(by, 0)) ? in(by, 1) : none;
  }

  // Through Softmax's result to its input: what drops out, and what replaces rows without a key.
  NodeId softmax_behind(ValueId shares, Call& call) const {
    if (const NodeId drop = maker(shares, "Dropout"); drop != none) {
      const OpContext ctx(graph_, node(drop), analysis_.shapes->tensors);
      call.dropout_p = dropout_ratio(ctx);
      call.nodes.push_back(drop);
      shares = in(drop, 0);
    }
    if (const NodeId where = maker(shares, "Where"); where != none) {
      const NodeId is_nan = maker(in(where, 0), "IsNaN");
      if (is_nan == none || in(is_nan, 0) != in(where, 2)) return none;
      call.replaces_nan = {is_nan, where};
      call.nodes.insert(call.nodes.end(), {where, is_nan});
      shares = in(where, 2);
    }
    const NodeId softmax = maker(shares, "Softmax");
    if (softmax == none) return none;
    call.nodes.push_back(softmax);
    // Where the exporter wrote no operator for it, the reader found it in the metadata.
    if (const Attr* attr = graph_.find_attr(node(softmax), "dropout_p"); attr != nullptr)
      if (const auto* share = std::get_if<double>(&attr->value)) call.unwritten_p = *share;
    return softmax;
  }

  // The heads before each was shown several times: Unsqueeze, Expand, Reshape.
  ValueId unrepeated(ValueId heads) const {
    const NodeId merge = maker(heads, "Reshape");
    const NodeId expand = merge == none ? none : maker(in(merge, 0), "Expand");
    const NodeId wide = expand == none ? none : maker(in(expand, 0), "Unsqueeze");
    const ValueId from = wide == none ? none : in(wide, 0);
    return from != none && shape(from).rank() == 4 && shape(in(expand, 0)).rank() == 5 &&
                   shape(in(expand, 0))[2] == 1
               ? from
               : none;
  }

  // Of kᵀ: the keys before their last dimensions are swapped, in one step or in three dimensions
  // between two reshapes; none where that is not how they were made.
  ValueId unturned(ValueId turned) const {
    NodeId swap = maker(turned, "Transpose");
    if (swap == none)
      if (const NodeId back = maker(turned, "Reshape"); back != none)
        swap = maker(in(back, 0), "Transpose");
    if (swap == none) return none;
    const Attr* attr = graph_.find_attr(node(swap), "perm");
    const auto* perm =
        attr == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&attr->value);
    if (perm == nullptr || perm->size() < 2) return none;
    const auto rank = static_cast<std::int64_t>(perm->size());
    for (std::int64_t i = 0; i < rank; ++i) {
      const std::int64_t expected = i < rank - 2 ? i : i == rank - 2 ? rank - 1 : rank - 2;
      if ((*perm)[static_cast<std::size_t>(i)] != expected) return none;
    }
    // In three dimensions the batch is with the heads, which asks for a copy where the heads are a
    // slice; the call itself takes four.
    const ValueId keys = in(swap, 0);
    const NodeId merge = shape(keys).rank() == 3 ? maker(keys, "Reshape") : none;
    const ValueId heads = merge == none ? none : in(merge, 0);
    const bool same = heads != none && shape(heads).rank() == 4 &&
                      shape(heads)[2] == shape(keys)[1] && shape(heads)[3] == shape(keys)[2];
    return same ? heads : keys;
  }

  std::optional<Call> call_at(NodeId product) const {
    Call call;
    call.nodes = {product};
    call.v = in(product, 1);
    const NodeId softmax = call.softmax = softmax_behind(in(product, 0), call);
    if (softmax == none) return std::nullopt;
    call.scores = maker(in(softmax, 0), "MatMul");
    if (call.scores == none) {
      const NodeId plus = maker(in(softmax, 0), "Add");
      if (plus == none) return std::nullopt;
      for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        call.scores = maker(in(plus, side), "MatMul");
        call.mask = in(plus, 1 - side);
        if (call.scores != none) break;
      }
      if (call.scores == none) return std::nullopt;
      call.nodes.push_back(plus);
    }
    NodeId by_q = none, by_k = none;
    call.q = scaled(in(call.scores, 0), by_q);
    call.key = scaled(in(call.scores, 1), by_k);
    const std::string_view result = graph_.values[at(out(product))].name;
    const bool is_named = result.find("scaled_dot_product_attention") != std::string_view::npos;
    if (!is_named && (call.q == none || call.key == none)) return std::nullopt;
    if (call.q == none) call.q = in(call.scores, 0), by_q = none;
    if (call.key == none) call.key = in(call.scores, 1), by_k = none;
    for (const NodeId by : {by_q, by_k})
      if (by != none) call.nodes.push_back(by);
    for (const ValueId operand : {call.q, call.key, call.v})
      if (operand == none || shape(operand).rank() != 4 || !is_computed(operand))
        return std::nullopt;
    return call;
  }

  static double share_of(const Call& call) { return std::max(call.dropout_p, call.unwritten_p); }

  // A kernel on a processor wants one size of heads; dropout and a mask that learns are not for
  // every kernel.
  bool suits(const Call& call) const {
    if (!kernel_.fuses || (kernel_.training && share_of(call) > 0 && !kernel_.drops_out))
      return false;
    if (call.mask == none) return true;
    const int rank = shape(call.mask).rank();
    if (rank != 2 && rank != 4) return false;
    return !kernel_.training || kernel_.gradient_of_mask || !learns(call.mask);
  }

  // Whether a gradient flows to a parameter behind the value.
  bool learns(ValueId value) const {
    std::vector<ValueId> open{value};
    std::vector<bool> seen(graph_.values.size(), false);
    while (!open.empty()) {
      const ValueId one = open.back();
      open.pop_back();
      if (one == none || seen[at(one)]) continue;
      seen[at(one)] = true;
      const DType dtype = analysis_.shapes->tensors[at(one)].dtype;
      if (!is_float(dtype)) continue;
      if (analysis_.roles.of[at(one)] == Role::parameter) return true;
      const NodeId from = graph_.values[at(one)].producer;
      if (from == none) continue;
      for (const ValueId before : graph_.inputs_of(node(from))) open.push_back(before);
    }
    return false;
  }

  void join(NodeId product) {
    if (node(product).op_type != "MatMul") return;
    auto call = call_at(product);
    if (!call) return;
    if (!suits(*call)) return write_out(*call);
    // What is computed from nothing but sizes is the triangle of a causal mask.
    if (call->mask != none && !is_computed(call->mask) && !is_stored(call->mask) &&
        !reckon::is_stored(analysis_.roles.of[at(call->mask)])) {
      unread_.push_back(call->mask);
      call->mask = none;
      call->causal = true;
    }
    take_keys(*call);
    std::vector<Attr> attrs{{"is_causal", std::int64_t{call->causal}}};
    if (share_of(*call) > 0) attrs.push_back({"dropout_p", share_of(*call)});
    Match match{
        "Attention", {call->q, call->k, call->v}, out(product), std::move(attrs), call->nodes};
    if (call->mask != none) match.inputs.push_back(call->mask);
    // The scores themselves may be where the keys are turned back.
    match.nodes.push_back(call->scores);
    if (!closed(match)) return;
    if (call->k == out(call->scores)) {
      match.nodes.pop_back();
      turned_.push_back(call->k);
      matches_.push_back({"Transpose",
                          {call->key},
                          call->k,
                          {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}},
                          {call->scores}});
    }
    matches_.push_back(std::move(match));
  }

  // As the products and the softmax that it is defined by: a row without a key is the softmax's own
  // business (_safe_softmax, of whose gradient derivatives.yaml says so), and what is dropped out
  // has an operator.
  void write_out(const Call& call) {
    const bool drops = call.unwritten_p > 0 && call.dropout_p <= 0;
    const std::string_view op = drops ? "Dropout" : "Identity";
    const std::vector<Attr> attrs =
        drops ? std::vector<Attr>{{"ratio", call.unwritten_p}} : std::vector<Attr>{};
    if (!call.replaces_nan.empty()) {
      const Match match{
          op, {out(call.softmax)}, out(call.replaces_nan[1]), attrs, call.replaces_nan};
      if (closed(match)) matches_.push_back(match);
    } else if (drops) {
      const ValueId shares = static_cast<ValueId>(graph_.values.size()) + n_new_++;
      matches_.push_back(
          {"Softmax", {in(call.softmax, 0)}, shares, {{"axis", std::int64_t{-1}}}, {call.softmax}});
      matches_.push_back({op, {shares}, out(call.softmax), attrs, {call.softmax}});
    }
  }

  void take_keys(Call& call) {
    const ValueId keys = unturned(call.key);
    const ValueId key_heads = keys == none ? none : unrepeated(keys);
    const ValueId value_heads = unrepeated(call.v);
    if (call.mask == none && key_heads != none && value_heads != none &&
        shape(key_heads)[1] == shape(value_heads)[1]) {
      unread_.insert(unread_.end(), {call.key, call.v});
      call.k = key_heads;
      call.v = value_heads;
    } else if (keys != none && shape(keys).rank() == 4) {
      unread_.push_back(call.key);
      call.k = keys;
    } else {
      call.k = out(call.scores);  // turned back there
    }
  }

  // Nodes that make nothing but operands which the joined calls do without, by NodeId.
  std::vector<bool> unread() const {
    std::vector<bool> gone(graph_.nodes.size(), false);
    std::vector<std::size_t> left(graph_.values.size(), 0);
    for (std::size_t v = 0; v < left.size(); ++v) left[v] = readers_[v].size() + is_output_[v];
    for (const Match& match : matches_) {
      for (const NodeId id : match.nodes)
        for (const ValueId value : graph_.inputs_of(node(id)))
          if (value != none) --left[at(value)];
      for (const ValueId value : match.inputs)
        if (value != none && at(value) < left.size()) ++left[at(value)];
    }
    std::vector<ValueId> open = unread_;
    while (!open.empty()) {
      const ValueId value = open.back();
      open.pop_back();
      const NodeId from = value == none ? none : graph_.values[at(value)].producer;
      if (from == none || gone[at(from)]) continue;
      const auto outputs = graph_.outputs_of(node(from));
      if (std::any_of(outputs.begin(), outputs.end(),
                      [&](ValueId out) { return out != none && left[at(out)] > 0; }))
        continue;
      gone[at(from)] = true;
      for (const ValueId before : graph_.inputs_of(node(from))) {
        if (before == none) continue;
        --left[at(before)];
        open.push_back(before);
      }
    }
    return gone;
  }

  const Analysis& analysis_;
  const AttentionKernel& kernel_;
  std::vector<Match> matches_;
  int n_new_ = 0;                // values that the graph does not have, behind its own
  std::vector<ValueId> turned_;  // values that hold keys now
  std::vector<ValueId> unread_;  // operands that no call reads any more
};

}  // namespace

std::unique_ptr<Graph> join_attention(const Graph& graph, const Analysis& analysis,
                                      const AttentionKernel& kernel) {
  if (!graph.bodies.empty()) return nullptr;
  return AttentionCalls(graph, analysis, kernel).joined();
}

}  // namespace reckon
