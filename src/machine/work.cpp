#include "machine/work.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "analysis/node_cost.h"
#include "base/sort_stably.h"
#include "machine/layer_tiles.h"
#include "ops/context.h"
#include "ops/dropout.h"
#include "ops/op.h"

namespace reckon {
namespace {

double number(Checked n) {
  return static_cast<double>(n.value_or(0));
}

// Computes each element of its result from the elements at the same place.
bool is_element_wise(const Layer& layer, bool training) {
  const Node& node = layer.op_node();
  if (node.op == nullptr || layer.macs.count.value_or(1) != 0) return false;
  constexpr std::string_view binary[] = {"Add", "Sub", "Mul", "Div"};
  if (std::find(std::begin(binary), std::end(binary), node.op_type) != std::end(binary))
    return true;
  if (node.op_type == "BatchNormalization") return !training;
  return has(node.op->traits, Trait::in_place);
}

// Bytes of the parameters among a layer's operands. In a body of control flow: of those that it has
// first.
double weight_bytes(const Layer& layer, const Analysis& analysis) {
  if (layer.shapes != analysis.shapes.get()) return number(layer.param_bytes.count);
  const OpContext ctx = context_of(layer);
  double bytes = 0;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    if (!ctx.has_input(i)) continue;
    const auto id = static_cast<std::size_t>(ctx.input_id(i));
    if (analysis.roles.of[id] != Role::parameter && analysis.roles.of[id] != Role::prepared)
      continue;
    if (const auto read = input_read_bytes(ctx, analysis.roles, i)) bytes += number(read->count);
  }
  return bytes;
}

// What an operator computes in: integers where it multiplies quantised numbers or makes some of
// them, else the type of its result.
NumberFormat format_of(const Layer& layer, const WorkOptions& options) {
  const OpContext ctx = context_of(layer);
  const DType out = ctx.has_output(0) ? ctx.out(0).dtype : DType::unknown;
  const bool narrow = is_integer(out) && out != DType::boolean && bits(out) <= 16;
  if (number(layer.int_ops.count) > number(layer.flops.count) &&
      (number(layer.macs.count) > 0 || narrow))
    return NumberFormat::int8;
  if (options.floats_in) return *options.floats_in;
  switch (is_float(out) ? out : ctx.in(0).dtype) {
    case DType::float16:
      return NumberFormat::fp16;
    case DType::bfloat16:
      return NumberFormat::bf16;
    case DType::float64:
      return NumberFormat::fp64;
    case DType::float8_e4m3fn:
    case DType::float8_e4m3fnuz:
    case DType::float8_e5m2:
    case DType::float8_e5m2fnuz:
      return NumberFormat::fp8;
    case DType::float4_e2m1:
      return NumberFormat::fp4;
    default:
      return NumberFormat::fp32;
  }
}

// The body of a loop does everything anew in each iteration: its weights are read again, too.
void repeat(std::int64_t times, Work& work) {
  const auto n = static_cast<double>(times);
  for (double* const of_one :
       {&work.product_ops, &work.other_ops, &work.bytes, &work.weight_bytes, &work.written_bytes})
    *of_one *= n;
  work.kernels = times;
}

Work forward_work(const Layer& layer, const Analysis& analysis) {
  Work w;
  const double macs = number(layer.macs.count);
  w.product_ops = 2 * macs;
  w.other_ops = std::max(0.0, number(layer.flops.count) + number(layer.int_ops.count) - 2 * macs);
  w.bytes = number(layer.read_bytes.count) + number(layer.write_bytes.count);
  w.weight_bytes = std::min(w.bytes, weight_bytes(layer, analysis));
  w.written_bytes = std::min(w.bytes - w.weight_bytes, number(layer.write_bytes.count));
  repeat(std::max<std::int64_t>(1, layer.times), w);
  set_tiles(layer, w);
  const double results = w.rows * w.columns * w.products;
  if (results > 0) w.sum = w.product_ops / 2 / results / w.times();
  return w;
}

// Whether a layer is a dropout that draws a mask and keeps it, as in training; everywhere else it
// is nothing.
bool drops_out(const Layer& layer, bool training) {
  if (!training || layer.op_node().op_type != "Dropout") return false;
  const OpContext ctx = context_of(layer);
  return dropout_ratio(ctx) > 0 && ctx.has_output(0);
}

// Reads x, writes mask and result; the mask is scaled and multiplied in.
Work dropout_work(const Layer& layer) {
  const OpContext ctx = context_of(layer);
  Work w;
  const auto n_bytes = tensor_bytes(ctx.out(0));
  const double y_bytes = n_bytes ? number(n_bytes->count) : 0;
  w.other_ops = 2 * static_cast<double>(ctx.out(0).shape.elements().value_or(0));
  w.bytes = 3 * y_bytes;
  w.written_bytes = 2 * y_bytes;
  repeat(std::max<std::int64_t>(1, layer.times), w);
  return w;
}

// A parameter is read, a copy is written.
Work cast_work(const Layer& layer) {
  const OpContext ctx = context_of(layer);
  const auto bytes = [](const Tensor& tensor) {
    return number(tensor_bytes(tensor).value_or(Bytes()).count);
  };
  Work w;
  w.weight_bytes = bytes(ctx.in(0));
  w.written_bytes = bytes(ctx.out(0));
  w.bytes = w.weight_bytes + w.written_bytes;
  return w;
}

class Walk {
 public:
  Walk(const Graph& graph, const Analysis& analysis, const WorkOptions& options, NetworkWork& out)
      : graph_(graph),
        analysis_(analysis),
        options_(options),
        out_(out),
        readers_(count_readers(graph)),
        maker_(graph.values.size(), npos) {}

