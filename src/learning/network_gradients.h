// The gradients of any network at its first step, foretold by signal propagation: no weight is
// made, no number of the input is read.
//
// Forward, the second moments of every value over random weights and inputs; backward, those of
// the loss's gradient; and of each stored tensor the root mean square of its gradient
// (signal/walk.h). Inputs are N(0, 1) and independent, tokens random; targets are random.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analyze.h"
#include "learning/initialisation.h"
#include "learning/signal/start.h"

namespace reckon {

// Really back-propagated: the root mean square of a gradient over all elements and over several
// networks that begin at random, and of the least and the most of these networks.
struct MeasuredGradient {
  double rms = 0, least = 0, most = 0;
};

// The networks that were really back-propagated (measure/gradient_run.h).
struct GradientRun {
  int n_seeds = 0, threads = 1;
  std::string library, processor;  // "LibTorch 1.13.1"
  double seconds = 0;
  std::vector<std::string> notes;
};

struct ParameterGradient {
  ValueId value = none;
  double elements = 0;
  std::optional<signal::Start> start = {};  // of the tensor itself, before the first step
  std::optional<double> rms = {};           // of its gradient; nullopt: unknown
  bool vanishes = false;                    // by what follows, whatever the numbers: exactly zero
  std::optional<MeasuredGradient> measured = {};

  std::optional<double> norm() const;
};

struct LayerGradient {
  const Layer* layer = nullptr;
  std::vector<ParameterGradient> parameters;
  std::optional<double> activation_rms;  // of the layer's result
  std::optional<double> gradient_rms;    // of the loss by that result
  // The norm of that gradient over all elements, over its norm at the logits.
  std::optional<double> norm_ratio;
  // What the steepest slopes and the weights' size leave of that ratio at most, in the mean over
  // random weights; nullopt where the way to the loss is no chain of products, activations and
  // pooling, for which there is no such bound.
  std::optional<double> bound;
  std::string stalls;                        // why it hardly learns; empty: it learns
  std::optional<MeasuredGradient> measured;  // over all its parameters

  // Over all its parameters; nullopt where one is unknown.
  std::optional<double> rms() const, norm() const;
  // Foretold over measured; nullopt where either is unknown or zero.
  std::optional<double> ratio() const;
};

// Below this share of the gradient's norm at the logits a layer is said to stall.
inline constexpr double learning_stalls = 1e-6;

struct NetworkGradients {
  std::vector<LayerGradient> layers;  // with parameters, in order
  std::vector<std::string> unknown_ops;
  std::string loss;       // "cross entropy"
  ValueId logits = none;  // what it reads: the first output, before a softmax
  int class_axis = -1;    // of it
  std::optional<double> logits_rms, logits_gradient_rms;
  // Powers of two by which the loss is multiplied so that FP16 loses at most a hundredth of any
  // layer's gradients, and that keep the largest of them in its range; nullopt: no such one.
  std::optional<double> loss_scale, largest_loss_scale;
};

// How weights begin. A rule is for the weights of products, and comes before what is stored; what
// neither tells begins as PyTorch's modules begin by themselves.
struct WeightStarts {
  const Initialisation* rule = nullptr;
  // Mean and mean square by the name of a stored tensor.
  std::map<std::string, signal::Start, std::less<>> stored;
};

// `graph` and `analysis` belong together; pass the recovered graph (analysis/recover.h). Fails with
// unsupported where there is nothing to train or no loss to train it by, saying what to do.
Result<NetworkGradients> network_gradients(const Graph& graph, const Analysis& analysis,
                                           const WeightStarts& starts);

// --- What a number format makes of a gradient ----------------------------------------------------

// Of Gaussian numbers of this root mean square, the share that a format rounds to zero: those below
// half its smallest number, 2^-24 of float16 and 2^-133 of bfloat16 (IEEE 754-2019; bfloat16 has
// float32's exponents).
double share_lost(double rms, double smallest);
inline constexpr double share_that_may_be_lost = 0.01;
inline constexpr double smallest_fp16 = 0x1p-24, smallest_bf16 = 0x1p-133, largest_fp16 = 65504;

}  // namespace reckon
