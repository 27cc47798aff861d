// The timeline of one training step or one inference as PyTorch runs it: the bytes alive after each
// of its steps.
//
// The network is run on paper: every operator allocates its outputs (or makes a view, or works in
// place), autograd keeps what the operator's row says (`saved`), Python keeps a value until its
// last use and the arguments of a module until the module returns; the backward pass goes through
// the operators in reverse, makes gradients, accumulates where branches meet, and lets go. Sources:
// tools/autograd/derivatives.yaml, torch/csrc/autograd/{engine,input_buffer}.cpp of PyTorch 1.13,
// and measurements (docs/memory.md).
#pragma once

#include <array>

#include "analysis/analyze.h"
#include "memory/alive.h"
#include "memory/gpu_memory.h"
#include "memory/heap.h"
#include "memory/ledger.h"
#include "memory/recompute/blocks.h"
#include "memory/torch_policy.h"

namespace reckon {

enum class Phase : std::uint8_t { forward, loss, backward, update };
std::string_view to_string(Phase phase);

enum class UpdateLoop : std::uint8_t { single, foreach, fused };
std::string_view to_string(UpdateLoop update);

struct TimelineOptions {
  TrainingSetup setup;
  TorchPolicy torch;
  GpuOverhead gpu;       // of whatever GPU runs it
  bool in_place = true;  // activation functions overwrite their input where that is legal
  std::optional<bool> fold_norms = {};  // norms run inside the layer before; unset: as is usual
  int threads = 2;                      // of the processor; decides which convolutions take scratch
  bool workspace = true;                // count the scratch inside operators
  bool set_to_none = true;              // gradients do not exist before the backward pass
  std::optional<UpdateLoop> update = {};  // unset: as PyTorch chooses
  const RerunPlan* rerun = nullptr;       // what the backward pass runs again; in a page: nothing
  bool alive = false;                     // list the tensors

  UpdateLoop update_loop() const;
};

struct TimelinePoint {
  Phase phase = Phase::forward;
  NodeId node = none;  // none for the loss and the update
  std::string_view layer;
  std::int64_t alive_bytes = 0;  // after the step, with what is always there
  std::int64_t peak_bytes = 0;   // during the step
};

struct Peak {
  std::int64_t bytes = 0;
  Phase phase = Phase::forward;
  std::string_view layer;
  // Parts that sum to `bytes`.
  std::int64_t weights_bytes = 0, buffers_bytes = 0, input_bytes = 0, optimizer_bytes = 0,
               gradients_bytes = 0, saved_bytes = 0, activations_bytes = 0, workspace_bytes = 0;
};

struct Timeline {
  std::vector<TimelinePoint> points;
  Peak peak;
  // Bytes that are there before the step and stay: weights, buffers, input, optimizer state.
  std::int64_t resident_bytes = 0;
  // Above `resident_bytes`: alive when the forward pass and the loss are done.
  std::int64_t saved_bytes = 0;
  // Kept by autograd at that moment, each storage once; the input and the targets count where they
  // are kept, weights and buffers do not. The loss's share is apart.
  std::int64_t autograd_bytes = 0, loss_autograd_bytes = 0;
  std::int64_t forward_peak_bytes = 0;  // above resident, forward and loss
  std::int64_t step_peak_bytes = 0;     // above resident, without the update
  std::optional<GpuMemory> gpu;         // where it runs on one
  // Where they are asked for: in each step, those that are alive when it holds the most sum to its
  // peak_bytes.
  std::optional<std::vector<AliveTensor>> alive;
};

// The first point that is as full as the peak; -1 where there are no points.
std::int32_t peak_step(const Timeline& timeline);

// Temporaries of the optimizer's step, of each parameter that it trains; none where it needs none.
// The loop of single parameters makes two of that size, foreach all at once.
std::vector<std::int64_t> update_scratch(const Analysis& analysis, const TimelineOptions& options);

// `graph` and `analysis` belong together; pass the recovered graph (analysis/recover.h) for
// exports. Graphs with control flow are `unsupported`.
Result<Timeline> make_timeline(const Graph& graph, const Analysis& analysis,
                               const TimelineOptions& options);
// Likewise, where the ledger of these options is known.
Result<Timeline> make_timeline(const Graph& graph, const Analysis& analysis,
                               const TimelineOptions& options, const Ledger& ledger);

}  // namespace reckon
