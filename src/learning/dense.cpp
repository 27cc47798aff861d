#include "learning/dense.h"

#include <algorithm>
#include <cmath>

#include "learning/loss.h"
#include "learning/products.h"

namespace reckon {
namespace {

constexpr std::int64_t max_values = std::int64_t{1} << 26;  // 512 MiB of doubles
constexpr std::int64_t max_macs = std::int64_t{1} << 36;    // some ten seconds
// A batch of a seed shares no stream with a network of the same seed.
constexpr std::uint64_t batch_stream = 0x6261746368000000U;

// A gradient of 1e-200 has no square.
double rms(std::span<const double> values) {
  double largest = 0;
  for (const double x : values) largest = std::max(largest, std::abs(x));
  if (largest == 0) return 0;
  double sum = 0;
  for (const double x : values) sum += (x / largest) * (x / largest);
  return largest * std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

Result<TallyBuffer> DenseModel::buffer(TensorKind kind, std::int64_t layer, Checked values) {
  RECKON_ASSIGN(const std::int64_t n, values.get("a tensor's size"));
  return TallyBuffer::make(*tally_, kind, static_cast<std::int32_t>(layer), n);
}

Result<DenseModel> DenseModel::make(const DenseNetwork& network, MemoryTally& tally) {
  if (network.activation == nullptr || network.initialisation == nullptr)
    return fail(ErrorCode::bad_argument, "a network needs an activation and an initialisation");
  if (network.n_layers() < 1)
    return fail(ErrorCode::bad_argument, "a network needs an input and at least one layer");
  Checked n_parameters = 0;
  for (std::size_t l = 0; l + 1 < network.widths.size(); ++l) {
    const std::int64_t n_in = network.widths[l], n_out = network.widths[l + 1];
    if (n_in < 1 || n_out < 1) return fail(ErrorCode::bad_argument, "a layer's width is below 1");
    n_parameters += Checked(n_in) * n_out + n_out;
  }
  if (n_parameters.value_or(INT64_MAX) > max_values)
    return fail(ErrorCode::limit, "a network of more than 67,108,864 parameters is not computed");

  DenseModel model(tally);
  model.n_parameters_ = n_parameters.value();
  Random random(network.seed);
  const Initialisation& rule = *network.initialisation;
  RECKON_ASSIGN(const Activation* const identity, find_activation("identity"));
  for (std::int64_t l = 0; l < network.n_layers(); ++l) {
    const auto i = static_cast<std::size_t>(l);
    const bool active = network.activate_last || l + 1 < network.n_layers();
    Layer& layer = model.layers_.emplace_back();
    layer.n_in = network.widths[i];
    layer.n_out = network.widths[i + 1];
    layer.activation = active ? network.activation : identity;
    RECKON_ASSIGN(layer.weights,
                  model.buffer(TensorKind::weight, l, Checked(layer.n_in) * layer.n_out));
    RECKON_ASSIGN(layer.biases, model.buffer(TensorKind::bias, l, layer.n_out));
    const double variance =
        rule.variance(static_cast<double>(layer.n_in), static_cast<double>(layer.n_out));
    fill(layer.weights.values(), variance, rule.uniform, random);
    if (rule.biases) fill(layer.biases.values(), variance, rule.uniform, random);
  }
  return model;
}

Status DenseModel::check_batch(const Samples& batch, const StepOptions& options) const {
  if (batch.n_samples < 1) return fail(ErrorCode::bad_argument, "a batch has at least one sample");
  Checked values = Checked(batch.n_samples) * layers_.front().n_in;
  for (const Layer& layer : layers_) values += Checked(batch.n_samples) * layer.n_out;
  const int passes = options.parameter_gradients ? 3 : 2;
  const Checked macs = Checked(n_parameters_) * batch.n_samples * passes;
  if (values.value_or(INT64_MAX) > max_values || macs.value_or(INT64_MAX) > max_macs)
    return fail(ErrorCode::limit, "the batch is too large to be computed here");
  const auto fits = [&](std::span<const double> given, std::int64_t width) {
    return given.empty() || std::ssize(given) == batch.n_samples * width;
  };
  if (!fits(batch.inputs, layers_.front().n_in))
    return fail(ErrorCode::bad_argument, "the inputs are not samples × input width");
  if (!fits(batch.targets, layers_.back().n_out))
    return fail(ErrorCode::bad_argument, "the targets are not samples × output width");
  return {};
}

Status DenseModel::forward(std::int64_t index, std::span<const double> input) {
  Layer& layer = at(index);
  const Activation& activation = *layer.activation;
  const bool in_place = activation.derivative_from_value != nullptr;
  const auto kind = in_place ? TensorKind::activation : TensorKind::pre_activation;
  RECKON_ASSIGN(TallyBuffer z, buffer(kind, index, Checked(n_samples_) * layer.n_out));
  multiply_by_transposed(input, layer.weights.values(), z.values(), n_samples_, layer.n_in,
                         layer.n_out);
  const std::span<const double> biases = layer.biases.values();
  std::size_t i = 0;
  for (std::int64_t sample = 0; sample < n_samples_; ++sample)
    for (const double bias : biases) z.data()[i++] += bias;

  if (in_place) {
    layer.output = std::move(z);
    for (double& x : layer.output.values()) x = activation.value(x);
  } else {
    RECKON_ASSIGN(layer.output,
                  buffer(TensorKind::activation, index, Checked(n_samples_) * layer.n_out));
    for (i = 0; i < z.values().size(); ++i) layer.output.data()[i] = activation.value(z.data()[i]);
    layer.pre_activation = std::move(z);
  }
  return {};
}

Result<TallyBuffer> DenseModel::backward(std::int64_t index, std::span<const double> input,
                                         TallyBuffer gradient, bool input_gradient,
                                         bool parameter_gradients, DenseLayerStatistics& seen) {
  Layer& layer = at(index);
  const Activation& activation = *layer.activation;
  const std::span<double> dz = gradient.values();
  seen.output_gradient_rms = rms(dz);
  if (activation.derivative_from_value != nullptr) {
    const std::span<const double> y = layer.output.values();
    for (std::size_t i = 0; i < dz.size(); ++i) dz[i] *= activation.derivative_from_value(y[i]);
  } else {
    const std::span<const double> z = layer.pre_activation.values();
    for (std::size_t i = 0; i < dz.size(); ++i) dz[i] *= activation.derivative(z[i]);
  }
  layer.pre_activation.clear();
  layer.output.clear();

  if (parameter_gradients) {
    RECKON_ASSIGN(layer.weight_gradients,
                  buffer(TensorKind::weight_gradient, index, Checked(layer.n_in) * layer.n_out));
    multiply_transposed(dz, input, layer.weight_gradients.values(), layer.n_out, n_samples_,
                        layer.n_in);
    RECKON_ASSIGN(layer.bias_gradients, buffer(TensorKind::bias_gradient, index, layer.n_out));
    std::size_t i = 0;
    for (std::int64_t sample = 0; sample < n_samples_; ++sample)
      for (double& db : layer.bias_gradients.values()) db += dz[i++];
    seen.weight_gradient_rms = rms(layer.weight_gradients.values());
  }
  if (!input_gradient) return TallyBuffer();
  RECKON_ASSIGN(TallyBuffer dx,
                buffer(TensorKind::activation_gradient, index, Checked(n_samples_) * layer.n_in));
  multiply(dz, layer.weights.values(), dx.values(), n_samples_, layer.n_out, layer.n_in);
  return dx;
}

Result<std::vector<double>> DenseModel::outputs(std::int64_t n_samples,
                                                std::span<const double> inputs) {
  RECKON_TRY(check_batch({.n_samples = n_samples, .inputs = inputs}, {}));
  n_samples_ = n_samples;
  for (std::int64_t l = 0; l < std::ssize(layers_); ++l) {
    RECKON_TRY(forward(l, l == 0 ? inputs : at(l - 1).output.values()));
    if (l > 0) at(l - 1).output.clear();
    at(l).pre_activation.clear();
  }
  const std::span<const double> made = layers_.back().output.values();
  std::vector<double> out(made.begin(), made.end());
  layers_.back().output.clear();
  return out;
}

Result<DenseStep> DenseModel::step(const Samples& batch, Loss loss, const StepOptions& options) {
  RECKON_TRY(check_batch(batch, options));
  n_samples_ = batch.n_samples;
  input_gradient_.clear();
  for (Layer& layer : layers_) {
    layer.weight_gradients.clear();
    layer.bias_gradients.clear();
  }
  DenseStep result;
  result.layers.resize(layers_.size());

  Random random(batch.seed ^ batch_stream);
  RECKON_ASSIGN(TallyBuffer input,
                buffer(TensorKind::input, 0, Checked(n_samples_) * layers_.front().n_in));
  if (batch.inputs.empty())
    random.fill_normal(input.values());
  else
    std::ranges::copy(batch.inputs, input.data());
  const auto input_of = [&](std::int64_t layer) -> std::span<const double> {
    return layer == 0 ? input.values() : at(layer - 1).output.values();
  };
  const std::int64_t n_layers = std::ssize(layers_);
  const auto seen = [&](std::int64_t layer) -> DenseLayerStatistics& {
    return result.layers[static_cast<std::size_t>(layer)];
  };
  for (std::int64_t l = 0; l < n_layers; ++l) RECKON_TRY(forward(l, input_of(l)));

  const Layer& last = layers_.back();
  const Checked n_outputs = Checked(n_samples_) * last.n_out;
  RECKON_ASSIGN(TallyBuffer targets, buffer(TensorKind::target, n_layers - 1, n_outputs));
  if (batch.targets.empty())
    draw_targets(loss, last.n_out, random, targets.values());
  else
    std::ranges::copy(batch.targets, targets.data());
  RECKON_ASSIGN(TallyBuffer gradient,
                buffer(TensorKind::activation_gradient, n_layers - 1, n_outputs));
  result.loss = loss_and_gradient(loss, n_samples_, last.output.values(), targets.values(),
                                  gradient.values());
  targets.clear();

  for (std::int64_t l = n_layers - 1; l >= 0; --l) {
    const bool wanted = l > 0 || options.input_gradient;
    RECKON_ASSIGN(gradient, backward(l, input_of(l), std::move(gradient), wanted,
                                     options.parameter_gradients, seen(l)));
  }
  if (!gradient.empty()) result.input_gradient_rms = rms(gradient.values());
  input_gradient_ = std::move(gradient);
  return result;
}

}  // namespace reckon
