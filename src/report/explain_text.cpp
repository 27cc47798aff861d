// Each figure as formula, substitution and value.
#include <algorithm>

#include "base/formula.h"
#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/layers_answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/pages.h"

namespace reckon {
namespace {

// "= " before the first line; further terms below each other with "+ ".
void terms(Page& page, const Figure& figure, std::string (*write)(const Term&), bool labels) {
  std::string_view sign = "= ";
  int label_at = 0;
  if (labels)
    for (const Term& term : figure.terms()) label_at = std::max(label_at, cells_of(write(term)));
  for (const Term& term : figure.terms()) {
    std::string text = write(term);
    if (labels && !term.label.empty() && figure.terms().size() > 1) {
      const std::string label = "(" + printable(term.label) + ")";
      const int room = page.width() - 4 - 2 - cells_of(label);
      text = pad_right(text, std::min(label_at, room - 2)) + "  " + label;
      // Aligned text would lose its spaces to wrapping.
      if (cells_of(text) + 6 <= page.width()) {
        page.line("    " + std::string(sign) + text);
        sign = "+ ";
        continue;
      }
      text = write(term) + "  " + label;
    }
    page.paragraph(std::string(sign) + text, 4, 2);
    sign = "+ ";
  }
}

void explain(Page& page, const ExplainedFigure& figure) {
  page.line();
  const Checked value = figure.figure.value();
  const bool known = figure.figure.known() && value.ok();
  const std::string amount = known ? grouped(value.value()) : std::string("unknown");
  std::string head = std::string(figure.name);
  if (figure.standing != Standing::exact) head.append("  ").append(to_string(figure.standing));
  page.line("  " + head, Ink::title);
  const bool trivial = figure.figure.empty();
  if (!trivial) {
    terms(page, figure.figure, formula_of, true);
    const bool literal = formula_of(figure.figure) == substitution_of(figure.figure);
    if (!literal) page.paragraph("= " + substitution_of(figure.figure), 4, 2);
  }
  const bool repeats = !trivial && known && substitution_of(figure.figure) == amount;
  if (repeats)
    page.line("    unit " + std::string(figure.unit));
  else
    page.line("    = " + amount + (known ? " " + std::string(figure.unit) : std::string()));
  if (!figure.note.empty()) page.paragraph(printable(figure.note, 400), 4, 0, Ink::faint);
}

// "x 1×3×224×224, w 96×3×11×11": the operands by the names that the factors' dimensions belong to.
std::string operand_list(const Layer& layer, bool outputs) {
  const Node& node = layer.op_node();
  const auto ids = outputs ? layer.graph->outputs_of(node) : layer.graph->inputs_of(node);
  constexpr std::size_t most_operands = 6;
  std::string out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == none) continue;
    if (i >= most_operands) {
      out += ", … and " + grouped(static_cast<std::int64_t>(ids.size() - i)) + " more";
      break;
    }
    const Shape& shape = layer.shapes->tensors[static_cast<std::size_t>(ids[i])].shape;
    const std::string_view name =
        operand_names(node, static_cast<int>(i), outputs, shape.rank()).operand;
    out.append(out.empty() ? "" : ", ").append(name).append(name.empty() ? "" : " ");
    out += to_string(shape);
  }
  return out.empty() ? "nothing" : out;
}

// "62 to 72 of 0 to 223: 11 elements"
std::string seen_words(const SeenBy& by) {
  if (!by.seen) return "padding alone";
  const Dim n = by.seen->high - by.seen->low + 1;
  std::string out = grouped(by.seen->low) + " to " + grouped(by.seen->high) + " of " +
                    grouped(by.input) + ": " + counted(n, "element");
  if (!by.without_borders) return out;
  const Dim all = by.without_borders->high - by.without_borders->low + 1;
  if (all != n) out += ", of " + grouped(all) + " without borders";
  return out;
}

std::string page_of_layer(const Subject& subject, const Layer& layer, const SeenAnswer* seen,
                          const Style& style) {
  Page page(style);
  const Node& node = layer.op_node();
  page.title(name_of(layer), "layer of " + printable(subject.model.name));
  page.words("operator", printable(node.op_type) +
                             (node.module.empty() ? "" : ", in " + printable(node.module)));
  page.words("reads", operand_list(layer, false));
  page.words("writes", operand_list(layer, true));
  if (layer.times != 1)
    page.words("runs", counted(layer.times, "time") + "; the figures below are for one");
  if (seen != nullptr) {
    std::string place;
    for (const SeenBy& by : seen->along)
      if (by.axis >= 0) place.append(place.empty() ? "" : ", ").append(grouped(by.element));
    page.words("element", place.empty() ? "each" : place);
    for (const SeenBy& by : seen->along)
      page.words(&by == &seen->along[0] ? "sees" : "", seen_words(by));
  }
  for (const ExplainedFigure& figure : explain_layer(subject.analysis, layer))
    explain(page, figure);
  return page.finish();
}

}  // namespace

std::string explain_text(const Subject& subject, const Layer& layer, const Style& style) {
  return page_of_layer(subject, layer, nullptr, style);
}
std::string element_text(const Subject& subject, const Layer& layer, const SeenAnswer& seen,
                         const Style& style) {
  return page_of_layer(subject, layer, &seen, style);
}

Sheet element_sheet(const SeenAnswer& seen) {
  const FieldColumn columns[] = {{.path = "axis"},
                                 {.path = "size"},
                                 {.path = "element"},
                                 {.path = "input_size"},
                                 {.path = "first"},
                                 {.path = "last"},
                                 {.path = "first_without_borders"},
                                 {.path = "last_without_borders"}};
  return sheet_of_items(seen_field, &seen, "seen", columns);
}

Sheet explain_sheet(const Subject& subject, const Layer& layer) {
  const ExplainAnswer answer{explain_layer(subject.analysis, layer), {}};
  const FieldColumn columns[] = {{.path = "name", .key = "figure"},
                                 {.path = "value", .otherwise = {.kind = Cell::Kind::unknown}},
                                 {.path = "unit"},
                                 {.path = "standing"},
                                 {.path = "formula", .is_code = true},
                                 {.path = "substitution", .is_code = true},
                                 {.path = "note"}};
  return sheet_of_items(explain_field, &answer, "explain", columns);
}

}  // namespace reckon
