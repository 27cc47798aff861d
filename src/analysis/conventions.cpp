// Sources: torchsummary 1.5.1 (torchsummary.py), torchinfo 1.8 (layer_info.py,
// model_statistics.py), fvcore 0.1.5 (nn/flop_count.py, nn/jit_handles.py).
#include "analysis/conventions.h"

#include <algorithm>
#include <array>

#include "analysis/node_cost.h"
#include "analysis/recover.h"
#include "analysis/torch_modules.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 4> names = {"pure", "torchsummary", "torchinfo", "fvcore"};

std::string torch_class(const Layer& layer) {
  const Node& node = layer.op_node();
  // A product with a stored matrix, or a lookup in one, is a layer of its own in PyTorch.
  if (layer.mac_kind == MacKind::linear) return "Linear";
  const OpContext ctx = context_of(layer);
  if (node.op_type == "Gather")
    return layer.params.count.value_or(0) > 0 ? "Embedding" : std::string();
  // torch.flatten() at the top of a model is a function call, nn.Flatten a module.
  if (node.op_type == "Flatten" && node.line == 0 && node.module.empty()) return {};
  const TorchModule* const module = node.op == nullptr ? nullptr : torch_module(*node.op);
  if (module == nullptr) return {};
  std::string name(module->name);
  const int rank = ctx.in(0).shape.rank() - 2;
  if (module->spatial) name += std::to_string(rank < 1 ? 1 : rank) + "d";
  return name;
}

std::int64_t elements(const Tensor& tensor) {
  return tensor.shape.is_static() ? tensor.shape.elements().value_or(0) : 0;
}

// torchinfo: every parameter, the bias too, once per output position of a convolution and once per
// sample of anything else (so a linear layer over a sequence is counted for one position only).
std::int64_t torchinfo_macs(const Layer& layer, std::int64_t params) {
  const OpContext ctx = context_of(layer);
  const Shape& y = ctx.out(0).shape;
  if (params == 0 || !y.is_static() || y.rank() == 0) return 0;
  Checked times = y[0];
  if (layer.mac_kind == MacKind::conv)
    for (int i = 2; i < y.rank(); ++i) times *= y[i];
  if (layer.mac_kind == MacKind::recurrent && y.rank() > 1) times *= y[1];
  return (times * Checked(params)).value_or(0);
}

// fvcore: one "flop" is one MAC; norms and some resampling are counted per element, the rest is
// ignored.
std::int64_t fvcore_flops(const Layer& layer) {
  const OpContext ctx = context_of(layer);
  const std::int64_t in = elements(ctx.in(0)), out = elements(ctx.out(0));
  const auto times = [](std::int64_t a, std::int64_t b) {
    return (Checked(a) * Checked(b)).value_or(0);
  };
  if (layer.mac_kind == MacKind::recurrent) return 0;  // needs a handler of the caller's own
  if (layer.mac_kind != MacKind::nothing) return layer.macs.count.value_or(0);
  switch (ctx.node().op == nullptr ? FvcoreHandler::nothing : fvcore_handler(*ctx.node().op)) {
    case FvcoreHandler::nothing:
      return 0;
    case FvcoreHandler::batch_norm:
      return times(in, 2);  // in evaluation mode, where it is used
    case FvcoreHandler::norm:
      return times(in, ctx.has_input(1) ? 5 : 4);
    case FvcoreHandler::adaptive_pool:
      // PyTorch exports adaptive_avg_pool2d as an AveragePool, too; avg_pool2d always writes its
      // pads.
      return ctx.has_attr("pads") ? 0 : in;
    case FvcoreHandler::upsample:
      return times(out, ctx.string_attr("mode", "nearest") == "nearest" ? 1 : 4);
    case FvcoreHandler::grid_sample:
      return times(out, 4);
  }
  return 0;
}

void add_total(ConventionReport& report, std::string name, std::string label, Checked value,
               std::int64_t unit) {
  report.totals.push_back({std::move(name), std::move(label), value.value_or(INT64_MAX), unit});
}

void summary_totals(const Analysis& analysis, ConventionReport& report, Checked outputs,
                    std::int64_t unit, bool mult_adds) {
  const Totals& t = analysis.totals;
  Checked input = 0;
  for (const ValueId id : analysis.shapes->graph->inputs)
    input += tensor_bytes(analysis.tensor(id)).value_or(Bytes()).count;
  const Checked both = outputs * Checked(2);
  add_total(report, "params", "Total params", t.params, 0);
  add_total(report, "trainable_params", "Trainable params", t.trainable_params, 0);
  add_total(report, "non_trainable_params", "Non-trainable params", t.params - t.trainable_params,
            0);
  if (mult_adds) {
    Checked macs = 0;
    for (const ConventionRow& row : report.rows) macs += row.macs;
    add_total(report, "mult_adds", "Total mult-adds", macs, 0);
  }
  add_total(report, "input_bytes", "Input size (MB)", input, unit);
  add_total(report, "forward_backward_bytes", "Forward/backward pass size (MB)", both, unit);
  add_total(report, "params_bytes", "Params size (MB)", t.param_bytes, unit);
  add_total(report, "total_bytes", "Estimated Total Size (MB)",
            input + both + Checked(t.param_bytes), unit);
}

