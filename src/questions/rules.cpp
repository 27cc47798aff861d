#include "questions/rules.h"

#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "machine/energy_price.h"
#include "machine/layer_kind.h"
#include "ops/op.h"

namespace reckon {
namespace {

using Sides = std::optional<RuleSides>;

double real(std::int64_t n) {
  return static_cast<double>(n);
}
double peak(const MemoryAnswer& memory) {
  return real(memory.peak_bytes());
}
std::string times(std::string_view factors, std::string_view of) {
  return std::string(factors) + " × " + std::string(of);
}

// --- memory -------------------------------------------------------------------------------------

Sides two_batches_of_inferences(const RuleFacts& f) {
  if (!f.training || !f.inference_of_one) return {};
  const std::int64_t one = f.inference_of_one->peak_bytes();
  return RuleSides{2 * real(f.batch) * real(one), peak(*f.training),
                   times("2 × " + grouped(f.batch), bytes_decimal(one))};
}

Sides four_inferences(const RuleFacts& f) {
  if (!f.training || !f.inference) return {};
  return RuleSides{4 * peak(*f.inference), peak(*f.training),
                   times("4", bytes_decimal(f.inference->peak_bytes()))};
}

template <int bytes>
Sides bytes_a_parameter(const RuleFacts& f) {
  const std::optional<MemoryAnswer>& training = bytes == 16 ? f.training : f.amp_training;
  if (!training) return {};
  const std::int64_t params = f.inquiry.analysis.totals.params;
  if (params == 0) return {};
  return RuleSides{bytes * real(params), peak(*training),
                   times(std::to_string(bytes) + " B", grouped(params) + " parameters")};
}

Sides activations_double(const RuleFacts& f) {
  if (!f.training || !f.half_training || !f.training->timeline || !f.half_training->timeline)
    return {};
  const std::int64_t half = f.half_training->timeline->saved_bytes;
  return RuleSides{2 * real(half), real(f.training->timeline->saved_bytes),
                   times("2", bytes_decimal(half) + " at batch " + grouped(f.batch / 2))};
}

// --- operations ---------------------------------------------------------------------------------

Sides three_forward_passes(const RuleFacts& f) {
  if (!f.backward || f.backward->forward_macs == 0) return {};
  const BackwardCost& b = *f.backward;
  return RuleSides{
      3 * real(b.forward_macs),
      real(b.forward_macs) + real(b.weight_gradient_macs) + real(b.input_gradient_macs),
      times("3", engineering(real(b.forward_macs), "MAC"))};
}

Sides backward_is_two_forward(const RuleFacts& f) {
  if (!f.backward || f.backward->forward_flops == 0) return {};
  const BackwardCost& b = *f.backward;
  return RuleSides{2 * real(b.forward_flops), real(b.product_flops) + real(b.other_flops),
                   times("2", engineering(real(b.forward_flops), "FLOP"))};
}

// What the network reads: tokens, where its first input is a sequence of integers; else samples.
std::int64_t n_data(const RuleFacts& f, bool& tokens) {
  const std::vector<Port> inputs = inputs_of(f.inquiry.analysis);
  tokens = false;
  if (inputs.empty()) return f.batch;
  const Tensor& first = inputs.front().tensor;
  tokens = is_integer(first.dtype) && first.shape.is_static();
  return tokens ? first.shape.elements().value_or(f.batch) : f.batch;
}

Sides six_n_d(const RuleFacts& f) {
  const std::int64_t params = f.inquiry.analysis.totals.params;
  if (!f.backward || params == 0) return {};
  bool tokens = false;
  const std::int64_t data = n_data(f, tokens);
  const BackwardCost& b = *f.backward;
  return RuleSides{
      6 * real(params) * real(data),
      real(b.forward_flops) + real(b.product_flops) + real(b.other_flops),
      times("6 × " + grouped(params), grouped(data) + (tokens ? " tokens" : " samples"))};
}

// --- what a network is made of ------------------------------------------------------------------

Sides parameters_follow_data(const RuleFacts& f) {
  if (!f.half_data) return {};
  const auto elements = [](const Inquiry& inquiry) {
    double sum = 0;
    for (const Port& port : inputs_of(inquiry.analysis))
      if (port.tensor.shape.is_static()) sum += real(port.tensor.shape.elements().value_or(0));
    return sum;
  };
  const std::int64_t params = f.inquiry.analysis.totals.params;
  const double share = elements(*f.half_data) / elements(f.inquiry);
  return RuleSides{share * real(params), real(f.half_data->analysis.totals.params),
                   times(fixed(share, 2) + " of the data", grouped(params) + " parameters")};
}

struct ByKind {
  double conv_params = 0, linear_params = 0;
};
ByKind params_by_kind(const Analysis& analysis) {
  ByKind sums;
  for (const Layer& layer : analysis.layers) {
    if (!layer.params.count.ok()) continue;
    if (layer.mac_kind == MacKind::conv) sums.conv_params += real(layer.params.count.value());
    if (layer.mac_kind == MacKind::linear) sums.linear_params += real(layer.params.count.value());
  }
  return sums;
}

Sides convolutions_compute(const RuleFacts& f) {
  const Totals& t = f.inquiry.analysis.totals;
  if (t.conv_macs == 0 || t.linear_macs == 0) return {};
  return RuleSides{0.9, real(t.conv_macs) / (real(t.conv_macs) + real(t.linear_macs)),
                   "0.9 of the MACs of both"};
}

Sides linear_layers_remember(const RuleFacts& f) {
  const ByKind sums = params_by_kind(f.inquiry.analysis);
  if (sums.conv_params == 0 || sums.linear_params == 0) return {};
  return RuleSides{0.9, sums.linear_params / (sums.conv_params + sums.linear_params),
                   "0.9 of the parameters of both"};
}

Sides activations_outweigh(const RuleFacts& f) {
  if (f.inquiry.analysis.totals.conv_macs == 0) return {};
  if (!f.inference_of_one || !f.inference_of_one->timeline) return {};
  const Peak& p = f.inference_of_one->timeline->peak;
  return RuleSides{real(p.weights_bytes), real(p.bytes - p.weights_bytes - p.buffers_bytes),
                   bytes_decimal(p.weights_bytes) + " of weights"};
}

// --- convolutions -------------------------------------------------------------------------------

// Elements of the filter's window: k² of a k×k convolution; 0 where it is not known.
double window_elements(const Layer& layer) {
  const auto inputs = layer.graph->inputs_of(layer.op_node());
  if (inputs.size() < 2 || inputs[1] == none) return 0;
  const Shape& w = layer.shapes->tensors[static_cast<std::size_t>(inputs[1])].shape;
  if (!w.is_static() || w.rank() < 3) return 0;
  double elements = 1;
  for (int i = 2; i < w.rank(); ++i) elements *= real(w[i]);
  return elements;
}
double channels_out(const Layer& layer) {
  const auto outputs = layer.graph->outputs_of(layer.op_node());
  const Shape& y = layer.shapes->tensors[static_cast<std::size_t>(outputs[0])].shape;
  return y.is_static() && y.rank() > 1 ? real(y[1]) : 0;
}

// A depthwise convolution and the 1×1 convolution behind it stand for one dense convolution.
Sides depthwise_saves_window(const RuleFacts& f) {
  RuleSides sides;
  const Layer* depthwise = nullptr;
  std::int64_t pairs = 0;
  for (const Layer& layer : f.inquiry.analysis.layers) {
    if (layer.mac_kind != MacKind::conv || !layer.macs.count.ok()) continue;
    const double window = window_elements(layer);
    if (kind_of(layer, f.batch) == LayerKind::depthwise) {
      depthwise = window > 1 ? &layer : nullptr;
    } else if (depthwise != nullptr && window == 1) {
      const double both = real(depthwise->macs.count.value()) + real(layer.macs.count.value());
      const double dense = real(depthwise->macs.count.value()) * channels_out(layer);
      sides.estimate += dense / window_elements(*depthwise);
      sides.exact += both;
      ++pairs;
      depthwise = nullptr;
    } else {
      depthwise = nullptr;
    }
  }
  if (pairs == 0) return {};
  sides.how = "the dense layers' MACs ÷ k², over " + counted(pairs, "pair");
  return sides;
}

// 1 + Σ (k − 1) on the way to the last layer that sees less than everything.
Sides window_by_depth(const RuleFacts& f) {
  const Analysis& analysis = f.inquiry.analysis;
  const Graph& graph = *f.inquiry.model->graph;
  std::vector<double> seen(graph.values.size(), 1);
  Sides found;
  double steps = 0;
  for (const Layer& layer : analysis.layers) {
    if (layer.graph != &graph) continue;
    const Node& node = layer.op_node();
    double sees = 1;
    for (const ValueId input : graph.inputs_of(node))
      if (input != none) sees = std::max(sees, seen[static_cast<std::size_t>(input)]);
    const bool slides = node.op != nullptr && node.op->nature.space == Space::window;
    if (slides) {
      const Attr* const attr = graph.find_attr(node, "kernel_shape");
      const auto* const kernel =
          attr == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&attr->value);
      const ReceptiveField* const field = analysis.receptive_fields.find(layer.node);
      if (kernel != nullptr && !kernel->empty()) sees += real(kernel->back() - 1);
      if (field != nullptr && field->kind == ReceptiveField::Kind::window && field->rank > 0 &&
          !field->along[static_cast<std::size_t>(field->rank - 1)].all && sees > 1) {
        steps = sees - 1;
        found = RuleSides{sees, real(field->size(field->rank - 1)), {}};
      }
    }
    for (const ValueId output : graph.outputs_of(node))
      if (output != none) seen[static_cast<std::size_t>(output)] = sees;
  }
  if (found) found->how = "1 + " + grouped(std::llround(steps));
  return found;
}

// --- machines -----------------------------------------------------------------------------------

Sides access_costs_hundredfold(const RuleFacts&) {
  const auto constants = HardwareConstants::built_in();
  if (!constants) return {};
  const EnergyPrices prices(*constants, ProcessNode::nm7);
  const EnergyPrice multiply = prices.multiply(NumberFormat::fp32);
  const EnergyPrice add = prices.accumulate(NumberFormat::fp32);
  const EnergyPrice byte = prices.memory_byte(MemoryKind::ddr);
  if (!multiply.known() || !add.known() || !byte.known()) return {};
  const double arithmetic = multiply.middle_pj() + add.middle_pj();
  return RuleSides{100 * arithmetic, 4 * byte.middle_pj(),
                   "100 × " + fixed(arithmetic, 2) + " pJ, a multiply-add in FP32"};
}

// Ranks from 1; equal values share the middle of theirs.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) ranks[order[j]] = (static_cast<double>(i + end) + 1) / 2;
    i = end;
  }
  return ranks;
}

