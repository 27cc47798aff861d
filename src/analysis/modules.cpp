#include "analysis/modules.h"

#include <algorithm>
#include <queue>
#include <unordered_map>

#include "analysis/node_cost.h"

namespace reckon {
namespace {

struct Sums {
  std::int64_t params = 0, macs = 0, flops = 0, activations = 0, layers = 0;
};

Sums sums_of(const Layer& layer) {
  // The totals were checked: no part of them overflows.
  const auto all = [&](Checked n) { return (n * Checked(layer.times)).value_or(0); };
  return {layer.params.count.value_or(0), all(layer.macs.count), all(layer.flops.count),
          all(layer.activations.count), 1};
}

template <class Row>
void add(Row& row, const Sums& s) {
  row.params += s.params;
  row.macs += s.macs;
  row.flops += s.flops;
  row.activations += s.activations;
  row.layers += s.layers;
}

std::string_view head(std::string_view path) {
  return path.substr(0, path.find('.'));
}

std::string_view tail(std::string_view path) {
  const std::size_t dot = path.find('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
}

ModuleNode& child(ModuleNode& parent, std::string_view name) {
  // The usual case first: layers of a module follow each other.
  for (std::size_t i = parent.children.size(); i-- > 0;)
    if (!parent.children[i].is_leaf && parent.children[i].name == name) return parent.children[i];
  ModuleNode& made = parent.children.emplace_back();
  made.name = std::string(name);
  made.path = parent.path.empty() ? made.name : parent.path + "." + made.name;
  return made;
}

bool shown(const Layer& layer) {
  return layer.visible && layer.times > 0;
}

// Rows of one depth: a layer belongs to the first `depth` parts of its path. Ends with the first
// row beyond `most`.
std::vector<LayerGroup> rows_at(const Analysis& analysis, int depth, std::size_t most = SIZE_MAX) {
  std::vector<LayerGroup> rows;
  std::unordered_map<std::string_view, std::size_t> of_module;
  std::string_view before;  // neighbours share their module, and its text
  std::size_t row = 0;
  for (const Layer& layer : analysis.layers) {
    if (!shown(layer)) continue;
    const std::string_view module = layer.op_node().module;
    if (module.empty()) {
      rows.push_back({std::string(layer.op_node().name)});
      add(rows.back(), sums_of(layer));
    } else {
      if (module.data() != before.data() || module.size() != before.size()) {
        std::size_t length = 0;
        for (int level = 0; level < depth && length < module.size(); ++level)
          length = std::min(module.find('.', length + (level > 0 ? 1 : 0)), module.size());
        // Non-neighbouring layers of one module still make one row.
        const std::string_view key = module.substr(0, length);
        const auto [at, is_new] = of_module.try_emplace(key, rows.size());
        if (is_new) rows.push_back({std::string(key)});
        row = at->second;
        before = module;
      }
      add(rows[row], sums_of(layer));
    }
    if (rows.size() > most) break;
  }
  return rows;
}

// Joins neighbours until `max_rows` are left: always the pair with the least work, of equals the
// first.
void join_smallest(std::vector<LayerGroup>& rows, std::size_t max_rows) {
  const auto weight = [](const LayerGroup& row) {
    return static_cast<double>(row.macs) + static_cast<double>(row.flops) * 1e-3 +
           static_cast<double>(row.params) * 1e-3;
  };
  constexpr std::size_t gone = SIZE_MAX;
  const std::size_t n = rows.size();
  struct Pair {
    double weight;
    std::size_t left, right;
    bool operator>(const Pair& b) const {
      return weight != b.weight ? weight > b.weight : left > b.left;
    }
  };
  // By row: its neighbours, its last name and its weight. A pair of which either has changed since
  // is passed over.
  std::vector<std::size_t> before(n), after(n), last(n);
  std::vector<double> weights(n);
  std::priority_queue<Pair, std::vector<Pair>, std::greater<>> pairs;
  for (std::size_t i = 0; i < n; ++i) {
    before[i] = i - 1, after[i] = i + 1, last[i] = i, weights[i] = weight(rows[i]);
    if (i > 0) pairs.push({weights[i - 1] + weights[i], i - 1, i});
  }
  for (std::size_t left = n; left > std::max<std::size_t>(max_rows, 1);) {
    const Pair pair = pairs.top();
    pairs.pop();
    const std::size_t a = pair.left, b = pair.right;
    if (last[a] == gone || last[b] == gone || after[a] != b ||
        pair.weight != weights[a] + weights[b])
      continue;
    const LayerGroup& from = rows[b];
    add(rows[a], {from.params, from.macs, from.flops, from.activations, from.layers});
    weights[a] = weight(rows[a]);
    last[a] = last[b];
    last[b] = gone;
    after[a] = after[b];
    if (after[b] < n) before[after[b]] = a;
    if (a > 0 && before[a] < n) pairs.push({weights[before[a]] + weights[a], before[a], a});
    if (after[a] < n) pairs.push({weights[a] + weights[after[a]], a, after[a]});
    --left;
  }
  std::vector<LayerGroup> joined;
  for (std::size_t i = 0; i < n; ++i) {
    if (last[i] == gone) continue;
    std::string name = rows[i].name;
    if (last[i] != i) name += " … " + rows[last[i]].name;
    joined.push_back(std::move(rows[i]));
    joined.back().name = std::move(name);
  }
  rows = std::move(joined);
}

// Networks of a million nodes: groups of equal length, in one walk.
std::vector<LayerGroup> stretches(const Analysis& analysis, std::size_t max_rows) {
  std::vector<LayerGroup> rows;
  const std::size_t n = analysis.layers.size(), each = n / max_rows + 1;
  std::string_view last;
  for (std::size_t i = 0; i < n; ++i) {
    if (i % each == 0) rows.push_back({std::string(analysis.layers[i].op_node().name)});
    if (shown(analysis.layers[i])) add(rows.back(), sums_of(analysis.layers[i]));
    last = analysis.layers[i].op_node().name;
    if ((i + 1) % each == 0 || i + 1 == n) rows.back().name += " … " + std::string(last);
  }
  return rows;
}

}  // namespace

ModuleNode module_tree(const Analysis& analysis, int depth) {
  ModuleNode root;
  for (std::size_t i = 0; i < analysis.layers.size(); ++i) {
    const Layer& layer = analysis.layers[i];
    if (!shown(layer)) continue;
    const Sums sums = sums_of(layer);
    const auto add_layer = [&](ModuleNode& to) {
      add(to, sums);
      to.is_lower_bound = to.is_lower_bound || layer.coverage == Coverage::unknown;
    };
    add_layer(root);
    ModuleNode* at = &root;
    std::string_view rest = layer.op_node().module;
    int level = 0;
    for (; level < depth && !rest.empty(); ++level, rest = tail(rest)) {
      at = &child(*at, head(rest));
      add_layer(*at);
    }
    if (level >= depth) continue;
    ModuleNode& leaf = at->children.emplace_back();
    leaf.name = std::string(layer.op_node().name);
    leaf.path = leaf.name;
    leaf.layer = i;
    leaf.is_leaf = true;
    add_layer(leaf);
  }
  return root;
}

std::vector<ModuleSums> module_sums(const Analysis& analysis, int depth) {
  std::vector<ModuleSums> all(1);
  std::unordered_map<std::string_view, std::size_t> places;
  for (const Layer& layer : analysis.layers) {
    if (!shown(layer)) continue;
    const Node& node = layer.op_node();
    const ShownFigures once = shown_figures(layer);
    const bool is_counted = layer.coverage != Coverage::unknown,
               reads = are_sized(layer, layer.graph->inputs_of(node)),
               writes = are_sized(layer, layer.graph->outputs_of(node));
    const auto stored = [](const Elements& n) {
      return n.count.ok() ? std::optional(n.count.value()) : std::nullopt;
    };
    // In the order of ModuleFigure; parameters stand once however often a layer runs.
    struct Part {
      std::optional<std::int64_t> value;
      bool is_whole;
    };
    const auto all_of_it = [&](std::optional<std::int64_t> n) {
      return n ? std::optional((Checked(*n) * layer.times).value_or(0)) : std::nullopt;
    };
    const Part parts[] = {
        {stored(layer.params), true},          {stored(layer.buffers), true},
        {all_of_it(once.macs), is_counted},    {all_of_it(once.flops), is_counted},
        {all_of_it(once.int_ops), is_counted}, {all_of_it(once.read_bytes), reads},
        {all_of_it(once.write_bytes), writes}, {all_of_it(once.activations), writes}};
    const auto add_to = [&](ModuleSums& module) {
      ++module.layers;
      for (std::size_t i = 0; i < std::size(parts); ++i) {
        module.sums[i] += parts[i].value.value_or(0);
        if (!parts[i].value || !parts[i].is_whole) module.is_lower_bound[i] = true;
      }
    };
    add_to(all.front());
    const std::string_view path = node.module;
    int level = 0;
    for (std::size_t length = 0; level < depth && length < path.size();) {
      length = std::min(path.find('.', length + (level > 0 ? 1 : 0)), path.size());
      const auto [at, is_new] = places.try_emplace(path.substr(0, length), all.size());
      ++level;
      if (is_new) {
        ModuleSums& made = all.emplace_back();
        made.path = path.substr(0, length);
        made.depth = level;
      }
      add_to(all[at->second]);
    }
  }
  return all;
}

std::vector<LayerGroup> layer_groups(const Analysis& analysis, std::size_t max_rows) {
  constexpr std::size_t many = 20'000;
  if (analysis.layers.size() > many) return stretches(analysis, std::max<std::size_t>(max_rows, 1));
  // The deepest cut that fits; where even one level is too much, its neighbours are joined.
  std::vector<LayerGroup> rows = rows_at(analysis, 1);
  for (int depth = 2; depth <= 8 && rows.size() < max_rows; ++depth) {
    auto deeper = rows_at(analysis, depth, max_rows);
    if (deeper.size() > max_rows) break;
    rows = std::move(deeper);
  }
  join_smallest(rows, max_rows);
  return rows;
}

}  // namespace reckon
