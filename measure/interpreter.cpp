#include "interpreter.h"

#include <algorithm>

#include "analysis/tokens.h"
#include "base/text.h"
#include "ops/fold.h"
#include "parameters.h"

namespace reckon {
namespace {

std::size_t at_(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::vector<std::int64_t> sizes_of(const Shape& shape) {
  return {shape.dims().begin(), shape.dims().end()};
}

at::Tensor tensor_of(const Constant& c) {
  const at::ScalarType type = scalar_type(c.dtype);
  if (type == at::ScalarType::Undefined)
    throw Refused("constants of type " + std::string(to_string(c.dtype)) + " are not run");
  const auto sizes = sizes_of(c.shape);
  if (is_float(c.dtype)) {
    at::Tensor wide = at::empty(sizes, at::kDouble);
    std::copy(c.floats.begin(), c.floats.end(), wide.data_ptr<double>());
    return wide.to(type);
  }
  at::Tensor wide = at::empty(sizes, at::kLong);
  std::copy(c.ints.begin(), c.ints.end(), wide.data_ptr<std::int64_t>());
  return wide.to(type);
}

}  // namespace

std::string sizes_text(at::IntArrayRef sizes) {
  std::string out;
  for (const std::int64_t n : sizes) out += (out.empty() ? "" : "×") + std::to_string(n);
  return out.empty() ? "scalar" : out;
}

RunFn find_run(std::string_view op, std::string_view domain) {
  if (!domain.empty() && domain != "ai.onnx") return nullptr;
  for (const auto rows :
       {activation_runs(), attention_runs(), conv_runs(), elementwise_runs(), index_runs(),
        matmul_runs(), norm_runs(), pool_runs(), recurrent_runs(), shape_runs()})
    for (const RunRow& row : rows)
      if (row.op == op) return row.run;
  return nullptr;
}

Interpreter::Interpreter(const Graph& graph, const Analysis& analysis, const Plan& plan,
                         Setup setup)
    : graph_(graph),
      analysis_(analysis),
      plan_(plan),
      setup_(setup),
      values_(graph.values.size()),
      recurrent_(graph.nodes.size()) {
  make_stored();
  for (const Stored& in : plan.inputs) {
    const Tensor& tensor = analysis.tensor(in.value);
    if (!tensor.shape.is_static()) throw Refused("the shape of an input is not known");
    at::Tensor made = at::empty(sizes_of(tensor.shape), scalar_type(tensor.dtype));
    fill_input(made, graph.values[at_(in.value)].name, in);
    values_[at_(in.value)] = on_device(std::move(made));
  }
}

at::Tensor Interpreter::on_device(at::Tensor tensor) const {
  return setup_.device.is_cpu() ? tensor : tensor.to(setup_.device);
}

void Interpreter::make_stored() {
  const at::NoGradGuard no_grad;
  for (const NodeId id : plan_.steps) {
    const Node& node = graph_.nodes[at_(id)];
    if (node.op_type == "LSTM" || node.op_type == "GRU" || node.op_type == "RNN")
      make_recurrent(OpContext(graph_, node, analysis_.shapes->tensors));
  }
  for (const Stored& stored : plan_.stored) {
    if (plan_.readers[at_(stored.value)] == 0) continue;  // of a recurrent layer, or of nobody
    const Tensor& tensor = analysis_.tensor(stored.value);
    const auto name = graph_.values[at_(stored.value)].name;
    const at::ScalarType type = scalar_type(tensor.dtype);
    if (!tensor.shape.is_static() || type == at::ScalarType::Undefined)
      throw Refused("a weight of type " + std::string(to_string(tensor.dtype)) + " is not run");
    at::Tensor made = at::empty(sizes_of(tensor.shape), type);
    fill(made, name, stored.fill, stored.n_rows);
    made = on_device(std::move(made));
    if (setup_.training && stored.trained) {
      made.set_requires_grad(true);
      trained_.push_back({std::string(name), made, stored.value});
    }
    values_[at_(stored.value)] = std::move(made);
  }
}

const at::Tensor& Interpreter::value(ValueId id) {
  at::Tensor& slot = values_[at_(id)];
  if (slot.defined()) return slot;
  const Tensor& tensor = analysis_.tensor(id);
  if (!is_known(tensor))
    throw Refused("the elements of " + quoted(graph_.values[at_(id)].name) + " are not known");
  slot = on_device(tensor_of(*tensor.value));  // once; it stays
  return slot;
}

void Interpreter::forward(Watch before, Watch after, void* whom) {
  for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
    const NodeId id = plan_.steps[s];
    const Node& node = graph_.nodes[at_(id)];
    RunContext ctx(OpContext(graph_, node, analysis_.shapes->tensors), *this, id);
    const RunFn run = find_run(node.op_type, node.domain);
    if (run == nullptr)
      throw Refused("nobody has written how to run " + quoted(node.op_type) + " (" +
                    quoted(node.name) +
                    "); export the network before it was quantised or compiled, or without that "
                    "layer");
    if (before != nullptr) before(whom, s);
    run(ctx);
    for (int i = 0; i < ctx.n_outputs(); ++i) {
      if (!ctx.has_output(i) || !ctx.out(i).shape.is_static()) continue;
      const at::Tensor& made = values_[at_(ctx.output_id(i))];
      if (made.defined() && made.sizes() != at::IntArrayRef(ctx.sizes_of_output(i)))
        throw Refused(std::string(node.op_type) + " " + quoted(node.name) + " made " +
                      sizes_text(made.sizes()) + " where " + to_string(ctx.out(i).shape) +
                      " was expected");
    }
    for (const ValueId value : plan_.dying[s]) values_[at_(value)] = at::Tensor();
    if (after != nullptr) after(whom, s);
  }
}

void Interpreter::forget() {
  for (const ValueId out : graph_.outputs)
    if (graph_.values[at_(out)].producer != none) values_[at_(out)] = at::Tensor();
}

at::Tensor Interpreter::output(std::size_t i) const {
  return values_[at_(graph_.outputs[i])];
}

at::TensorOptions RunContext::options(DType type) const {
  return at::TensorOptions().dtype(scalar_type(type)).device(run_.setup_.device);
}

std::optional<at::Scalar> RunContext::number(int i) const {
  const Tensor& operand = in(i);
  if (!has_input(i) || operand.shape.rank() != 0 || !is_known(operand)) return std::nullopt;
  if (is_float(operand.dtype)) return at::Scalar(float_at(*operand.value, 0));
  return at::Scalar(int_at(*operand.value, 0));
}

std::vector<std::int64_t> RunContext::sizes_of_output(int i) const {
  return sizes_of(out(i).shape);
}

// The slot is the only holder of the tensor, and the tensor of its memory, and programs do.
bool RunContext::may_overwrite(int i) {
  const ValueId id = input_id(i);
  const at::Tensor& t = x(i);
  return run_.setup_.in_place && graph_.values[at_(id)].producer != none &&
         run_.plan_.readers[at_(id)] == 1 && !run_.plan_.is_output[at_(id)] && t.use_count() == 1 &&
         t.storage().use_count() == 1 && !is_of_tokens(graph_, run_.analysis_, id);
}

}  // namespace reckon
