// The report: one screen that answers, in this order: what is it, how big, how much work, what
// dominates, what is missing or assumed.
#include <algorithm>
#include <cmath>

#include "analysis/modules.h"
#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/spelling.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/pages.h"

namespace reckon {
namespace {

constexpr std::size_t most_ports = 3;    // inputs, or outputs, that are listed
constexpr std::size_t most_groups = 10;  // rows of "what dominates"
constexpr std::size_t most_notes = 5;    // assumptions, unknown operators

// "image 1×3×224×224 float32, N = 1"
std::string port_text(const Port& port, std::string_view label) {
  std::string out = port.name.empty() || port.name == label ? "" : port.name + " ";
  out += to_string(port.tensor.shape);
  if (port.tensor.dtype != DType::unknown) out.append(" ").append(to_string(port.tensor.dtype));
  for (std::size_t i = 0; i < port.declared.size(); ++i) {
    const std::string& d = port.declared[i];
    if (static_cast<int>(i) >= port.tensor.shape.rank()) break;
    const Dim bound = port.tensor.shape[static_cast<int>(i)];
    if (d != "?" && bound >= 0 && d != std::to_string(bound))
      out.append(", ").append(d).append(" = ").append(std::to_string(bound));
  }
  return out;
}

void list_ports(Page& page, std::string_view label, const std::vector<Port>& ports) {
  for (std::size_t i = 0; i < std::min(ports.size(), most_ports); ++i)
    page.words(i == 0 ? label : "", port_text(ports[i], label));
  if (ports.size() > most_ports)
    page.words("",
               "… and " + grouped(static_cast<std::int64_t>(ports.size() - most_ports)) + " more");
}

void what_is_it(Page& page, const Subject& subject) {
  const Model& model = subject.model;
  const std::string source = model.source == "built-in"
                                 ? "built-in network"
                                 : printable(model.format) + ", " + printable(model.source);
  page.title(printable(model.name), source);
  list_ports(page, "input", inputs_of(subject.analysis));
  list_ports(page, "output", outputs_of(subject.analysis));
  if (model.parameters.empty()) return;
  std::string text;
  for (const Parameter& p : model.parameters)
    text.append(text.empty() ? "" : ", ")
        .append(printable(p.name) + " = " + std::to_string(p.value));
  page.words("settings", text + " (--set)");
}

void how_big(Page& page, const Subject& subject) {
  const Totals& t = subject.analysis.totals;
  page.heading("How big");
  std::string note = engineering(static_cast<double>(t.params));
  if (t.trainable_params != t.params)
    note += ", " + grouped(t.trainable_params) + " of them trainable";
  page.row("parameters", grouped(t.params), note);
  if (t.buffers > 0)
    page.row("buffers", grouped(t.buffers),
             bytes_decimal(t.buffer_bytes) + ", kept but not learned");
  if (t.quantisation > 0)
    page.row("quantisation data", grouped(t.quantisation),
             bytes_decimal(t.quantisation_bytes) + ", scales and zero points");
  if (t.constant_bytes > 0)
    page.row("folded constants", bytes_decimal(t.constant_bytes),
             "computed when the network is loaded, and kept");
  const Checked fp32 = Checked(t.params) * 4;
  if (fp32.ok() && t.params > 0) {
    page.row("weights in FP32", bytes_decimal(fp32.value()),
             bytes_binary(fp32.value()) + "; FP16 " + bytes_decimal(t.params * 2) + ", INT8 " +
                 bytes_decimal(t.params));
    if (fp32.value() != t.param_bytes)
      page.row("weights as stored", bytes_decimal(t.param_bytes), bytes_binary(t.param_bytes));
  }
}

std::string mac_kinds(const Totals& t) {
  const std::pair<std::string_view, std::int64_t> kinds[] = {{"conv", t.conv_macs},
                                                             {"linear", t.linear_macs},
                                                             {"matmul", t.matmul_macs},
                                                             {"recurrent", t.recurrent_macs}};
  std::string out;
  for (const auto& [name, macs] : kinds)
    if (macs > 0)
      out.append(out.empty() ? "" : ", ").append(name).append(" ").append(percent(macs, t.macs, 1));
  return out;
}

void how_much_work(Page& page, const Subject& subject) {
  const Analysis& analysis = subject.analysis;
  const Totals& t = analysis.totals;
  const bool complete = analysis.coverage.complete();
  page.heading("How much work, one forward pass at batch " + grouped(analysis.bound.batch) +
               (complete ? "" : ": at least"));
  const auto count = [&](std::int64_t n) { return (complete ? "" : "≥ ") + grouped(n); };
  const auto bytes = [&](std::int64_t n) { return (complete ? "" : "≥ ") + bytes_decimal(n); };
  const auto big = [](std::int64_t n, std::string_view unit) {
    return engineering(static_cast<double>(n), unit);
  };
  const std::string kinds = mac_kinds(t);
  page.row("multiply-accumulates", count(t.macs),
           big(t.macs, "MAC") + (kinds.empty() ? "" : ": " + kinds));
  page.row("floating-point work", count(t.flops), big(t.flops, "FLOP"));
  if (t.int_ops > 0) page.row("integer work", count(t.int_ops), big(t.int_ops, "OP"));
  const Checked moved = Checked(t.read_bytes) + t.write_bytes;
  page.row("bytes moved", moved.ok() ? bytes(moved.value()) : "beyond 64 bits",
           bytes_decimal(t.read_bytes) + " read, " + bytes_decimal(t.write_bytes) + " written");
  page.row("arithmetic intensity", fixed(t.arithmetic_intensity, 2), "FLOP per byte moved");
  page.row("activations", count(t.activations), "elements, " + bytes_decimal(t.activation_bytes));
  std::string where;
  if (t.peak_activations > 0 && t.peak_layer < analysis.layers.size())
    where = " at " + cut_start(name_of(analysis.layers[t.peak_layer]), 19);
  page.row("peak activations", count(t.peak_activations),
           "elements, " + bytes_decimal(t.peak_activation_bytes) + where);
}

// The groups that cost something, as fine as fits; the others are summed up in `rest`.
std::vector<LayerGroup> dominant_groups(const Subject& subject, LayerGroup& rest) {
  const Totals& t = subject.analysis.totals;
  constexpr std::int64_t little = 1000;  // less than a thousandth of the total
  std::vector<LayerGroup> groups;
  // With very many layers every cut takes time, and the finest ones never fit.
  constexpr std::size_t very_many = 20'000;
  const bool once = subject.analysis.layers.size() > very_many;
  for (const std::size_t finest : {40U, 24U, 16U, 12U, 10U}) {
    if (once && finest > most_groups) continue;
    groups = layer_groups(subject.analysis, finest);
    rest = {"the rest"};
    std::erase_if(groups, [&](const LayerGroup& group) {
      const bool small = group.macs <= t.macs / little && group.params <= t.params / little &&
                         (t.macs > 0 || group.flops <= t.flops / little);
      if (small) {
        rest.layers += group.layers;
        rest.params += group.params;
        rest.macs += group.macs;
        rest.flops += group.flops;
      }
      return small;
    });
    if (groups.size() <= most_groups) break;
  }
  return groups;
}

void what_dominates(Page& page, const Subject& subject) {
  const Totals& t = subject.analysis.totals;
  LayerGroup rest;
  std::vector<LayerGroup> groups = dominant_groups(subject, rest);
  if (rest.layers > 0) {
    rest.name = "the rest (" + counted(rest.layers, "layer") + ")";
    groups.push_back(rest);
  }
  if (groups.empty()) return;
  // The bars show MACs; of a network without any, FLOPs; without those, parameters.
  const bool by_macs = t.macs > 0;
  const std::string_view unit = by_macs ? "MACs" : "FLOPs";
  const auto work = [&](const LayerGroup& group) { return by_macs ? group.macs : group.flops; };
  const std::int64_t total = by_macs ? t.macs : t.flops;
  constexpr int share_cells = 11, count_cells = 9;
  int name_cells = 8;
  for (const LayerGroup& group : groups)
    name_cells = std::max(name_cells, cells_of(printable(group.name)));
  name_cells = std::min({name_cells, 28, page.width() / 3});
  const int bar_cells =
      std::clamp(page.width() - 2 - name_cells - 2 - 2 * share_cells - count_cells, 0, 40);
  const int right = 4 + name_cells + bar_cells;
  constexpr std::string_view heading = "What dominates";
  page.heading(pad_right(heading, right) + pad_left("of " + std::string(unit), share_cells) +
               pad_left(unit, count_cells) + pad_left("of params", share_cells));
  for (const LayerGroup& group : groups) {
    const double share = total > 0 ? static_cast<double>(work(group)) / static_cast<double>(total)
                         : t.params > 0
                             ? static_cast<double>(group.params) / static_cast<double>(t.params)
                             : 0;
    std::string line = "  ";
    line += pad_right(cut_start(printable(group.name), name_cells), name_cells) + "  ";
    line += inked(page.style(), Ink::bar, pad_right(bar(share, bar_cells), bar_cells));
    line += pad_left(percent(work(group), total), share_cells);
    line += pad_left(engineering(static_cast<double>(work(group))), count_cells);
    line += pad_left(percent(group.params, t.params), share_cells);
    page.append(line + "\n");
  }
}

void what_is_missing(Page& page, const Subject& subject) {
  const CoverageSummary& c = subject.analysis.coverage;
  page.heading("What is missing or assumed");
  const std::string known = counted(c.nodes, "node") + ": " + grouped(c.counted) + " counted, " +
                            grouped(c.free) + " free by definition";
  if (c.complete()) {
    page.paragraph("nothing is missing in " + known);
  } else {
    page.paragraph(known + ", " + grouped(c.unknown) + " unknown: every total is a lower bound", 2,
                   2, Ink::warning);
    for (std::size_t i = 0; i < std::min(c.unknown_ops.size(), most_notes); ++i)
      page.paragraph("unknown: " + c.unknown_ops[i], 4, 2, Ink::warning);
    if (c.unknown_ops.size() > most_notes)
      page.paragraph("… and " +
                         grouped(static_cast<std::int64_t>(c.unknown_ops.size() - most_notes)) +
                         " more (--format json names all)",
                     4);
  }
  std::vector<std::string_view> notes(subject.model.notes.begin(), subject.model.notes.end());
  notes.insert(notes.end(), subject.analysis.assumptions.begin(),
               subject.analysis.assumptions.end());
  for (std::size_t i = 0; i < std::min(notes.size(), most_notes); ++i)
    page.paragraph("assumed: " + printable(spelled_as_option(notes[i]), 400), 2, 2);
  if (notes.size() > most_notes)
    page.paragraph("… and " + grouped(static_cast<std::int64_t>(notes.size() - most_notes)) +
                   " more (--format json lists all)");
}

}  // namespace

std::string report_text(const Subject& subject, const Style& style) {
  Page page(style);
  what_is_it(page, subject);
  how_big(page, subject);
  how_much_work(page, subject);
  what_dominates(page, subject);
  what_is_missing(page, subject);
  return page.finish();
}

Sheet report_sheet(const Subject& subject) {
  constexpr FigureRow figures[] = {{"model.batch"},
                                   {.path = "totals", .digits = 3},
                                   {"coverage.nodes"},
                                   {"coverage.counted", "nodes_counted"},
                                   {"coverage.free", "nodes_free"},
                                   {"coverage.unknown", "nodes_unknown"}};
  return sheet_of_figures(subject_fields, &subject, figures);
}

}  // namespace reckon
