#include "base/number.h"
#include "base/text.h"
#include "report/diff_pages.h"
#include "report/page.h"

namespace reckon {
namespace {

struct Figure {
  std::string_view key, title;
  std::int64_t Totals::* of;
};
constexpr Figure totals[] = {
    {"params", "parameters", &Totals::params},
    {"param_bytes", "bytes of parameters", &Totals::param_bytes},
    {"macs", "MACs", &Totals::macs},
    {"flops", "FLOPs", &Totals::flops},
    {"int_ops", "integer operations", &Totals::int_ops},
    {"read_bytes", "bytes read", &Totals::read_bytes},
    {"write_bytes", "bytes written", &Totals::write_bytes},
    {"activations", "activations", &Totals::activations},
    {"peak_activations", "peak activations", &Totals::peak_activations},
};

std::string signed_text(std::int64_t from, std::int64_t to) {
  return from == to ? "0" : to > from ? "+" + grouped(to - from) : "-" + grouped(from - to);
}

Sheet totals_sheet(const DiffAnswer& diff) {
  Sheet sheet;
  sheet.columns = {{"figure", "total"},
                   {"model", "model", true},
                   {"other", "other", true},
                   {"difference", "difference", true, 1},
                   {"ratio", "ratio", true}};
  const Analysis &a = diff.of.analysis, &b = diff.other.analysis;
  for (const Figure& figure : totals) {
    const std::int64_t x = a.totals.*figure.of, y = b.totals.*figure.of;
    if (x == 0 && y == 0) continue;
    const auto count = [](const Analysis& of, std::int64_t n) {
      return Cell::of((of.coverage.complete() ? "" : "≥ ") + grouped(n));
    };
    sheet.rows.push_back(
        {Cell::of(figure.title), count(a, x), count(b, y), Cell::of(signed_text(x, y)),
         x == 0 ? Cell{}
                : Cell::of(fixed(static_cast<double>(y) / static_cast<double>(x), 3) + "×")});
  }
  return sheet;
}

struct Shown {
  std::optional<LayerRow> row;
  explicit Shown(const Analysis& analysis, const Layer* layer, std::int64_t index) {
    if (layer != nullptr) row = row_of(analysis, *layer, index);
  }
  Cell text(std::string (*of)(const LayerRow&)) const { return row ? Cell::of(of(*row)) : Cell{}; }
  Cell count(std::optional<std::int64_t> LayerRow::* figure) const {
    return row ? Cell::of((*row).*figure) : Cell{};
  }
  Cell index() const { return row ? Cell::of(row->index) : Cell{}; }
};

void add_pair(const DiffAnswer& diff, const DiffAnswer::Pair& pair, const Sheet::SeeRow& see) {
  const Shown a(diff.of.analysis, pair.layer, pair.index);
  const Shown b(diff.other.analysis, pair.other, pair.other_index);
  const auto name = [](const LayerRow& row) { return row.name; };
  const auto op = [](const LayerRow& row) { return printable(row.op); };
  const auto shapes = [](const LayerRow& row) { return shapes_text(row.output_shapes); };
  see({Cell::of(pair.change),
       a.index(),
       a.text(name),
       a.text(op),
       b.index(),
       b.text(name),
       b.text(op),
       a.text(shapes),
       b.text(shapes),
       a.count(&LayerRow::params),
       b.count(&LayerRow::params),
       a.count(&LayerRow::macs),
       b.count(&LayerRow::macs),
       a.count(&LayerRow::flops),
       b.count(&LayerRow::flops),
       a.count(&LayerRow::read_bytes),
       b.count(&LayerRow::read_bytes),
       a.count(&LayerRow::write_bytes),
       b.count(&LayerRow::write_bytes),
       a.count(&LayerRow::activations),
       b.count(&LayerRow::activations)});
}

std::vector<Column> pair_columns() {
  return {{"change", "", false},
          {"index", "#", true, 4},
          {"name", "layer", false, 0, 12, true},
          {"op", "op", false, -1},
          {"other_index", "#", true, 4},
          {"other_name", "other layer", false, 0, 12, true},
          {"other_op", "op", false, -1},
          {"output_shapes", "output", false, 3, 12},
          {"other_output_shapes", "other output", false, 3, 12},
          {"params", "params", true, 1},
          {"other_params", "other params", true, 1},
          {"macs", "MACs", true, 2},
          {"other_macs", "other MACs", true, 2},
          {"flops", "FLOPs", true, -1},
          {"other_flops", "other FLOPs", true, -1},
          {"read_bytes", "bytes read", true, -1},
          {"other_read_bytes", "other bytes read", true, -1},
          {"write_bytes", "bytes written", true, -1},
          {"other_write_bytes", "other bytes written", true, -1},
          {"activations", "activations", true, -1},
          {"other_activations", "other activations", true, -1}};
}

}  // namespace

Sheet diff_sheet(const DiffAnswer& diff) {
  Sheet sheet;
  sheet.columns = pair_columns();
  sheet.more = [&diff](const Sheet::SeeRow& see) {
    for (const DiffAnswer::Pair& pair : diff.pairs) add_pair(diff, pair, see);
  };
  return sheet;
}

std::string diff_text(const DiffAnswer& diff, const Style& style) {
  Page page(style);
  const auto name = [](const Inquiry& of) {
    return printable(of.model->name) + " at batch " + grouped(of.analysis.bound.batch);
  };
  page.title("model: " + name(diff.of));
  page.line("other: " + name(diff.other));
  page.line();
  page.append(to_text(totals_sheet(diff), style));
  page.heading("Layers: " + grouped(diff.same) + " the same, " + grouped(diff.changed) +
               " changed, " + grouped(diff.added) + " added, " + grouped(diff.removed) +
               " removed");
  if (!diff.exact)
    page.paragraph(
        "The lists are long: only layers at about the same place in both were held against each "
        "other.");
  Sheet sheet;
  sheet.columns = pair_columns();
  sheet.more = [&diff](const Sheet::SeeRow& see) {
    for (const DiffAnswer::Pair& pair : diff.pairs)
      if (pair.change != "same") add_pair(diff, pair, see);
  };
  if (diff.same < static_cast<std::int64_t>(diff.pairs.size())) {
    page.line();
    page.append(to_text(sheet, style));
  }
  return page.finish();
}

}  // namespace reckon
