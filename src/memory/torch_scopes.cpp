// Until when the program of the simulated run holds a value: to its last reader, or to the end of
// the function whose argument or variable it is. Functions are the modules that the names of nodes
// tell.
#include <algorithm>
#include <map>
#include <optional>

#include "memory/torch_ops.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

// Branches: a join of pieces of one value is torch.roll as exporters write it.
bool joins(const Graph& graph, const Node& node) {
  if (node.op == nullptr || !torch_has(*node.op, TorchTrait::gradient_is_cut)) return false;
  ValueId whole = none;
  for (const ValueId in : graph.inputs_of(node)) {
    const NodeId from = in == none ? none : graph.values[at(in)].producer;
    if (from == none || graph.nodes[at(from)].op == nullptr ||
        graph.nodes[at(from)].op->name != "Slice")
      return true;
    const ValueId of = graph.inputs_of(graph.nodes[at(from)])[0];
    if (whole != none && of != whole) return true;
    whole = of;
  }
  return false;
}

// a.b.c → a, a.b, a.b.c
template <class F>
void for_each_scope(std::string_view module, F f) {
  for (std::size_t dot = 0; dot != std::string_view::npos && !module.empty();) {
    dot = module.find('.', dot + 1);
    f(module.substr(0, dot));
  }
}

bool is_inside(std::string_view module, std::string_view scope) {
  return scope.empty() || (module.starts_with(scope) &&
                           (module.size() == scope.size() || module[scope.size()] == '.'));
}

// The innermost scope that holds both.
std::string_view common_scope(std::string_view a, std::string_view b) {
  while (!a.empty() && !is_inside(b, a)) {
    const std::size_t dot = a.rfind('.');
    a = dot == std::string_view::npos ? std::string_view() : a.substr(0, dot);
  }
  return a;
}

// The module of each node. One that nobody knows (a node that an exporter's optimizer made) is the
// innermost that its neighbours share.
std::vector<std::string_view> modules_of(const Graph& graph) {
  const auto n = static_cast<std::ptrdiff_t>(graph.nodes.size());
  std::vector<std::string_view> modules;
  for (const Node& node : graph.nodes) modules.push_back(node.module);
  for (std::ptrdiff_t i = 0; i < n;) {
    const auto module = [&](std::ptrdiff_t k) { return modules[static_cast<std::size_t>(k)]; };
    if (!module(i).empty()) {
      ++i;
      continue;
    }
    std::ptrdiff_t end = i;
    while (end < n && module(end).empty()) ++end;
    const std::string_view shared =
        i > 0 && end < n ? common_scope(module(i - 1), module(end)) : std::string_view();
    for (; i < end; ++i) modules[static_cast<std::size_t>(i)] = shared;
  }
  return modules;
}

// The layer that an attention of the library transformers belongs to; empty for other modules. Its
// modules are called so (modeling_bert.py, modeling_llama.py, modeling_bart.py).
std::string_view layer_of_attention(std::string_view module) {
  for (const std::string_view name : {".attention.self", ".self_attn", ".encoder_attn"})
    if (module.ends_with(name)) return module.substr(0, module.size() - name.size());
  return {};
}

// Whether a product weighs values as transformers writes an attention out: the softmax of scores
// that are scaled behind their product. (PyTorch's own formula scales both factors.)
bool weighs_values(const Graph& graph, const Node& product) {
  const auto is = [](const Node* node, std::initializer_list<std::string_view> names) {
    return node != nullptr && std::ranges::find(names, node->op_type) != names.end();
  };
  // Of its first operand.
  const auto maker = [&](const Node& of) -> const Node* {
    const ValueId id = graph.inputs_of(of)[0];
    const NodeId from = id == none ? none : graph.values[at(id)].producer;
    return from == none ? nullptr : &graph.nodes[at(from)];
  };
  if (!is(&product, {"MatMul"})) return false;
  const Node* made = maker(product);
  while (is(made, {"Dropout", "Cast", "Identity"})) made = maker(*made);
  if (!is(made, {"Softmax"})) return false;
  made = maker(*made);
  while (is(made, {"Add", "Cast", "Identity"})) made = maker(*made);
  return is(made, {"Mul", "Div"}) && is(maker(*made), {"MatMul"});
}

// Computes nothing that a function would do: may stand anywhere.
bool is_silent(const Node& node) {
  return node.op == nullptr || node.op->nature.kind == OpKind::constant || reads_size_only(node);
}