  void add(const Layer& layer, const BackwardLayer* backward) {
    const bool drops = drops_out(layer, options_.training), casts = casts_parameter(layer);
    if (!drops && !casts && !does_something(layer)) return;
    Work work = drops   ? dropout_work(layer)
                : casts ? cast_work(layer)
                        : forward_work(layer, analysis_);
    work.format = format_of(layer, options_);
    const bool fused = options_.fused && !options_.training && !by_libtorch() && fuse(layer, work);
    LayerWork& row = out_.layers.emplace_back();
    row.layer = &layer;
    row.fused = fused;
    if (!fused) row.forward = work;
    if (eager() && !fused) add_eager_forward(layer, way(), row.forward);
    if (by_libtorch()) {
      add_libtorch_forward(layer, options_.training, row.forward);
      if (layer.graph == &graph_ && !options_.new_page_bytes.empty())
        row.forward.library().page_fault_bytes =
            options_.new_page_bytes[static_cast<std::size_t>(layer.node)];
      if (layer.op_node().op != nullptr && !has(layer.op_node().op->traits, Trait::in_place))
        row.forward.library().before_bytes = before_bytes_;
      before_bytes_ = row.forward.bytes;
    }
    if (backward != nullptr) {
      go_backward(layer, *backward, work, row);
      if (eager()) add_sums(layer, row);
    }
    if (layer.graph != &graph_) return;
    for (const ValueId made : graph_.outputs_of(layer.op_node()))
      if (made != none)
        maker_[static_cast<std::size_t>(made)] = fused ? host_ : out_.layers.size() - 1;
  }

 private:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  bool by_libtorch() const { return options_.library == Library::libtorch; }
  bool eager() const { return options_.library == Library::eager; }
  EagerWay way() const { return {options_.training, options_.math_attention, options_.fused}; }

  // What a runtime would prepare once, autocast does in each pass.
  bool casts_parameter(const Layer& layer) const {
    if (!options_.autocast || layer.graph != &graph_ || layer.op_node().op_type != "Cast")
      return false;
    const OpContext ctx = context_of(layer);
    return ctx.has_input(0) &&
           analysis_.roles.of[static_cast<std::size_t>(ctx.input_id(0))] == Role::parameter;
  }

  static bool does_something(const Layer& layer) {
    if (layer.times == 0 || !layer.visible) return false;
    if (layer.op_node().op != nullptr && has(layer.op_node().op->traits, Trait::control))
      return false;
    return number(layer.macs.count) + number(layer.flops.count) + number(layer.int_ops.count) > 0 ||
           (number(layer.write_bytes.count) > 0 && !layer.in_place);
  }

