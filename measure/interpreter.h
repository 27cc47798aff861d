// Runs the steps of a plan, one LibTorch operation (or a few) for each node, with autograd on where
// it is asked for. Throws c10::Error where LibTorch does, and Refused where a node cannot be run.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/analyze.h"
#include "plan.h"

namespace reckon {

// Something that this room does not run; the message says what, for the person.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What keeps a network from being trained whose loss no weight reaches.
inline constexpr const char* nothing_trained =
    "no weight of this network reaches the output that the loss is of: export it with the output "
    "behind its layers, or freeze fewer";

// A stored tensor that the optimizer moves.
struct Trained {
  std::string name;
  at::Tensor tensor;
  ValueId value = none;  // itself, or the operand of a recurrent layer that it is a part of
};

// The leaves of a recurrent layer, as LibTorch orders them: w_ih, w_hh (, b_ih, b_hh) a direction.
using RecurrentWeights = std::vector<at::Tensor>;

class Interpreter {
 public:
  struct Setup {
    bool training = false, in_place = true;
    at::Device device = at::kCPU;
    bool dropout = true;  // in training
  };
  // Makes weights, buffers and inputs. Graph, analysis and plan must outlive it.
  Interpreter(const Graph& graph, const Analysis& analysis, const Plan& plan, Setup setup);

  // Called after each step, before values are let go.
  using Watch = void (*)(void* whom, std::size_t step);
  // A forward pass. The outputs are alive afterwards, until forget().
  void forward(Watch before = nullptr, Watch after = nullptr, void* whom = nullptr);
  void forget();

  // By output of the graph; undefined for one that is a constant.
  at::Tensor output(std::size_t i) const;
  // The tensor of a value now; undefined where it is not alive.
  const at::Tensor& tensor(ValueId id) const { return values_[static_cast<std::size_t>(id)]; }
  const std::vector<Trained>& trained() const { return trained_; }
  const Setup& setup() const { return setup_; }
  // Of a network that was made for training: whether dropout and batch statistics are on.
  void set_training(bool on) { setup_.training = on; }

 private:
  friend class RunContext;
  void make_stored();
  void make_recurrent(const OpContext& ctx);
  const at::Tensor& value(ValueId id);
  at::Tensor on_device(at::Tensor tensor) const;

  const Graph& graph_;
  const Analysis& analysis_;
  const Plan& plan_;
  Setup setup_;
  std::vector<at::Tensor> values_;           // by ValueId
  std::vector<RecurrentWeights> recurrent_;  // by NodeId
  std::vector<Trained> trained_;
};

// The operator's side: all that its function may see and do.
class RunContext : public OpContext {
 public:
  RunContext(const OpContext& ctx, Interpreter& run, NodeId id)
      : OpContext(ctx), run_(run), id_(id) {}

  const at::Tensor& x(int i) { return run_.value(input_id(i)); }
  at::Tensor optional_x(int i) { return has_input(i) ? x(i) : at::Tensor(); }
  void set(int i, at::Tensor y) {
    if (has_output(i)) run_.values_[static_cast<std::size_t>(output_id(i))] = std::move(y);
  }
  bool training() const { return run_.setup_.training; }
  bool drops() const { return run_.setup_.training && run_.setup_.dropout; }
  at::TensorOptions options(DType type) const;
  // A number that the program has, where the operand is a known scalar.
  std::optional<at::Scalar> number(int i) const;
  std::vector<std::int64_t> sizes_of_output(int i = 0) const;
  // The operator may write over operand i: nobody else, autograd included, holds it.
  bool may_overwrite(int i);
  // …and what autograd keeps for it is its result, or nothing.
  bool may_overwrite_unless_kept(int i) {
    return may_overwrite(i) && !(at::GradMode::is_enabled() && x(i).requires_grad());
  }
  RecurrentWeights& recurrent_weights() { return run_.recurrent_[static_cast<std::size_t>(id_)]; }

 private:
  Interpreter& run_;
  NodeId id_;
};

using RunFn = void (*)(RunContext&);
struct RunRow {
  std::string_view op;
  RunFn run;
};
// Null when this room has no such operator.
RunFn find_run(std::string_view op, std::string_view domain);

// The families, one file each.
std::span<const RunRow> activation_runs();
std::span<const RunRow> attention_runs();
std::span<const RunRow> conv_runs();
std::span<const RunRow> elementwise_runs();
std::span<const RunRow> index_runs();
std::span<const RunRow> matmul_runs();
std::span<const RunRow> norm_runs();
std::span<const RunRow> pool_runs();
std::span<const RunRow> recurrent_runs();
std::span<const RunRow> shape_runs();

// "1×3×224×224"
std::string sizes_text(at::IntArrayRef sizes);

}  // namespace reckon
