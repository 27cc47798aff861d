// The simulated run behind make_timeline; not for other rooms.
#pragma once

#include <span>
#include <vector>

#include "base/lists.h"
#include "base/pool.h"
#include "memory/layout.h"
#include "memory/timeline.h"
#include "ops/attention.h"

namespace reckon {

// The index of a node or value in a list of them.
inline std::size_t at(std::int32_t id) {
  return static_cast<std::size_t>(id);
}

// A value as PyTorch holds it.
struct Held {
  static const Layout unknown;

  StorageId storage = no_storage;
  const Layout* layout = &unknown;  // or among TorchRun's
  bool alive = false;               // the program holds it
  bool requires_grad = false;
  bool known = false;  // static shape and fixed-size elements
};

inline const Layout Held::unknown = {};

// x.shape: reads no element.
inline bool reads_size_only(const Node& node) {
  return node.op != nullptr && has(node.op->traits, Trait::metadata);
}
bool is_recurrent(const Node& node);
// A recurrent layer of which enough is known to run it.
bool has_hidden_shape(const OpContext& ctx);
std::int64_t gates_of(const OpContext& ctx);
Shape hidden_states(const OpContext& ctx);
// An Attention of which enough is known to run it.
bool has_attention_sizes(const OpContext& ctx);

class TorchRun {
 public:
  TorchRun(const Graph& graph, const Analysis& analysis, const TimelineOptions& options);

  // Before forward(): run as under torch.no_grad(), in training mode all the same.
  void without_autograd();
  void forward();
  void loss();
  std::int64_t loss_bytes(ValueId out) const;
  void backward();

  // Storages that autograd keeps for a node, between forward() and backward().
  std::span<const StorageId> kept_by(NodeId id) const {
    return kept_[static_cast<std::size_t>(id)].storages;
  }
  StorageId storage_of(ValueId id) const { return held(id).storage; }
  bool needs_grad(ValueId id) const;

  Heap heap;
  std::vector<TimelinePoint> points;
  std::int64_t saved_bytes = 0;
  std::int64_t autograd_bytes = 0, loss_autograd_bytes = 0;
  std::int64_t forward_peak_bytes = 0;
  Peak peak;  // without the resident parts

 private:
  // Gradients that came so far: later ones are added in place, but not to a view of one.
  enum class ParamGradient : std::uint8_t { nothing, view, whole };
  struct Kept {  // by autograd, of one node
    std::vector<StorageId> storages;
  };

  // torch_scopes.cpp
  void find_last_uses();
  // torch_unseen.cpp
  void mark_unseen();
  // forward (torch_forward.cpp, torch_layout.cpp)
  void forget_size_readers();
  void mark_trained();
  void mark_weight_forms();
  void run_node(NodeId id);
  bool asks_for_contiguous(const OpContext& ctx) const;
  static bool cuts_storage(const Node& node);
  bool makes_view(const OpContext& ctx, Layout& out);
  void lay_out(Held& held, const Layout& layout);
  bool works_in_place(const OpContext& ctx) const;
  Layout output_layout(const OpContext& ctx, int i) const;
  void allocate_outputs(const OpContext& ctx);
  // torch_functions.cpp: what is made beside operands and results, to be kept or not.
  std::int64_t extra_bytes(const OpContext& ctx, const Saved& saved, bool to_keep) const;
  std::int64_t gradient_rows(const OpContext& ctx) const;
  const Layout* lies_by_columns(const OpContext& ctx) const;
  void keep(StorageId storage, Kept& kept);
  void keep_new(std::int64_t bytes, Kept& kept);
  void touch_temporaries(const OpContext& ctx, bool differentiable);
  void keep_for_backward(const OpContext& ctx, NodeId id);
  bool is_batch_of_products(const OpContext& ctx) const;
  void keep_product_operands(const OpContext& ctx, Kept& kept, bool forward_only);
  std::uint32_t kept_inputs(const OpContext& ctx, std::uint32_t by_row) const;
  void release_after(NodeId id);
  // torch_rerun.cpp
  std::int32_t segment_of(NodeId id) const {  // of TimelineOptions::rerun; none
    return segment_of_.empty() ? none : segment_of_[at(id)];
  }
  void plan_reruns();
  void run_plain(NodeId id);
  void rerun_before(NodeId id);
  void rerun_after(NodeId id);
  // torch_recurrent.cpp
  bool copies_operand(ValueId id) const;
  void run_recurrent(const OpContext& ctx, NodeId id);
  void finish_recurrent(const OpContext& ctx, bool differentiable);
  // Lets go of the gradients of the results when the steps are done.
  void backward_recurrent(const OpContext& ctx, NodeId id, std::vector<StorageId>& incoming);
  // torch_onednn_lstm.cpp
  bool is_onednn_lstm(const OpContext& ctx) const;
  bool is_last_layer(NodeId id) const;
  void run_onednn_lstm(const OpContext& ctx, NodeId id);
  void backward_onednn_lstm(const OpContext& ctx, StorageId gradient);
  // torch_attention.cpp
  StorageId attention_operand(const OpContext& ctx, int i, const AttentionSizes& s);
  void run_attention(const OpContext& ctx, NodeId id);
  // Lets go of the gradient when it is used up.
  void backward_attention(const OpContext& ctx, NodeId id, StorageId gradient);
  // torch_fused_attention.cpp
  bool fuses_attention(const OpContext& ctx) const;
  void run_fused_attention(const OpContext& ctx, NodeId id);
  bool gradient_is_turned(const OpContext& ctx) const;
  void backward_fused_attention(const OpContext& ctx, StorageId gradient);
  bool runs_product(const OpContext& ctx) const;
  bool is_cached_cast(const Node& node) const;
  void leave_autocast();
  bool is_stored(ValueId id) const;
  bool is_dropped_out(const OpContext& ctx) const;
  std::int64_t dropout_mask_bytes(const OpContext& ctx) const;
  // oneDNN's, of a processor.
  bool counts_scratch() const { return options_.workspace && !options_.torch.is_on_gpu(); }
  Held& held(ValueId id) { return held_[static_cast<std::size_t>(id)]; }
  const Held& held(ValueId id) const { return held_[static_cast<std::size_t>(id)]; }
  std::int64_t bytes_of_value(ValueId id) const;

