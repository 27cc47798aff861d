#include "memory/recompute/blocks.h"

#include <algorithm>
#include <map>
#include <string>

#include "ops/op.h"

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

OpKind kind_of(const Node& node) {
  return node.op == nullptr ? OpKind::unknown : node.op->nature.kind;
}

// All of it in one node; not a part such as rotary positions.
bool is_attention(const Node& node) {
  return kind_of(node) == OpKind::attention && node.op->nature.space == Space::whole;
}

bool is_layer(const Node& node) {
  switch (kind_of(node)) {
    case OpKind::convolution:
    case OpKind::linear:
    case OpKind::product:
    case OpKind::attention:
    case OpKind::recurrent:
    case OpKind::pooling:
    case OpKind::normalisation:
    case OpKind::activation:
    case OpKind::softmax:
      return true;
    default:
      return false;
  }
}

// What the nodes of a range read of one another.
class Reach {
 public:
  Reach(const Graph& graph, NodeId first, NodeId last)
      : graph_(graph), first_(first), last_(last) {}

  // Nodes of the range, without `ends` (in order), that read of them (through others) and are read
  // by them.
  std::vector<NodeId> between(std::span<const NodeId> ends) const {
    std::vector<char> behind(size()), before(size());
    mark(ends, behind);
    before = behind;
    follow(behind);
    lead(before);
    std::vector<NodeId> found;
    for (NodeId i = first_; i <= last_; ++i)
      if (behind[at(i - first_)] && before[at(i - first_)] && !std::ranges::binary_search(ends, i))
        found.push_back(i);
    return found;
  }

  // Whether a node of `later` reads (through others) what one of `earlier` made.
  bool reads(std::span<const NodeId> later, std::span<const NodeId> earlier) const {
    std::vector<char> behind(size());
    mark(earlier, behind);
    follow(behind);
    return std::ranges::any_of(later, [&](NodeId i) { return behind[at(i - first_)] != 0; });
  }

 private:
  std::size_t size() const { return at(last_ - first_ + 1); }
  void mark(std::span<const NodeId> nodes, std::vector<char>& marks) const {
    for (const NodeId i : nodes) marks[at(i - first_)] = 1;
  }
  // The maker of a value where it is in the range.
  NodeId maker(ValueId id) const {
    const NodeId from = id == none ? none : graph_.values[at(id)].producer;
    return from < first_ || from > last_ ? none : from;
  }
  void follow(std::vector<char>& marks) const {
    for (NodeId i = first_; i <= last_; ++i)
      for (const ValueId in : graph_.inputs_of(graph_.nodes[at(i)]))
        if (const NodeId from = maker(in); from != none && marks[at(from - first_)])
          marks[at(i - first_)] = 1;
  }
  void lead(std::vector<char>& marks) const {
    for (NodeId i = last_; i >= first_; --i) {
      if (!marks[at(i - first_)]) continue;
      for (const ValueId in : graph_.inputs_of(graph_.nodes[at(i)]))
        if (const NodeId from = maker(in); from != none) marks[at(from - first_)] = 1;
    }
  }

  const Graph& graph_;
  NodeId first_, last_;
};

struct Module {
  std::string_view path;
  std::vector<NodeId> nodes;
  std::vector<std::string_view> layers;  // by kind of operator, in order
};

bool same_layers(const Module& a, const Module& b) {
  return a.layers == b.layers;
}

// All layers of `part`, and at most as many besides.
bool has_more(const Module& whole, const Module& part) {
  std::vector<std::string_view> more = whole.layers, less = part.layers;
  std::ranges::sort(more);
  std::ranges::sort(less);
  return more.size() > less.size() && more.size() <= 2 * less.size() &&
         std::ranges::includes(more, less);
}

class Blocks {
 public:
  explicit Blocks(const Graph& graph) : graph_(graph) {}