  // The operations of `layer` go to the kernel that makes its input, with what it reads besides.
  bool fuse(const Layer& layer, const Work& work) {
    if (layer.graph != &graph_ || !is_element_wise(layer, options_.training)) return false;
    const double written = number(layer.write_bytes.count);
    // The later one of two branches hosts their sum.
    std::size_t host = npos;
    for (const ValueId in : graph_.inputs_of(layer.op_node())) {
      if (in == none || readers_[static_cast<std::size_t>(in)] != 1) continue;
      const std::size_t maker = maker_[static_cast<std::size_t>(in)];
      if (maker == npos || (eager() && out_.layers[maker].forward.product_ops > 0) ||
          number(tensor_bytes(analysis_.tensor(in)).value_or(Bytes()).count) < written)
        continue;
      host = host == npos ? maker : std::max(host, maker);
    }
    if (host == npos) return false;
    Work& into = out_.layers[host].forward;
    into.other_ops += work.other_ops;
    // Neither written by the host nor read here; the result is written instead.
    into.bytes += std::max(0.0, work.bytes - 2 * written);
    into.weight_bytes = std::min(into.bytes, into.weight_bytes + work.weight_bytes);
    host_ = host;
    return true;
  }

  void go_backward(const Layer& layer, const BackwardLayer& b, const Work& forward,
                   LayerWork& row) const {
    const double products =
        number(b.weight_gradient_macs.count) + number(b.input_gradient_macs.count);
    Work moved;
    moved.format = forward.format;
    moved.bytes = forward.bytes;
    moved.weight_bytes = forward.weight_bytes;
    // The input's gradient: as many bytes as the forward pass read, weights left out.
    moved.written_bytes =
        std::max(0.0, forward.bytes - forward.weight_bytes - forward.written_bytes);
    moved.kernels = forward.kernels;
    if (products > 0) {
      // `written`: beside what counts as weights. `made`: the gradient's own bytes.
      const auto gradient = [&](const Macs& macs, double written, double made) -> Boxed<Work> {
        if (number(macs.count) == 0) return {};
        Work w = moved;
        w.product_ops = 2 * number(macs.count);
        w.written_bytes = written;
        const bool of_weights = &macs == &b.weight_gradient_macs;
        set_gradient_tiles(layer, forward, of_weights, w);
        if (by_libtorch()) add_libtorch_gradient(layer, forward, made, w);
        if (eager()) add_eager_gradient(layer, way(), forward, of_weights, w);
        return w;
      };
      const double of_input = moved.written_bytes;
      row.input_gradient = gradient(b.input_gradient_macs, of_input, of_input);
      row.weight_gradient = gradient(b.weight_gradient_macs, 0, forward.weight_bytes);
    } else if (b.needs_input_gradient || b.needs_weight_gradient) {
      row.input_gradient = moved;
      row.input_gradient->other_ops = number(b.other_flops.count);
      if (eager()) set_eager_backward(layer, way(), forward, *row.input_gradient);
      if (by_libtorch())
        set_libtorch_backward(layer, forward.bytes - forward.written_bytes, forward.written_bytes,
                              *row.input_gradient);
      // An embedding's gradient is dense: zero but for the rows that were read.
      if (b.needs_weight_gradient && layer.op_node().op_type == "Gather")
        add_table_gradient(layer, *row.input_gradient);
    }
    const double params = number(layer.trainable_params.count);
    if (params > 0 && b.needs_weight_gradient) {
      Work w;
      w.other_ops = params * options_.update_ops_per_param;
      const double of_one = number(layer.param_bytes.count) / number(layer.params.count);
      w.bytes = w.weight_bytes =
          params * (of_one * options_.update_elements_per_param + options_.update_bytes_per_param);
      w.format = forward.format;
      w.kernels = 0;  // one loop over all parameters; its start is that of one kernel
      if (by_libtorch()) w.library().call_s = LibTorchCosts::update_call_s;
      row.update = w;
    }
  }

