// The totals, as sums over the layers.
#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/layers_answer.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/pages.h"

namespace reckon {
namespace {

// A sum whose parts are shown while they are few.
class Sum {
 public:
  void add(std::string_view name, std::int64_t value) {
    if (value == 0) return;
    ++n_;
    if (n_ > most_parts) return;
    formula_.append(formula_.empty() ? "" : " + ").append(name);
    substitution_.append(substitution_.empty() ? "" : " + ").append(grouped(value));
  }
  ExplainedTotal done(std::string_view name, std::string_view unit, std::int64_t value) const {
    ExplainedTotal total{name, unit, formula_, substitution_, value};
    if (n_ > most_parts) {
      const std::string rest = " + … (" + grouped(n_ - most_parts) + " more)";
      total.formula += rest;
      total.substitution += rest;
    }
    if (n_ == 0) total.formula = total.substitution = "0";
    return total;
  }

 private:
  static constexpr std::int64_t most_parts = 12;
  std::int64_t n_ = 0;
  std::string formula_, substitution_;
};

template <class Get>
ExplainedTotal over_layers(const Subject& subject, std::string_view name, std::string_view unit,
                           std::int64_t value, Get get) {
  Sum sum;
  for (const Layer& layer : subject.analysis.layers) sum.add(name_of(layer), get(layer));
  return sum.done(name, unit, value);
}

}  // namespace

std::vector<ExplainedTotal> explain_totals(const Subject& subject) {
  const Totals& t = subject.analysis.totals;
  std::vector<ExplainedTotal> out;
  out.push_back(over_layers(subject, "params", "parameters", t.params,
                            [](const Layer& layer) { return layer.params.count.value_or(0); }));
  out.push_back(over_layers(subject, "macs", "MAC", t.macs, [](const Layer& layer) {
    return (layer.macs.count * layer.times).value_or(0);
  }));
  Sum kinds;
  kinds.add("conv_macs", t.conv_macs);
  kinds.add("linear_macs", t.linear_macs);
  kinds.add("matmul_macs", t.matmul_macs);
  kinds.add("recurrent_macs", t.recurrent_macs);
  out.push_back(kinds.done("macs_by_kind", "MAC", t.macs));
  const Checked from_macs = Checked(t.macs) * 2;
  if (from_macs.ok() && from_macs.value() <= t.flops) {
    Sum flops;
    flops.add("2 · macs", from_macs.value());
    flops.add("other floating-point operations", t.flops - from_macs.value());
    out.push_back(flops.done("flops", "FLOP", t.flops));
  } else {
    out.push_back(over_layers(subject, "flops", "FLOP", t.flops, [](const Layer& layer) {
      return (layer.flops.count * layer.times).value_or(0);
    }));
  }
  Sum activations;
  for (const ValueId id : subject.analysis.shapes->graph->inputs) {
    const Shape& shape = subject.analysis.tensor(id).shape;
    if (shape.is_static())
      activations.add(
          "the input " +
              printable(subject.analysis.shapes->graph->values[static_cast<std::size_t>(id)].name),
          shape.elements().value_or(0));
  }
  for (const Layer& layer : subject.analysis.layers)
    activations.add(name_of(layer), (layer.activations.count * layer.times).value_or(0));
  out.push_back(activations.done("activations", "elements", t.activations));
  if (t.peak_activations > 0 && t.peak_layer < subject.analysis.layers.size()) {
    const std::string where = name_of(subject.analysis.layers[t.peak_layer]);
    const bool has_bodies = !subject.analysis.shapes->runs.empty();
    out.push_back({"peak_activations", "elements",
                   has_bodies ? "alive at " + where + ", the most"
                              : "inputs + outputs of " + where + ", the largest",
                   grouped(t.peak_activations), t.peak_activations});
  }
  Sum moved;
  moved.add("read_bytes", t.read_bytes);
  moved.add("write_bytes", t.write_bytes);
  out.push_back(
      moved.done("moved_bytes", "B", (Checked(t.read_bytes) + t.write_bytes).value_or(0)));
  return out;
}

std::string explain_totals_text(const Subject& subject, const Style& style) {
  Page page(style);
  page.title(printable(subject.model.name), "what the totals are made of");
  if (!subject.analysis.coverage.complete())
    page.paragraph("not every operator is known: the totals are lower bounds", 2, 0, Ink::warning);
  for (const ExplainedTotal& total : explain_totals(subject)) {
    page.line();
    page.line("  " + std::string(total.name), Ink::title);
    page.paragraph("= " + total.formula, 4, 2);
    const std::string amount = grouped(total.value);
    if (total.substitution != amount) page.paragraph("= " + total.substitution, 4, 2);
    page.line("    = " + amount + " " + std::string(total.unit));
  }
  page.heading("Layers", "reckon explain MODEL LAYER shows one");
  Sheet layers = layers_sheet(subject, Rows::visible);
  layers.footer.clear();
  page.append(to_text(layers, {.colour = style.colour, .width = style.width}));
  return page.finish();
}

Sheet explain_totals_sheet(const Subject& subject) {
  const ExplainAnswer answer{{}, explain_totals(subject)};
  const FieldColumn columns[] = {{.path = "name", .key = "figure"},
                                 {.path = "value"},
                                 {.path = "unit"},
                                 {.path = "formula", .is_code = true},
                                 {.path = "substitution", .is_code = true}};
  return sheet_of_items(explain_field, &answer, "explain", columns);
}

}  // namespace reckon
