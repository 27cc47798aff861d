#include "memory/gpu_memory.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/caching_allocator.h"
#include "memory/timeline.h"
#include "memory/torch_ops.h"

namespace reckon {
namespace {

class Replay {
 public:
  Replay(const Analysis& analysis, const TimelineOptions& options, const Heap& heap)
      : analysis_(analysis), options_(options), heap_(heap) {}

  void begin(const Ledger& ledger) {
    stored(true, ledger.lines[0].bytes);
    stored(false, ledger.lines[1].bytes);
    if (!options_.setup.training) return;
    trained_ = trained_values(analysis_, options_.setup.frozen);
    // Copies of the weights in FP32 are made with the optimizer.
    for (const ValueId id : trained_) take(elements(id) * (precision().master_bits / 8));
    // Set to zero instead of let go, they are there since the first step.
    if (!options_.set_to_none)
      for (const ValueId id : trained_) take(gradient_bytes(id));
  }

  void step(std::span<const HeapEvent> events) {
    std::vector<Block> input, gradients;
    for (const ValueId id : analysis_.shapes->graph->inputs)
      input.push_back(take(bytes_of_value(id)));
    blocks_.clear();
    bool backward = false;
    for (const HeapEvent& event : events) {
      switch (event.kind) {
        case HeapEvent::Kind::taken:
        case HeapEvent::Kind::taken_for_good:
          if (static_cast<std::size_t>(event.id) >= blocks_.size())
            blocks_.resize(static_cast<std::size_t>(event.id) + 1, none_taken);
          blocks_[static_cast<std::size_t>(event.id)] = take(heap_.bytes(event.id));
          break;
        case HeapEvent::Kind::let_go:
          let_go(blocks_[static_cast<std::size_t>(event.id)]);
          break;
        case HeapEvent::Kind::counted:
        case HeapEvent::Kind::named:
        case HeapEvent::Kind::step_began:
        case HeapEvent::Kind::step_ended:
          break;
        case HeapEvent::Kind::backward:
          backward = true;
          break;
        case HeapEvent::Kind::product:
          use_blas(backward ? 1 : 0);
          break;
      }
    }
    if (options_.setup.training) update();
    // What is left: gradients, the loss, the network's result.
    for (Block& block : blocks_) let_go(block);
    for (Block& block : input) let_go(block);
  }

  Result<GpuMemory> result() const {
    if (allocator_.failed() || allocator_.reserved_bytes() == INT64_MAX)
      return fail(ErrorCode::overflow, "reserved_bytes is beyond 64 bits", "timeline");
    GpuMemory m;
    m.allocated_bytes = allocator_.peak_allocated_bytes();
    m.reserved_bytes = allocator_.peak_reserved_bytes();
    m.workspace_bytes = options_.gpu.blas_workspace_bytes * (int{has_blas_[0]} + int{has_blas_[1]});
    for (const Node& node : analysis_.shapes->graph->nodes) {
      if (node.op == nullptr) continue;
      m.has_convolutions = m.has_convolutions || node.op->nature.kind == OpKind::convolution;
      m.has_recurrent = m.has_recurrent || node.op->nature.kind == OpKind::recurrent;
    }
    return m;
  }

 private:
  using Block = CachingAllocator::BlockId;
  static constexpr Block none_taken = CachingAllocator::no_block;

  const Precision& precision() const { return *options_.setup.precision; }
  Block take(Checked bytes) { return allocator_.allocate(bytes.value_or(INT64_MAX)); }
  void let_go(Block& block) {
    allocator_.release(block);
    block = none_taken;
  }
  Checked elements(ValueId id) const { return analysis_.tensor(id).shape.elements(); }
  Checked bytes_of_value(ValueId id) const {
    const auto n = tensor_bytes(analysis_.tensor(id));
    return n ? n->count : Checked(0);
  }
  Checked gradient_bytes(ValueId id) const {
    const int own = bits(analysis_.tensor(id).dtype);
    return elements(id) * ((precision().as_in_file() ? own : precision().gradient_bits) / 8);
  }

  // Stored tensors, learned or not, each its own request; `all_bytes` of the ledger knows also what
  // is stored twice under one name.
  void stored(bool learned, std::int64_t all_bytes) {
    Checked sum = 0;
    for (std::size_t i = 0; i < analysis_.roles.of.size(); ++i) {
      const Role role = analysis_.roles.of[i];
      if (!is_stored(role) || (role == Role::parameter) != learned) continue;
      const Checked bytes = bytes_of_value(static_cast<ValueId>(i));
      if ((sum + bytes).value_or(INT64_MAX) > all_bytes) break;
      take(bytes);
      sum += bytes;
    }
    take(Checked(all_bytes) - sum.value_or(0));
  }

  void use_blas(std::size_t thread) {
    if (has_blas_[thread]) return;
    has_blas_[thread] = true;
    take(options_.gpu.blas_workspace_bytes);
  }

  void update() {
    if (!has_state_)
      for (const ValueId id : trained_)
        for (const Checked bytes : optimizer_tensors(analysis_.tensor(id), options_.setup))
          take(bytes);
    has_state_ = true;
    std::vector<Block> roots;
    for (const std::int64_t bytes : update_scratch(analysis_, options_)) {
      if (options_.update_loop() == UpdateLoop::foreach) {
        roots.push_back(take(bytes));
        continue;
      }
      Block root = take(bytes), quotient = take(bytes);
      let_go(root);
      let_go(quotient);
    }
    for (Block& root : roots) let_go(root);
  }

  const Analysis& analysis_;
  const TimelineOptions& options_;
  const Heap& heap_;
  CachingAllocator allocator_;
  std::vector<ValueId> trained_;
  std::vector<Block> blocks_;  // by StorageId
  bool has_state_ = false;
  bool has_blas_[2] = {};  // of the program's thread, of that of the backward pass
};

}  // namespace

Result<GpuMemory> gpu_memory(const Analysis& analysis, const TimelineOptions& options,
                             const Ledger& ledger, std::span<const HeapEvent> events,
                             const Heap& heap) {
  Replay replay(analysis, options, heap);
  replay.begin(ledger);
  constexpr int n_steps = 3;
  for (int i = 0; i < n_steps; ++i) replay.step(events);
  return replay.result();
}

}  // namespace reckon
