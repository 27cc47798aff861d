// Shared by the files of the shape pass and by the analysis that runs it; not for other passes.
#pragma once

#include <map>
#include <vector>

#include "analysis/shapes.h"

namespace reckon {

// A batch other than the one that the file fixes: what is known at the file's own, and what of the
// file is read as if it had been written for the other.
struct OtherBatch {
  const Shapes* as_fixed = nullptr;  // at the file's own batch
  Dim from = 1, to = 1;
  std::map<ValueId, int> expanded;     // constants and stored tensors: which axis is the batch
  std::vector<NodeId> rewritten = {};  // nodes whose literal shape holds the batch
  // A literal may hold the batch in several places ([5,16] of 5×4·1×4): of Reshapes that look the
  // same, which of them is taken, where it is not the first; and how many there were.
  using Look = std::vector<Dim>;
  std::map<Look, std::size_t> taken = {};
  struct Choice {
    NodeId node;
    Look look;
    std::size_t n;
  };
  std::vector<Choice> choices = {};
  // What the dimension with the batch holds outside of it, where that is not 1 (batch_flow.h).
  std::map<ValueId, Dim> outer = {};

  // As many times along `axis` as the other batch is larger.
  void repeat(Tensor& tensor, int axis) const {
    tensor.value = nullptr;
    if (axis >= tensor.shape.rank()) return;
    const Checked size = Checked(tensor.shape[axis] / from) * to;
    tensor.shape[axis] = size.ok() ? size.value() : unknown_dim;
  }
};

struct ShapePass {
  const BoundDims& bound;
  OtherBatch* other_batch = nullptr;  // of the main graph
  std::int64_t steps = 0;
  // Elements that folding has made so far. Beyond the budget (no published model comes near) shapes
  // are found without elements, so that a hostile file cannot take more than 64 MiB here.
  std::int64_t folded_elements = 0;
  static constexpr std::int64_t max_folded_elements = 8'000'000;
  // Of the main graph, where a rule fails: the node, and what was known before it.
  NodeId failed_at = none;
  Shapes before_failure = {};
  // Operators without a row work element by element (shapes_with_pointwise).
  bool assumes_pointwise = false;
  std::int64_t assumed = 0;

  // `outer` are the tensors of the surrounding graph (captured values), `fed` those of the inputs
  // in order; an empty list leaves the inputs as declared.
  Result<Shapes> run(const Graph& graph, const Shapes* outer, std::span<const Tensor> fed);

 private:
  Status infer(const Node& node, NodeId id, Shapes& shapes);
  void expand(const Node& node, Shapes& shapes) const;
  // The axis is as long as the other batch; elements are not known then.
  void at_other_batch(ValueId id, int axis, Shapes& shapes) const;
  // Sets stored operands to their shape at the other batch; what they were.
  std::vector<std::pair<ValueId, Tensor>> repeat_stored(const Node& node, Shapes& shapes) const;
  // If, Loop and Scan (shape_control.cpp).
  Status control(const Node& node, NodeId id, Shapes& shapes);
  Status run_if(const Node& node, NodeId id, Shapes& shapes);
  Status run_loop(const Node& node, NodeId id, Shapes& shapes);
  Status run_scan(const Node& node, NodeId id, Shapes& shapes);

  // Bodies that see other shapes in every repetition (shape_repeat.cpp).
  Status run_sequence_map(const Node& node, NodeId id, Shapes& shapes);
  Status run_generation(const Node& node, NodeId id, Shapes& shapes);
  static bool may_unroll(const Graph& body, std::int64_t times);
  Status unroll(const Node& node, NodeId id, Shapes& shapes, const Graph& body, std::int32_t index,
                std::vector<Tensor> fed, std::int64_t times);
};

// Result i of a body that has run.
Tensor output_of(const Shapes& shapes, std::size_t i);
// Adds a run of a body; the shapes that were found in it are `of_body`.
void add_run(Shapes& shapes, BodyRun run, Shapes of_body);

// The inputs' sizes are within 64 bits.
Status check_inputs(const Graph& graph, const BoundDims& bound);

// The operand of Reshape, Expand and Resize that says the shape of the result; `none` elsewhere.
ValueId written_shape(const Graph& graph, const Node& node);
// That operand with the other batch in the place of the file's own
// (other_batch.cpp). Nullopt where it is right as it stands.
std::optional<Constant> target_of_other_batch(const Graph& graph, const Node& node,
                                              const Shapes& shapes, OtherBatch& other);
// An initializer, or the result of a Constant.
bool is_stored_with_batch(const Graph& graph, ValueId id);
// The shapes at a batch that the file does not fix. Fails with what the file has against it.
Result<Shapes> shapes_of_other_batch(const Graph& graph, BoundDims& bound);

// What binds the dimensions with other dimensions of the same input as the batch, where the file
// fixes them and no operator says that they are something else. `why_not` is what the file has
// against the place that was taken.
std::vector<BoundDims> with_batch_elsewhere(const Graph& graph, const BoundDims& bound,
                                            const std::string& why_not);

// The shapes at what was guessed of the free dimensions, or at what the rules allow in its place
// (guesses.cpp).
Result<Shapes> shapes_of_guesses(const Graph& graph, BoundDims& bound);

// The shapes where every operator without a row that has one computed operand and one result, of
// which the file says nothing, works element by element: its result looks like its operand. Nullopt
// where there is no such operator, or where what follows contradicts that. `assumed` counts them.
std::optional<Shapes> shapes_with_pointwise(const Graph& graph, const BoundDims& bound,
                                            const Shapes& without, std::int64_t& assumed);

// Two states of a loop are the same as far as is known: shape, and the tensors of a sequence.
bool same_state(const Tensor& a, const Tensor& b);

}  // namespace reckon
