// The textbook ledger of memory: six lines, each a figure that explains itself.
//
//   training   weights + buffers + gradients + optimizer state + activations + constants
//   inference  weights + buffers + activations + constants
// Constants are what a runtime folds when it loads the network (Totals::constant_bytes): neither
// learned nor buffers of a module.
// Activations are the network's input and the output of every operator that needs new memory, at
// the bound batch, all alive at once: what a training step must keep when nothing is recomputed.
#pragma once

#include <array>

#include "analysis/analyze.h"
#include "base/figure.h"
#include "memory/training.h"

namespace reckon {

struct TrainingSetup {
  bool training = true;
  const Precision* precision = &precisions()[0];  // as in the file
  const Optimizer* optimizer = &optimizers()[0];  // sgd; ignored in inference
  // Parameters of these layers (is_frozen, analysis/backward.h) have no gradient and no optimizer
  // state.
  std::vector<std::string> frozen;
};

struct LedgerLine {
  std::string_view name;  // "weights_bytes", the word of the JSON
  Standing standing = Standing::exact;
  Figure figure;  // in bytes
  std::int64_t bytes = 0;
};

struct Ledger {
  static constexpr std::size_t n_lines = 6;
  // weights, buffers, gradients, optimizer, activations, constants
  std::array<LedgerLine, n_lines> lines;
  std::int64_t total_bytes = 0;
  std::int64_t trained_params = 0;  // without the frozen ones

  const LedgerLine& line(std::string_view name) const;
  // Weights, buffers and constants: what a device with static memory keeps in flash.
  std::int64_t flash_bytes() const { return lines[0].bytes + lines[1].bytes + lines[5].bytes; }
  // The line that holds most bytes.
  const LedgerLine& largest() const;
};

// Fails with overflow, and with bad_argument when an inference-only precision is asked to train.
// The analysis is that of the file's own element types.
Result<Ledger> make_ledger(const Analysis& analysis, const TrainingSetup& setup);

// "file" as it is called for this network: fp32 where all that is computed with is.
const Precision* named_precision(const Analysis& analysis, const Precision* asked);

// The type that a precision converts the floating-point tensors of a step to, for
// AnalyzeOptions::floats_as; nullopt for "file". In the mixed precisions everything that runs has
// 16 bits, and an FP32 copy of the weights belongs to the optimizer, as in Micikevicius et al. and
// DeepSpeed; torch.autocast keeps some activations (normalisation, softmax) in FP32 besides. Fails
// with unsupported for int8 and int4.
Result<std::optional<DType>> step_dtype(const Precision& precision);

// The 16-bit type that products have under a precision that is torch.autocast's; nothing else has
// one.
std::optional<DType> autocast_dtype(const Precision& precision);

// How many bits a floating-point element takes at a precision.
class ElementBits {
 public:
  ElementBits(const Graph& graph, const Precision& precision);
  // `asked`: weight_bits, activation_bits, … of the precision.
  int of(DType own, int asked) const {
    const int bits_now = bits(own);
    return as_in_file_ || (keeps_wider_ && bits_now > asked) ? bits_now : asked;
  }

 private:
  bool as_in_file_, keeps_wider_;
};

// The tensors of an optimizer's state for one parameter, without a master copy: they sum over all
// parameters to its line of the ledger.
std::vector<Checked> optimizer_tensors(const Tensor& parameter, const TrainingSetup& setup);

// Parameters of the main graph that a step trains, each once, in order of use.
std::vector<ValueId> trained_values(const Analysis& analysis,
                                    const std::vector<std::string>& frozen);

}  // namespace reckon
