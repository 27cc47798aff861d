// A small dense network that is really computed: forward, loss, backward.
//
//   zₗ = xₗ·Wₗᵀ + bₗ    xₗ₊₁ = φ(zₗ)          xₗ is [samples × width], Wₗ is [out × in]
//   dzₗ = dxₗ₊₁ ∘ φ′(zₗ)    dWₗ = dzₗᵀ·xₗ    dbₗ = Σ dzₗ    dxₗ = dzₗ·Wₗ
//
// The network keeps for the backward pass what a framework keeps: the input of each layer, and zₗ
// only where φ′ cannot be had from φ (GELU, SiLU); else φ takes the place of zₗ. What was kept goes
// as soon as the backward pass has used it.
//
// Numbers are doubles: twenty sigmoid layers leave 1e-17 of a gradient and two hundred 1e-170,
// which float cannot hold; and the last bits in which two builds differ (matrix products add in the
// order that suits the processor) stay far below every digit that is shown.
#pragma once

#include <optional>
#include <vector>

#include "base/checked.h"
#include "learning/activations.h"
#include "learning/initialisation.h"
#include "learning/tally.h"

namespace reckon {

struct DenseNetwork {
  std::vector<std::int64_t> widths;  // the input's first: {784, 128, 64, 10}
  const Activation* activation = nullptr;
  const Initialisation* initialisation = nullptr;
  bool activate_last = false;  // φ after the last layer as well
  std::uint64_t seed = 1;

  std::int64_t n_layers() const { return std::ssize(widths) - 1; }
};

enum class Loss : std::uint8_t {
  squared_error,  // Σ (y − t)² / (2·samples)
  cross_entropy,  // −Σ t·ln softmax(y) / samples
  inner_product,  // Σ y·t: its gradient at the output is t, whatever the network does
};

// Samples, one a row. Inputs and targets that are left empty are drawn: inputs from N(0, 1);
// targets one of the classes for cross-entropy, else from N(0, 1).
struct Samples {
  std::int64_t n_samples = 1;
  std::uint64_t seed = 1;
  std::span<const double> inputs, targets;
};

struct StepOptions {
  bool parameter_gradients = true;
  bool input_gradient = false;  // training does without: nobody learns the data
};

struct DenseLayerStatistics {
  double output_gradient_rms = 0;  // root mean square of ∂loss/∂output
  std::optional<double> weight_gradient_rms;
};

struct DenseStep {
  double loss = 0;
  std::vector<DenseLayerStatistics> layers;
  std::optional<double> input_gradient_rms;
};

class DenseModel {
 public:
  // The tally outlives the model. Fails with bad_argument for fewer than two widths or one below 1,
  // and with limit for more than 2^26 parameters.
  static Result<DenseModel> make(const DenseNetwork& network, MemoryTally& tally);

  std::span<double> weights(std::int64_t layer) { return at(layer).weights.values(); }
  std::span<double> biases(std::int64_t layer) { return at(layer).biases.values(); }
  std::int64_t n_parameters() const { return n_parameters_; }

  // Forward and backward. Fails with bad_argument for a batch that does not fit the network, with
  // limit for more than 2^26 activations or 2^36 multiply-accumulates.
  Result<DenseStep> step(const Samples& batch, Loss loss, const StepOptions& options = {});

  // What the network makes of `inputs`, samples × width. Fails as step() does.
  Result<std::vector<double>> outputs(std::int64_t n_samples, std::span<const double> inputs);

  // Gradients of the last step; empty where it made none.
  std::span<const double> weight_gradients(std::int64_t layer) const {
    return at(layer).weight_gradients.values();
  }
  std::span<const double> bias_gradients(std::int64_t layer) const {
    return at(layer).bias_gradients.values();
  }
  std::span<const double> input_gradient() const { return input_gradient_.values(); }

 private:
  struct Layer {
    std::int64_t n_in = 0, n_out = 0;
    const Activation* activation = nullptr;
    TallyBuffer weights, biases, weight_gradients, bias_gradients;
    TallyBuffer pre_activation, output;  // of the step that runs
  };

  explicit DenseModel(MemoryTally& tally) : tally_(&tally) {}
  Layer& at(std::int64_t layer) { return layers_[static_cast<std::size_t>(layer)]; }
  const Layer& at(std::int64_t layer) const { return layers_[static_cast<std::size_t>(layer)]; }
  Result<TallyBuffer> buffer(TensorKind kind, std::int64_t layer, Checked values);
  Status check_batch(const Samples& batch, const StepOptions& options) const;
  Status forward(std::int64_t layer, std::span<const double> input);
  // Takes ∂loss/∂output and gives back ∂loss/∂input, or an empty buffer when nobody asked.
  Result<TallyBuffer> backward(std::int64_t layer, std::span<const double> input,
                               TallyBuffer gradient, bool input_gradient, bool parameter_gradients,
                               DenseLayerStatistics& seen);

  MemoryTally* tally_;
  std::vector<Layer> layers_;
  std::int64_t n_parameters_ = 0;
  std::int64_t n_samples_ = 0;
  TallyBuffer input_gradient_;
};

}  // namespace reckon
