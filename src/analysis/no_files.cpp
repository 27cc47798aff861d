// An engine for a page, whose networks come from the network language: nothing leaves a dimension
// to be guessed or fixes a batch, and there are neither bodies nor quantised operators.
// tests/wasm_test.mjs holds its answers against those of the whole engine.
#include "analysis/batch_flow.h"
#include "analysis/fold_norms.h"
#include "analysis/input_uses.h"
#include "analysis/integer_operators.h"
#include "analysis/notes.h"
#include "analysis/recover.h"
#include "analysis/stored_names.h"

namespace reckon {

// The batch is called N.
std::vector<InputUse> input_uses(const Graph& graph) {
  return std::vector<InputUse>(graph.inputs.size());
}

// Layers are written as such.
std::unique_ptr<Graph> recover_layers(const Graph&) {
  return nullptr;
}

IntegerOperators integer_operators(const Graph&) {
  return {};
}

RestoredNorms restore_norms(const Graph&) {
  return {};
}

std::int64_t count_folded_norms(const Graph&) {
  return 0;
}

bool lacks_dropout(const Graph&) {
  return false;
}

bool is_named_as_made(std::string_view) {
  return false;
}

bool is_named_as_literal(std::string_view) {
  return false;
}

bool is_made_up(std::string_view) {
  return false;
}

bool are_copies(std::string_view, std::string_view) {
  return false;
}

std::string_view module_of_call(std::string_view module) {
  return module;
}

std::string_view Owners::of(ValueId id) {
  return graph_->values[static_cast<std::size_t>(id)].name;
}

void note_uncertain_parameters(const Graph&, const Roles&, const Shapes&,
                               std::vector<std::string>&) {}

ValueId written_shape(const Graph&, const Node&) {
  return none;
}

std::optional<Constant> target_of_other_batch(const Graph&, const Node&, const Shapes&,
                                              OtherBatch&) {
  return std::nullopt;
}

void follow_batch(const Graph&, const Node&, const Shapes&, OtherBatch&) {}

Result<Shapes> shapes_of_other_batch(const Graph&, BoundDims&) {
  return fail(ErrorCode::unsupported, "this engine reads no files");
}

Result<Shapes> shapes_of_guesses(const Graph& graph, BoundDims& bound) {
  return ShapePass{bound}.run(graph, nullptr, {});
}

Status ShapePass::control(const Node&, NodeId, Shapes&) {
  return fail(ErrorCode::unsupported, "this engine runs no bodies");
}

}  // namespace reckon