// One row per module, in order. Parameters of function calls (the bias that an exporter split off a
// linear layer) belong to the module before them.
void module_rows(const Analysis& analysis, ConventionReport& report, Checked& output_bytes) {
  const bool info = report.convention == Convention::torchinfo;
  std::int64_t index = 0, waiting = 0;
  for (const Layer& layer : analysis.layers) {
    if (!layer.visible || layer.times == 0) continue;
    const std::int64_t params = layer.params.count.value_or(0);
    const std::string name = torch_class(layer);
    if (name.empty()) {
      (report.rows.empty() ? waiting : report.rows.back().params) += params;
      continue;
    }
    const OpContext ctx = context_of(layer);
    ConventionRow& row = report.rows.emplace_back();
    row.layer = info ? name + ": " + std::to_string(++index) : name + "-" + std::to_string(++index);
    row.output_shape = ctx.out(0).shape;
    row.params = params + waiting;
    waiting = 0;
    // torchinfo leaves out modules without parameters.
    if (info) row.macs = torchinfo_macs(layer, row.params);
    if (!info || row.params > 0) output_bytes += tensor_bytes(ctx.out(0)).value_or(Bytes()).count;
  }
}

}  // namespace

std::string_view to_string(Convention convention) {
  return names[static_cast<std::size_t>(convention)];
}

std::optional<Convention> parse_convention(std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Convention>(at - names.begin());
}

std::span<const std::string_view> convention_names() {
  return names;
}

std::string_view describe(Convention convention) {
  switch (convention) {
    case Convention::pure:
      return "MACs of convolution, linear, matrix product and recurrent cells; new memory only";
    case Convention::torchsummary:
      return "no MACs; every module's output counts, in-place or not, and twice (forward and "
             "backward); MB means MiB; functions and module containers are not seen";
    case Convention::torchinfo:
      return "mult-adds = parameters, biases and norms included, × output positions of a "
             "convolution but once per sample elsewhere; outputs of modules with parameters "
             "count twice; MB is 10^6";
    case Convention::fvcore:
      return "one \"flop\" is one MAC; norms add 2 to 5 and adaptive pooling 1 per element; "
             "recurrent cells and other element-wise work are ignored";
  }
  return {};
}

namespace {

ConventionReport count_layers(const Analysis& analysis, Convention convention) {
  ConventionReport report;
  report.convention = convention;
  report.difference = std::string(describe(convention));
  Checked output_bytes = 0;
  switch (convention) {
    case Convention::torchsummary:
    case Convention::torchinfo:
      module_rows(analysis, report, output_bytes);
      summary_totals(analysis, report, output_bytes,
                     convention == Convention::torchinfo ? 1'000'000 : 1'048'576,
                     convention == Convention::torchinfo);
      break;
    case Convention::pure:
    case Convention::fvcore: {
      Checked total = 0;
      for (const Layer& layer : analysis.layers) {
        if (!layer.visible || layer.times == 0) continue;
        const OpContext ctx = context_of(layer);
        ConventionRow& row = report.rows.emplace_back();
        row.layer = std::string(ctx.node().name);
        row.output_shape = ctx.out(0).shape;
        row.params = layer.params.count.value_or(0);
        const std::int64_t each =
            convention == Convention::fvcore ? fvcore_flops(layer) : layer.macs.count.value_or(0);
        row.macs = (Checked(each) * Checked(layer.times)).value_or(INT64_MAX);
        total += row.macs;
      }
      add_total(report, "params", "Parameters", analysis.totals.params, 0);
      add_total(report, "macs", convention == Convention::fvcore ? "Flops (MACs)" : "MACs", total,
                0);
      add_total(report, "activations", "Activations",
                convention == Convention::fvcore ? analysis.totals.conv_gemm_outputs
                                                 : analysis.totals.activations,
                0);
      break;
    }
  }
  return report;
}

}  // namespace

// Those tools see the layers of a program, not the primitive operators that an exporter wrote.
ConventionReport count_by(const Analysis& analysis, Convention convention) {
  if (convention == Convention::pure) return count_layers(analysis, convention);
  LayersBehind layers(*analysis.shapes->graph);
  if (!layers.found()) return count_layers(analysis, convention);
  const auto again = layers.analyzed({analysis.bound.asked, /*receptive_fields=*/false, {}});
  return count_layers(again ? *again : analysis, convention);
}

}  // namespace reckon
