// Memory that a model needs at one choice of parameters, batch and training setup: the function
// that the solvers search over.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/bindings.h"
#include "formats/model.h"
#include "machine/device.h"
#include "memory/step_graph.h"
#include "solve/gpu_overhead.h"

namespace reckon {

enum class MemoryPolicy : std::uint8_t {
  pytorch,   // the peak of the simulated step (memory/timeline.h)
  textbook,  // the sum of the ledger (memory/ledger.h)
  arena,     // inference on static memory: tensors in one arena (memory/arena.h), and the weights
};
std::string_view to_string(MemoryPolicy policy);
Result<MemoryPolicy> find_memory_policy(std::string_view name);

// The policy where nobody names one: an inference on a device with flash, or in integers, which no
// eager framework runs but runtimes that plan their memory, is an arena; everything else a
// simulated step. `device` may be null.
MemoryPolicy default_memory_policy(const Device* device, const TrainingSetup& setup);
// PyTorch runs on a GPU, or whatever takes its place, or on the processor.
TorchWhere where_it_runs(const Device& device);
// A device that tells no rate of the 16-bit format that was asked for does not compute in it: as
// `reckon time` refuses, so does every question about memory on it.
Status check_rate(const Device& device, const TrainingSetup& setup);
// Whether batch normalisation runs inside the layer before it (analysis/fold_norms.h): as asked;
// else in inference with weights of 8 bits or fewer, and where an arena is planned.
bool folds_norms(const TimelineOptions& options, MemoryPolicy policy);
// Why a step of the graph cannot be simulated; empty where it can.
std::string_view why_not_simulated(const Graph& graph, const TrainingSetup& setup);
// The policy that answers: as asked, or the default; the ledger in place of a step that cannot be
// simulated. Every question about memory asks here, so that they agree.
MemoryPolicy answering_policy(std::optional<MemoryPolicy> asked, const Device* device,
                              const Graph& graph, const TrainingSetup& setup);

struct Footprint {
  struct Line {
    std::string_view name;  // "weights_bytes": the words of the JSON
    std::int64_t bytes = 0;
  };
  std::int64_t bytes = 0;
  std::vector<Line> lines;  // they sum to `bytes`
  // Where the weights lie apart (Workload): weights, buffers and constants, which a microcontroller
  // keeps in flash. Not part of `bytes`, which are SRAM then.
  std::optional<std::int64_t> flash_bytes;
  // Of a GPU: `bytes` without what the caching allocator holds beyond the tensors that are alive.
  // It rises with a batch where `bytes` may fall.
  std::optional<std::int64_t> alive_bytes;
  bool lower_bound = false;  // something in the model is unknown
  std::int64_t nodes = 0;    // of the graph

  const Line& largest() const;
};

// A way to run a model. The model outlives it.
struct Workload {
  const Model* model = nullptr;
  Bindings bindings;        // batch and free dimensions
  TimelineOptions options;  // training or inference, optimizer, precision, …
  MemoryPolicy policy = MemoryPolicy::pytorch;
  // With the arena's policy: the weights lie in flash, apart from the memory that is asked about.
  bool weights_apart = true;
  bool where_follows_device = false;  // options.torch.where is that of whichever device is asked
  bool own_context = false;           // options.gpu's context was given: it is no device's
  // Of the model's graph at `bindings`, floating-point values as the file has them; or null.
  const Analysis* known = nullptr;
};

// What a program needs of a GPU's memory, for a step whose tensors are these: what the allocator
// reserves and the most that a context is known to take.
std::int64_t needed_of_gpu(const GpuMemory& gpu, const GpuOverhead& overhead);

// What an inference needs whose weights lie beside its arena in one memory: both, and on a GPU the
// most that a context is known to take.
std::vector<Footprint::Line> lines_of_arena(std::int64_t arena_bytes, std::int64_t weights_bytes,
                                            const TimelineOptions& options);
Checked sum_of(std::span<const Footprint::Line> lines);

// Evaluates a Workload at many values. Keeps what does not depend on them.
class FootprintAt {
 public:
  explicit FootprintAt(const Workload& subject) : subject_(&subject) {}

  // As the subject is.
  Result<Footprint> as_given();
  // With another batch, parameter of the network, or free dimension. REQUIRES: `variable` is one.
  Result<Footprint> with(std::string_view variable, std::int64_t value);

 private:
  // A graph, without its norms where they run inside other layers; and, once a step of it was
  // simulated, its layers.
  struct Network {
    const Graph* own = nullptr;
    std::unique_ptr<Graph> folded;
    std::optional<LayersBehind> layers;

    const Graph& graph() const { return folded != nullptr ? *folded : *own; }
  };
  Network network_of(const Graph& graph) const;
  Result<Footprint> of(Network& network, const Bindings& bindings, const Analysis* known) const;
  Result<Footprint> at(const Bindings& bindings, const Analysis* known);

  const Workload* subject_;
  std::optional<Network> as_opened_;
};

}  // namespace reckon
