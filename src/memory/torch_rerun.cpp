// Recomputation in the simulated run, as torch.utils.checkpoint does it: a segment runs without
// autograd, and what it reads from outside is kept (its checkpoint); when the backward pass comes
// to it, it runs again with autograd, goes backward, and lets go of its checkpoint. What is kept of
// selective checkpointing is given up when its node is reached again: the result is then there
// instead.
#include <algorithm>

#include "memory/torch_run.h"

namespace reckon {
namespace {

// preserve_rng_state: torch.get_rng_state() is a tensor of the processor, where it counts.
constexpr std::int64_t random_state_bytes = 5056;

// A product of attention, written out, has made scores too.
std::int64_t scores_bytes_of(const OpContext& ctx) {
  const AttentionSizes s = attention_sizes(ctx);
  return bytes_of(Shape{s.batch, s.heads, s.queries, s.keys}.elements(), ctx.in(0).dtype)
      .value_or(0);
}

}  // namespace

void TorchRun::plan_reruns() {
  if (options_.rerun == nullptr) return;
  segment_of_.assign(graph_.nodes.size(), none);
  is_kept_.assign(graph_.nodes.size(), false);
  for (const RerunSegment& segment : options_.rerun->segments) {
    for (const NodeId id : segment.nodes)
      segment_of_[at(id)] = static_cast<std::int32_t>(reruns_.size());
    reruns_.emplace_back();
  }
  for (const NodeId id : options_.rerun->kept) is_kept_[at(id)] = true;
}

// In the forward pass: without autograd.
void TorchRun::run_plain(NodeId id) {
  const std::int32_t segment = segment_of(id);
  Rerun& rerun = reruns_[at(segment)];
  const Node& node = graph_.nodes[at(id)];
  if (options_.rerun->segments[at(segment)].nodes.front() == id && !options_.torch.is_on_gpu())
    rerun.checkpoint.push_back(heap.allocate(random_state_bytes, Holding::saved));
  bool any = false;
  for (const ValueId in : graph_.inputs_of(node)) {
    if (in == none) continue;
    any = any || held(in).requires_grad;
    const StorageId storage = held(in).storage;
    const NodeId from = graph_.values[at(in)].producer;
    if (storage == no_storage || (from != none && segment_of(from) == segment) ||
        std::ranges::find(rerun.checkpoint, storage) != rerun.checkpoint.end())
      continue;
    heap.hold(storage, Holding::saved);
    rerun.checkpoint.push_back(storage);
  }
  recording_ = false;
  run_node(id);
  recording_ = true;
  if (node.op == nullptr) return;
  const OpContext ctx(graph_, node, analysis_.shapes->tensors);
  any = any && ctx.has_output(0) && is_float(ctx.out(0).dtype);
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i) || !is_float(ctx.out(i).dtype) || is_stored(ctx.output_id(i))) continue;
    Held& out = held(ctx.output_id(i));
    out.requires_grad = any;
    if (!is_kept_[at(id)] || !out.alive || out.storage == no_storage) continue;
    heap.hold(out.storage, Holding::saved);
    rerun.kept[id].push_back(out.storage);
    if (has_attention_sizes(ctx) && i == 0 && !fuses_attention(ctx))
      rerun.kept[id].push_back(heap.allocate(scores_bytes_of(ctx), Holding::saved));
  }
}

// When the first gradient comes to a segment, all of it runs again.
void TorchRun::rerun_before(NodeId id) {
  const std::int32_t segment = segment_of(id);
  if (segment == none || reruns_[at(segment)].done) return;
  const auto outputs = graph_.outputs_of(graph_.nodes[at(id)]);
  if (std::ranges::none_of(
          outputs, [&](ValueId out) { return out != none && gradients_[at(out)] != no_storage; }))
    return;
  Rerun& rerun = reruns_[at(segment)];
  rerun.done = true;
  const std::vector<NodeId>& nodes = options_.rerun->segments[at(segment)].nodes;
  std::vector<std::pair<ValueId, Held>> first_run;
  for (const NodeId node : nodes) {
    for (const ValueId out : graph_.outputs_of(graph_.nodes[at(node)])) {
      if (out == none) continue;
      first_run.emplace_back(out, held(out));
      held(out).alive = false;
    }
  }
  phase_ = Phase::backward;
  for (const NodeId node : nodes) {
    if (const auto kept = rerun.kept.find(node); kept != rerun.kept.end()) {
      for (const StorageId storage : kept->second) heap.release(storage, Holding::saved);
      rerun.kept.erase(kept);
    }
    run_node(node);
  }
  phase_ = Phase::forward;
  // What the segment handed on is there from the first run, for whoever needs it still.
  for (const auto& [value, before] : first_run) {
    if (held(value).alive) {
      // use_reentrant=True, as is usual in 1.13, is a backward pass within a backward pass, which
      // holds its results and their gradients until it is done.
      if (!options_.torch.is_2()) {
        for (const StorageId storage : {held(value).storage, gradients_[at(value)]}) {
          heap.hold(storage, Holding::saved);
          rerun.checkpoint.push_back(storage);
        }
      }
      heap.release(held(value).storage, Holding::activation);
    }
    held(value) = before;
  }
}

void TorchRun::rerun_after(NodeId id) {
  const std::int32_t segment = segment_of(id);
  if (segment == none || options_.rerun->segments[at(segment)].nodes.front() != id) return;
  Rerun& rerun = reruns_[at(segment)];
  for (const StorageId storage : rerun.checkpoint) heap.release(storage, Holding::saved);
  for (const auto& [node, storages] : rerun.kept)
    for (const StorageId storage : storages) heap.release(storage, Holding::saved);
  rerun = {.checkpoint = {}, .kept = {}, .done = true};
}

}  // namespace reckon
