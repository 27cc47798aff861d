#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/diff_pages.h"
#include "report/field_sheet.h"
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

FieldColumn figure(std::string_view path, std::string_view title, int priority,
                   std::string_view key = {}) {
  return {.path = path, .title = title, .priority = priority, .key = key, .stays = true};
}
const FieldColumn pair_columns[] = {
    {.path = "change", .title = ""},
    {.path = "layer.index", .title = "#", .priority = 4},
    {.path = "layer.name", .title = "layer", .is_name = true},
    {.path = "layer.op", .priority = -1},
    {.path = "other.index", .title = "#", .priority = 4, .key = "other_index"},
    {.path = "other.name", .title = "other layer", .key = "other_name", .is_name = true},
    {.path = "other.op", .title = "op", .priority = -1, .key = "other_op"},
    {.path = "layer.output_shapes", .title = "output", .priority = 3},
    {.path = "other.output_shapes",
     .title = "other output",
     .priority = 3,
     .key = "other_output_shapes"},
    figure("layer.params", "params", 1),
    figure("other.params", "other params", 1, "other_params"),
    figure("layer.macs", "MACs", 2),
    figure("other.macs", "other MACs", 2, "other_macs"),
    figure("layer.flops", "FLOPs", -1),
    figure("other.flops", "other FLOPs", -1, "other_flops"),
    figure("layer.read_bytes", "bytes read", -1),
    figure("other.read_bytes", "other bytes read", -1, "other_read_bytes"),
    figure("layer.write_bytes", "bytes written", -1),
    figure("other.write_bytes", "other bytes written", -1, "other_write_bytes"),
    figure("layer.activations", "activations", -1),
    figure("other.activations", "other activations", -1, "other_activations"),
};

}  // namespace

Sheet diff_sheet(const DiffAnswer& diff) {
  return sheet_along_items(diff_field, &diff, "diff.layers", pair_columns);
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
  Sheet sheet = diff_sheet(diff);
  sheet.more = [all = std::move(sheet.more)](const Sheet::SeeRow& see) {
    all([&](const std::vector<Cell>& row) {
      if (row[0].text != "same") see(row);
    });
  };
  if (diff.same < static_cast<std::int64_t>(diff.pairs.size())) {
    page.line();
    page.append(to_text(sheet, style));
  }
  return page.finish();
}

}  // namespace reckon