  std::vector<RerunSegment> find() {
    std::vector<NodeId> all;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) all.push_back(static_cast<NodeId>(i));
    look_into(all, 0);
    return std::move(found_);
  }

 private:
  static constexpr std::size_t smallest_block = 2;  // layers: one alone keeps what it starts from

  // Modules directly inside of a scope whose path has `length` characters, in order of execution.
  std::vector<Module> children(std::span<const NodeId> nodes, std::size_t length) const {
    std::vector<Module> modules;
    std::map<std::string_view, std::size_t> known;
    for (const NodeId id : nodes) {
      const Node& node = graph_.nodes[at(id)];
      const std::size_t from = length == 0 ? 0 : length + 1;
      if (node.module.size() <= from) continue;
      const std::string_view path = node.module.substr(0, node.module.find('.', from));
      const auto [place, fresh] = known.try_emplace(path, modules.size());
      if (fresh) modules.push_back({.path = path, .nodes = {}, .layers = {}});
      Module& module = modules[place->second];
      module.nodes.push_back(id);
      if (is_layer(node)) module.layers.push_back(node.op_type);
    }
    return modules;
  }

  // Blocks stand side by side: what is strewn over the whole network is none, and would take the
  // square of its length to look at.
  static bool stand_together(NodeId first, NodeId last, std::size_t n_nodes) {
    constexpr std::size_t least = 64, most_apart = 8;
    return at(last - first) < least + most_apart * n_nodes;
  }
  bool follows(const Module& later, const Module& earlier) const {
    const NodeId first = std::min(earlier.nodes.front(), later.nodes.front());
    const NodeId last = std::max(earlier.nodes.back(), later.nodes.back());
    return stand_together(first, last, earlier.nodes.size() + later.nodes.size()) &&
           Reach(graph_, first, last).reads(later.nodes, earlier.nodes);
  }

  void look_into(std::span<const NodeId> nodes, std::size_t length, int depth = 0) {
    constexpr int deepest = 64;
    if (depth > deepest) return;
    const std::vector<Module> modules = children(nodes, length);
    std::vector<char> taken(modules.size());
    for (std::size_t i = 0; i + 1 < modules.size(); ++i) {
      if (modules[i].layers.size() < smallest_block || !same_layers(modules[i], modules[i + 1]) ||
          !follows(modules[i + 1], modules[i]))
        continue;
      taken[i] = taken[i + 1] = 1;
      if (i > 0 && !taken[i - 1] && has_more(modules[i - 1], modules[i]) &&
          follows(modules[i], modules[i - 1]))
        taken[i - 1] = 1;
      if (i + 2 < modules.size() && has_more(modules[i + 2], modules[i]) &&
          follows(modules[i + 2], modules[i + 1]))
        taken[i + 2] = 1;
    }
    for (std::size_t i = 0; i < modules.size(); ++i) {
      if (taken[i])
        add(modules[i]);
      else
        look_into(modules[i].nodes, modules[i].path.size(), depth + 1);
    }
  }

  // With what stands between its nodes and belongs to no module of its own.
  void add(const Module& module) {
    RerunSegment segment{module.nodes};
    const NodeId first = module.nodes.front(), last = module.nodes.back();
    if (stand_together(first, last, module.nodes.size())) {
      const std::vector<NodeId> between = Reach(graph_, first, last).between(module.nodes);
      segment.nodes.insert(segment.nodes.end(), between.begin(), between.end());
      std::ranges::sort(segment.nodes);
    }
    found_.push_back(std::move(segment));
  }

  const Graph& graph_;
  std::vector<RerunSegment> found_;
};

// From scores to shares and on: element by element, or another shape.
bool passes_on(const Node& node) {
  const OpKind kind = kind_of(node);
  return kind == OpKind::arithmetic || kind == OpKind::layout || kind == OpKind::dropout ||
         kind == OpKind::selection || kind == OpKind::softmax || kind == OpKind::comparison ||
         kind == OpKind::activation;
}

class AttentionCores {
 public:
  explicit AttentionCores(const Graph& graph)
      : graph_(graph), readers_(graph.values.size()), taken_(graph.nodes.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const ValueId in : graph.inputs_of(graph.nodes[i]))
        if (in != none) readers_[at(in)].push_back(static_cast<NodeId>(i));
  }

  std::vector<RerunSegment> find() {
    std::vector<RerunSegment> found;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const OpKind kind = kind_of(graph_.nodes[i]);
      const auto id = static_cast<NodeId>(i);
      if (is_attention(graph_.nodes[i])) found.push_back({{id}});
      if (kind != OpKind::softmax) continue;
      const NodeId first = nearest_product(id, false), last = nearest_product(id, true);
      if (first == none || last <= first) continue;
      RerunSegment core{{first, last}};
      const std::vector<NodeId> between = Reach(graph_, first, last).between(core.nodes);
      core.nodes.insert(core.nodes.end(), between.begin(), between.end());
      std::ranges::sort(core.nodes);
      if (std::ranges::any_of(core.nodes, [&](NodeId n) { return taken_[at(n)] != 0; })) continue;
      for (const NodeId n : core.nodes) taken_[at(n)] = 1;
      found.push_back(std::move(core));
    }
    return found;
  }

 private:
  bool is_product(const Node& node) const {
    if (kind_of(node) != OpKind::product) return false;
    return std::ranges::none_of(graph_.inputs_of(node), [&](ValueId in) {
      return in != none && graph_.values[at(in)].kind == ValueKind::initializer;
    });
  }
  // The nearest product that a softmax reads of, or that reads of it, with little between.
  NodeId nearest_product(NodeId softmax, bool behind) const {
    constexpr std::size_t most_looked_at = 64;
    std::vector<NodeId> seen{softmax};
    NodeId found = none;
    const auto look_at = [&](NodeId id) {
      if (id == none || found != none || std::ranges::find(seen, id) != seen.end()) return;
      if (is_product(graph_.nodes[at(id)]))
        found = id;
      else if (passes_on(graph_.nodes[at(id)]))
        seen.push_back(id);
    };
    for (std::size_t i = 0; i < std::min(seen.size(), most_looked_at) && found == none; ++i) {
      const Node& node = graph_.nodes[at(seen[i])];
      for (const ValueId id : behind ? graph_.outputs_of(node) : graph_.inputs_of(node)) {
        if (id == none) continue;
        if (!behind) look_at(graph_.values[at(id)].producer);
        for (const NodeId reader : behind ? readers_[at(id)] : std::vector<NodeId>())
          look_at(reader);
      }
    }
    return found;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<char> taken_;
};

}  // namespace

std::vector<RerunSegment> repeated_blocks(const Graph& graph) {
  return Blocks(graph).find();
}

std::vector<RerunSegment> attention_cores(const Graph& graph) {
  return AttentionCores(graph).find();
}

std::vector<NodeId> products_of(const Graph& graph, std::span<const RerunSegment> segments) {
  std::vector<NodeId> products;
  for (const RerunSegment& segment : segments) {
    for (const NodeId id : segment.nodes) {
      const OpKind kind = kind_of(graph.nodes[at(id)]);
      if (kind == OpKind::convolution || kind == OpKind::linear || kind == OpKind::product ||
          is_attention(graph.nodes[at(id)]))
        products.push_back(id);
    }
  }
  return products;
}

}  // namespace reckon
