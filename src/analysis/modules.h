// The module tree: layers grouped by the scope they were defined in ("layer1.0.conv1").
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"

namespace reckon {

struct ModuleNode {
  std::string name;       // last part of the path; the operator's layer name at a leaf
  std::string path;       // "layer1.0"
  std::size_t layer = 0;  // index into Analysis::layers, at a leaf
  bool is_leaf = false;
  std::vector<ModuleNode> children;
  // Sums over everything below; lower bounds where some of it is unknown.
  std::int64_t params = 0, macs = 0, flops = 0, activations = 0, layers = 0;
  bool is_lower_bound = false;
};

// `depth` levels of modules (0: only the root's sums); leaves are included when depth allows.
// Layers without a module hang below the root in their order.
ModuleNode module_tree(const Analysis& analysis, int depth);

// What a module sums up of the visible layers in it, as tables show them; a sum with an unknown
// part is a lower bound.
enum class ModuleFigure : std::uint8_t {
  params,
  buffers,
  macs,
  flops,
  int_ops,
  read_bytes,
  write_bytes,
  activations,
};
inline constexpr std::string_view module_figure_names[] = {
    "params", "buffers", "macs", "flops", "int_ops", "read_bytes", "write_bytes", "activations"};
struct ModuleSums {
  std::string_view path;  // "layer1.0"; empty: the network
  int depth = 0;          // parts of the path
  std::int64_t layers = 0;
  std::array<std::int64_t, std::size(module_figure_names)> sums{};
  std::array<bool, std::size(module_figure_names)> is_lower_bound{};

  std::int64_t sum(ModuleFigure of) const { return sums[static_cast<std::size_t>(of)]; }
};
// The network and its modules to `depth` parts of a path, in the order of their first layers, each
// before what is in it. Refers to the names of the analysis' graph.
std::vector<ModuleSums> module_sums(const Analysis& analysis, int depth);

// The rows of "what dominates": the tree cut where it shows at most `max_rows` groups, in graph
// order; consecutive layers of networks without modules are grouped by operator runs.
struct LayerGroup {
  std::string name;
  std::int64_t layers = 0, params = 0, macs = 0, flops = 0, activations = 0;
};
std::vector<LayerGroup> layer_groups(const Analysis& analysis, std::size_t max_rows);

}  // namespace reckon