// Spearman's rank correlation; absent where one of them does not vary.
std::optional<double> rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks_of(a), y = ranks_of(b);
  const double mean = (static_cast<double>(x.size()) + 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  if (xx <= 0 || yy <= 0) return {};
  return xy / std::sqrt(xx * yy);
}

Sides activations_take_time(const RuleFacts& f) {
  if (!f.time) return {};
  std::vector<double> activations, seconds;
  for (const LayerTime& layer : f.time->time.estimate.layers) {
    if (layer.layer->mac_kind == MacKind::nothing || !layer.layer->activations.count.ok()) continue;
    activations.push_back(real(layer.layer->activations.count.value()));
    seconds.push_back(layer.seconds);
  }
  const std::optional<double> correlation = rank_correlation(activations, seconds);
  if (!correlation || activations.size() < 3) return {};
  return RuleSides{1, *correlation,
                   "rank correlation over " + counted(std::ssize(seconds), "layer")};
}

constexpr Rule all[] = {
    {"training_memory_2bn", "training takes 2 × batch × the memory of one inference", "B",
     Claim::equal, "a widespread estimate",
     "It counts the weights once for every sample. Right only by chance, where what one sample "
     "keeps for the backward pass happens to be about twice what its inference needs.",
     two_batches_of_inferences},
    {"training_memory_4x", "training takes 4 × the memory of inference", "B", Claim::equal,
     "weights, gradients and two moments of Adam are four copies",
     "True of the weights alone: small batches of networks that are mostly weights. What is kept "
     "for the backward pass comes on top and grows with depth and batch.",
     four_inferences},
    {"bytes_16", "training with Adam takes 16 bytes for each parameter", "B", Claim::equal,
     "S. Rajbhandari et al., ZeRO, SC 2020, §3.1; in FP32 4 + 4 + 8",
     "A lower bound: state and gradients. Close where activations are few beside the weights.",
     bytes_a_parameter<16>},
    {"bytes_18", "mixed precision with Adam takes 18 bytes for each parameter", "B", Claim::equal,
     "6 of weights, 4 of gradients, 8 of Adam (Hugging Face, Model training anatomy)",
     "As with 16 bytes; an Apex-like step keeps 16-bit gradients and takes less.",
     bytes_a_parameter<18>},
    {"bytes_20", "mixed precision with Adam takes 20 bytes for each parameter", "B", Claim::equal,
     "S. Smith et al., Megatron-Turing NLG 530B, 2022",
     "As with 18 bytes, and an FP32 copy of the gradients.", bytes_a_parameter<20>},
    {"activations_double", "what the backward pass needs doubles with the batch", "B", Claim::equal,
     "each sample keeps its own",
     "True of nearly all; what does not grow is made of weights alone (masks, positions, casts).",
     activations_double},
    {"training_compute_3x", "a training step computes 3 × the forward pass", "MAC", Claim::equal,
     "J. Kaplan et al., Scaling laws for neural language models, 2020, §2.1",
     "Each product has two gradients; the first layer needs but one, since nobody learns the data. "
     "So it is too high for shallow networks.",
     three_forward_passes},
    {"backward_2x", "the backward pass computes 2 × the forward pass", "FLOP", Claim::equal,
     "J. Kaplan et al., 2020, §2.1",
     "True of products; element by element the backward pass does about what the forward pass "
     "does.",
     backward_is_two_forward},
    {"flops_6nd", "training takes 6 × parameters × tokens FLOPs", "FLOP", Claim::equal,
     "J. Kaplan et al., 2020, §2.1",
     "Where each parameter multiplies once for each token: transformers of short sequences. An "
     "embedding multiplies nothing, attention multiplies no parameters, a convolution uses each "
     "of its parameters at every place.",
     six_n_d},
    {"params_follow_data", "parameters are in proportion to the size of the data", "parameters",
     Claim::equal, "a widespread estimate",
     "For a first fully connected layer. Convolutions, recurrent layers and attention use the same "
     "parameters at every place.",
     parameters_follow_data},
    {"convs_compute", "convolutions do at least 90 % of the multiplications", "of the MACs",
     Claim::at_least, "A. Krizhevsky, One weird trick, 2014",
     "Networks that end in few linear layers; of the MACs of both kinds.", convolutions_compute},
    {"linears_remember", "linear layers hold at least 90 % of the parameters", "of the parameters",
     Claim::at_least, "A. Krizhevsky, One weird trick, 2014",
     "AlexNet and VGG. Networks that average over space before one linear layer are the other way "
     "round.",
     linear_layers_remember},
    {"activations_bottleneck",
     "in the inference of a convolutional network activations, not "
     "parameters, take the memory",
     "B", Claim::at_least, "said of microcontrollers: MCUNet, 2020",
     "At batch 1 small networks on large images; large ones hold more weights than activations. On "
     "a microcontroller weights lie in flash, and the claim is about SRAM.",
     activations_outweigh},
    {"receptive_field", "L layers of k×k see L·(k − 1) + 1 pixels", "pixels", Claim::equal,
     "of convolutions with stride 1",
     "Without strides and dilation; each stride multiplies what all later layers add.",
     window_by_depth},
    {"depthwise_k2", "a depthwise separable convolution takes 1/k² of a dense one", "MAC",
     Claim::equal, "A. Howard et al., MobileNets, 2017: 1/N + 1/k²",
     "Where the 1×1 convolution has many outputs: its share, 1/N of the dense one, is what the "
     "rule leaves out.",
     depthwise_saves_window},
    {"access_100x", "reading a number from memory costs 100 × the energy of computing with it",
     "pJ", Claim::at_least, "V. Sze et al., Efficient processing of deep neural networks, 2017",
     "Four bytes from DDR memory beside a multiply-add in FP32, 7 nm; narrower formats and newer "
     "processes widen the gap.",
     access_costs_hundredfold},
    {"activations_slow", "layers with more activations take longer", "rank correlation",
     Claim::equal, "P. Dollár et al., Fast and accurate model scaling, CVPR 2021",
     "Where memory bounds the layers. Of layers with products, on the device that is named.",
     activations_take_time},
};

}  // namespace

std::span<const Rule> rules() {
  return all;
}

}  // namespace reckon