  // backward (torch_backward.cpp)
  void backward_node(NodeId id);
  // Takes over one holder. `expanded`: how a view lies that shows elements many times.
  void add_gradient(ValueId id, StorageId gradient, const Layout* expanded = nullptr);
  // Likewise; a new one without it.
  void add_param_gradient(ValueId id, StorageId gradient = no_storage, bool is_view = false);
  void make_gradients(const OpContext& ctx, StorageId first, const Layout* expanded);
  void hand_on_gradients();
  bool shares_gradient(const OpContext& ctx, int i) const;
  // torch_gradients.cpp
  std::int64_t gradient_temporaries(const OpContext& ctx, int i) const;
  static bool reshapes_gradient(const OpContext& ctx);
  static bool copies_gradient(const OpContext& ctx, const Layout& lies);
  const Layout* turned_like(const OpContext& ctx, int i, const Layout* lies) const;
  const Layout* gradient_view(const OpContext& ctx, int i, const Layout* expanded);
  const Layout* expanded_gradient(ValueId id) const {
    return expanded_.empty() ? nullptr : expanded_[at(id)];
  }

  void end_point(Phase phase, NodeId node, std::string_view layer);

  const Graph& graph_;
  const Analysis& analysis_;
  const TimelineOptions& options_;
  std::vector<Held> held_;  // by ValueId
  Pool<Layout> layouts_;
  std::vector<NodeId> last_use_;  // by ValueId; nodes.size() for outputs
  Lists<ValueId> dying_;          // by NodeId
  std::vector<std::int32_t> readers_;
  // Weights of a recurrent layer as the file format orders them, by ValueId: made from the stored
  // ones by nodes that PyTorch does not run.
  std::vector<bool> is_weight_form_;
  std::vector<bool> is_unseen_;       // by ValueId: exporters compute it, PyTorch does not
  std::vector<Kept> kept_;            // by NodeId
  std::vector<StorageId> gradients_;  // by ValueId
  std::vector<ParamGradient> param_gradients_;  // by ValueId
  struct Made {  // by a function of autograd that has not returned yet
    ValueId id = none;
    StorageId gradient = no_storage;
    const Layout* expanded = nullptr;
    bool is_parameter = false, is_view = false, is_broadcast = false;
  };
  std::vector<Made> made_;
  // Of those of gradients_ that show elements many times, as the gradient of a sum does, or whose
  // dimensions are turned. By ValueId; empty before there is one.
  std::vector<const Layout*> expanded_;
  struct Rerun {  // of a segment
    std::vector<StorageId> checkpoint;
    std::map<NodeId, std::vector<StorageId>> kept;  // results of products
    bool done = false;
  };
  std::vector<Rerun> reruns_;
  std::vector<std::int32_t> segment_of_;  // by NodeId; empty where nothing is run again
  std::vector<bool> is_kept_;             // by NodeId, likewise
  std::vector<StorageId> lstm_call_;      // that a call of oneDNN's LSTM holds besides
  bool recording_ = true;                 // autograd is on
  Phase phase_ = Phase::forward;          // in which operators run
};

}  // namespace reckon
