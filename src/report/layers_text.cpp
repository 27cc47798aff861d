// The per-layer table and the module tree.
#include <algorithm>

#include "analysis/modules.h"
#include "base/number.h"
#include "base/text.h"
#include "report/pages.h"

namespace reckon {

Sheet layers_sheet(const Subject& subject, Rows which) {
  Sheet sheet;
  sheet.columns = {
      {"index", "#", true},
      {"name", "layer", false, 0, 14, true},
      {"op", "op", false, 3, 8},
      {"module", "module", false, -1},
      {"coverage", "coverage", false, -1},
      {"times", "times", true, -1},
      {"input_shapes", "inputs", false, -1},
      {"output_shapes", "output", false, 0, 12},
      {"params", "params", true},
      {"buffers", "buffers", true, -1},
      {"macs", "MACs", true},
      {"flops", "FLOPs", true, 2},
      {"int_ops", "OPs", true, -1},
      {"read_bytes", "bytes read", true, 5},
      {"write_bytes", "bytes written", true, 6},
      {"activations", "activations", true, 4},
      {"receptive_field", "sees", true, 1},
  };
  sheet.more = [&analysis = subject.analysis, which](const Sheet::SeeRow& see) {
    for_each_row(analysis, which, [&](const LayerRow& row) {
      see({row.index > 0 ? Cell::of(row.index) : Cell{}, Cell::of(row.name),
           Cell::of(printable(row.op)), Cell::of(printable(row.module)),
           Cell::of(to_string(row.layer->coverage)), Cell::of(row.layer->times),
           Cell::of(shapes_text(row.input_shapes)), Cell::of(shapes_text(row.output_shapes)),
           Cell::of(row.params), Cell::of(row.buffers), Cell::of(row.macs), Cell::of(row.flops),
           Cell::of(row.int_ops), Cell::of(row.read_bytes), Cell::of(row.write_bytes),
           Cell::of(row.activations), Cell::of(receptive_field_text(row.receptive_field))});
    });
  };
  const Totals& t = subject.analysis.totals;
  const std::string_view label = subject.analysis.coverage.complete() ? "total" : "at least";
  sheet.footer = {Cell{},
                  Cell::of(label),
                  Cell{},
                  Cell{},
                  Cell{},
                  Cell{},
                  Cell{},
                  Cell{},
                  Cell::of(t.params),
                  Cell::of(t.buffers),
                  Cell::of(t.macs),
                  Cell::of(t.flops),
                  Cell::of(t.int_ops),
                  Cell::of(t.read_bytes),
                  Cell::of(t.write_bytes),
                  Cell{},
                  Cell{}};
  // Its total counts the input of the network as well.
  sheet.footer[15] = Cell::of(t.activations);
  return sheet;
}

namespace {

// The layer's name without the scope that the tree shows already.
std::string short_name(const ModuleNode& leaf) {
  return leaf.name.substr(std::min(leaf.name.rfind('/') + 1, leaf.name.size()));
}

// A module that wraps a single layer is one line.
bool wraps_one_layer(const ModuleNode& node) {
  return !node.is_leaf && node.children.size() == 1 && node.children[0].is_leaf;
}

void add_module(Sheet& sheet, const Subject& subject, const ModuleNode& node,
                const std::string& lead, std::string_view branch) {
  std::string name = printable(node.is_leaf ? short_name(node) : node.name);
  const bool one_line = wraps_one_layer(node);
  if (one_line)
    name +=
        " (" + printable(subject.analysis.layers[node.children[0].layer].op_node().op_type) + ")";
  // Of one unknown layer nothing is known; a sum with one is at least what the others make.
  const bool is_unknown = node.is_lower_bound && (node.is_leaf || one_line);
  if (node.is_lower_bound && !is_unknown) name += " (at least)";
  const auto counted = [&](Cell cell) {
    return is_unknown ? Cell{.kind = Cell::Kind::unknown} : cell;
  };
  const std::int64_t total_macs = subject.analysis.totals.macs;
  sheet.rows.push_back({Cell::of(lead + std::string(branch) + name), Cell::of(printable(node.path)),
                        Cell::of(node.layers), Cell::of(node.params), counted(Cell::of(node.macs)),
                        counted(Cell::of(percent(node.macs, total_macs, 1))),
                        counted(Cell::of(node.flops)), counted(Cell::of(node.activations))});
  std::string below = lead;
  if (branch.starts_with("├")) below += "│  ";
  if (branch.starts_with("└")) below += "   ";
  for (std::size_t i = 0; i < node.children.size() && !one_line; ++i)
    add_module(sheet, subject, node.children[i], below,
               i + 1 < node.children.size() ? "├─ " : "└─ ");
}

}  // namespace

Sheet modules_sheet(const Subject& subject, int depth) {
  Sheet sheet;
  sheet.columns = {{"name", "module", false, 0, 20}, {"path", "path", false, -1},
                   {"layers", "layers", true, 1},    {"params", "params", true},
                   {"macs", "MACs", true},           {"macs_share", "share", true},
                   {"flops", "FLOPs", true, 2},      {"activations", "activations", true, 3}};
  ModuleNode root = module_tree(subject.analysis, depth);
  if (root.name.empty()) root.name = subject.model.name;
  add_module(sheet, subject, root, "", "");
  return sheet;
}

}  // namespace reckon