  // The gradients of what several operators read are added up.
  void add_sums(const Layer& layer, LayerWork& row) const {
    Boxed<Work>& into = row.input_gradient ? row.input_gradient : row.weight_gradient;
    if (layer.graph != &graph_ || !into) return;
    for (const ValueId made : graph_.outputs_of(layer.op_node()))
      if (made != none)
        add_eager_sums(number(tensor_bytes(analysis_.tensor(made)).value_or(Bytes()).count),
                       readers_[static_cast<std::size_t>(made)], *into);
  }

  void add_table_gradient(const Layer& layer, Work& work) const {
    const OpContext ctx = context_of(layer);
    const auto table = tensor_bytes(ctx.in(0));
    const double n_bytes = table ? number(table->count) : 0;
    work.bytes += n_bytes;
    work.weight_bytes += n_bytes;
    if (by_libtorch() && n_bytes > LibTorchCosts::largest_kept_block_bytes)
      work.library().page_fault_bytes += n_bytes;
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const WorkOptions& options_;
  NetworkWork& out_;
  double before_bytes_ = 0;  // that the kernel before moved, by a library
  std::vector<std::int32_t> readers_;
  std::vector<std::size_t> maker_;  // by ValueId: the kernel, as an index into out_.layers
  std::size_t host_ = npos;         // of the layer fused last
};

// Cross-entropy over the last axis of the first output. Language models compute it in FP32
// (transformers, logits.float()), as autocast does.
std::optional<LossWork> loss_of(const Graph& graph, const Analysis& analysis,
                                const WorkOptions& options) {
  if (graph.outputs.empty()) return std::nullopt;
  const Tensor& y = analysis.tensor(graph.outputs[0]);
  if (!is_float(y.dtype) || !y.shape.is_static() || y.shape.rank() < 1) return std::nullopt;
  const double n_bytes = number(tensor_bytes(y).value_or(Bytes()).count);
  constexpr int of_tokens = 3;
  const bool widened = bits(y.dtype) == 16 && (options.autocast || y.shape.rank() == of_tokens);
  LossWork loss = eager_loss(widened ? 2 * n_bytes : n_bytes,
                             static_cast<double>(y.shape[y.shape.rank() - 1]), widened);
  loss.forward.format = loss.backward.format = widened ? NumberFormat::fp32 : options.floats_in;
  return loss;
}

}  // namespace

std::vector<FormatShare> format_shares(const NetworkWork& work) {
  std::array<double, n_number_formats> ops = {};
  double all = 0;
  for (const LayerWork& layer : work.layers) {
    if (!layer.forward.format) continue;
    ops[static_cast<std::size_t>(*layer.forward.format)] += layer.forward.product_ops;
    all += layer.forward.product_ops;
  }
  std::vector<FormatShare> shares;
  for (std::size_t i = 0; i < ops.size(); ++i)
    if (ops[i] > 0) shares.push_back({static_cast<NumberFormat>(i), ops[i] / all});
  sort_stably(shares, [](const FormatShare& a, const FormatShare& b) { return a.share > b.share; });
  return shares;
}

NumberFormat main_format(const NetworkWork& work) {
  const auto shares = format_shares(work);
  return shares.empty() ? NumberFormat::fp32 : shares[0].format;
}

Result<NetworkWork> network_work(const Graph& graph, const Analysis& analysis,
                                 const WorkOptions& options) {
  NetworkWork out;
  out.lower_bound = !analysis.coverage.complete();
  Walk walk(graph, analysis, options, out);
  std::optional<BackwardCost> backward;
  if (options.training) {
    RECKON_ASSIGN(backward, backward_cost(graph, analysis, {options.frozen}));
    out.assumptions = backward->assumptions;
  }
  for (std::size_t i = 0; i < analysis.layers.size(); ++i)
    walk.add(analysis.layers[i], backward ? &backward->layers[i] : nullptr);
  if (options.training && options.library == Library::eager)
    out.loss = loss_of(graph, analysis, options);
  return out;
}

}  // namespace reckon