// For each node the last one of the call of each scope that it is in, from the outermost: a module
// may be called several times, and what another module does lies between two calls.
class ScopeEnds {
 public:
  ScopeEnds(const Graph& graph, const std::vector<std::string_view>& modules)
      : modules_(modules), ends_(graph.nodes.size()) {
    struct Call {
      NodeId last = none, seen = none;
    };
    std::map<std::string_view, Call> calls;
    NodeId next = none;  // the node behind that is not silent
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
      const auto id = static_cast<NodeId>(i);
      for_each_scope(modules[i], [&](std::string_view scope) {
        Call& call = calls[scope];
        if (call.seen == none || call.seen > next) call.last = id;
        call.seen = id;
        ends_[i].push_back(call.last);
      });
      if (next == none || !is_silent(graph.nodes[i])) next = id;
    }
  }

  // The end of the call of `scope` in which the node is; the node itself where it is in none.
  NodeId of(NodeId id, std::string_view scope) const {
    std::size_t depth = 0;
    NodeId end = id;
    for_each_scope(modules_[at(id)], [&](std::string_view one) {
      if (one == scope) end = ends_[at(id)][depth];
      ++depth;
    });
    return end;
  }

 private:
  const std::vector<std::string_view>& modules_;
  std::vector<std::vector<NodeId>> ends_;
};

}  // namespace

// The program lets go of a value after its last reader; of the arguments of a module when the
// module returns.
void TorchRun::find_last_uses() {
  const std::vector<std::string_view> modules = modules_of(graph_);
  const ScopeEnds ends(graph_, modules);
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    const auto id = static_cast<NodeId>(i);
    for (const ValueId in : graph_.inputs_of(node)) {
      if (in == none) continue;
      NodeId& last = last_use_[at(in)];
      last = std::max(last, id);
      const NodeId from = graph_.values[at(in)].producer;
      const std::string_view made_in = from == none ? std::string_view() : modules[at(from)];
      for_each_scope(modules[i], [&](std::string_view scope) {
        if (!is_inside(made_in, scope)) last = std::max(last, ends.of(id, scope));
      });
      // A tensor that a module joins for its own layers is a variable of its function.
      if (from != none && joins(graph_, graph_.nodes[at(from)]) && !made_in.empty() &&
          is_inside(modules[i], made_in))
        last = std::max(last, ends.of(id, made_in));
    }
    // An attention hands its weights back beside its result; the layer's function holds both.
    if (const std::string_view layer = layer_of_attention(modules[i]);
        !layer.empty() && weighs_values(graph_, node)) {
      NodeId& last = last_use_[at(graph_.inputs_of(node)[0])];
      last = std::max(last, ends.of(id, layer));
    }
    // An output that nobody reads goes at once.
    for (const ValueId out : graph_.outputs_of(node))
      if (out != none) last_use_[at(out)] = std::max(last_use_[at(out)], id);
  }
  // A value that is read again when branches are joined (a U-Net's skip connection) had to have a
  // name, and lives until the function returns that made it and reads it. Sums are different:
  // x = x + f(x) gives the name away. The scope is that of the readers alone: where the maker is
  // outside, the value is an argument.
  std::vector<std::optional<std::string_view>> scope(graph_.values.size());
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
    for (const ValueId in : graph_.inputs_of(graph_.nodes[i]))
      if (in != none && !reads_size_only(graph_.nodes[i]))
        scope[at(in)] = common_scope(scope[at(in)].value_or(modules[i]), modules[i]);
  for (std::size_t v = 0; v < scope.size(); ++v) {
    const NodeId from = graph_.values[v].producer;
    NodeId& last = last_use_[v];
    if (!scope[v] || from == none || readers_[v] < 2 || !is_inside(modules[at(from)], *scope[v]) ||
        !joins(graph_, graph_.nodes[at(last)]))
      continue;
    last = scope[v]->empty() ? static_cast<NodeId>(graph_.nodes.size() - 1)
                             : std::max(last, ends.of(last, *scope[v]));
  }
  for (const Node& node : graph_.nodes)
    if (is_cached_cast(node))
      last_use_[at(graph_.outputs_of(node)[0])] = static_cast<NodeId>(graph_.nodes.size());
  for (const ValueId out : graph_.outputs)
    last_use_[at(out)] = static_cast<NodeId>(graph_.nodes.size());
  dying_ = Lists<ValueId>(graph_.nodes.size(), [&](auto put) {
    for (std::size_t v = 0; v < last_use_.size(); ++v)
      if (last_use_[v] != none && at(last_use_[v]) < graph_.nodes.size())
        put(at(last_use_[v]), static_cast<ValueId>(v));
  });
}

}  // namespace reckon
