// Builds a graph node by node and knows the shape of every value on the way, because the next
// layer of a network needs the channels of the one before. Shapes come from the operators' own
// rules (ops/infer.h), with the batch unknown: a layer that mixes it up shows at once.
#pragma once

#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "ops/context.h"

namespace reckon::net {

class GraphBuilder {
 public:
  static constexpr std::int32_t opset = 24;

  GraphBuilder() : graph_(std::make_unique<Graph>()) {}

  // Module and line of the nodes that follow. The view must outlive the graph: keep() it.
  void set_scope(std::string_view module, std::uint32_t line) {
    module_ = module;
    line_ = line;
  }
  std::string_view keep(std::string_view text) {
    n_name_bytes_ += text.size();
    return graph_->names->keep(text);
  }
  std::size_t n_name_bytes() const { return n_name_bytes_; }

  // A graph input whose first dimension is the batch, "N".
  ValueId input(std::string_view name, DType dtype, std::span<const Dim> dims);
  // A weight: known by shape only. Fails with overflow when it has more than 2^63 elements.
  Result<ValueId> weight(const std::string& name, const Shape& shape, DType dtype = DType::float32);
  // A small tensor with its elements, as a Constant node. REQUIRES: at most max_elements.
  ValueId constant(const std::string& name, Constant value);

  // Adds a node and infers its outputs. Fails where the operator's rule does, and with
  // unsupported when it cannot tell the shape.
  Result<std::vector<ValueId>> node(std::string_view op, const std::string& name,
                                    std::span<const ValueId> inputs,
                                    std::span<const std::string> outputs,
                                    std::vector<Attr> attrs = {});
  Result<ValueId> node(std::string_view op, const std::string& name,
                       std::initializer_list<ValueId> inputs, std::vector<Attr> attrs = {});

  const Shape& shape(ValueId value) const { return tensors_[index(value)].shape; }
  DType dtype(ValueId value) const { return tensors_[index(value)].dtype; }
  std::size_t n_values() const { return tensors_.size(); }

  void output(ValueId value) { graph_->outputs.push_back(value); }
  std::unique_ptr<Graph> finish() { return std::move(graph_); }

 private:
  static std::size_t index(ValueId value) { return static_cast<std::size_t>(value); }
  ValueId add_value(std::string_view name, ValueKind kind, DType dtype, const Shape& declared);

  std::unique_ptr<Graph> graph_;
  TensorList tensors_;
  std::deque<Constant> folded_;
  std::unordered_map<std::string_view, const OpDef*> rows_;
  std::string_view module_;
  std::uint32_t line_ = 0;
  std::size_t n_name_bytes_ = 0;
};

// "N×3×224×224": a shape with the batch in front.
std::string with_batch(const Shape& shape);

}  // namespace reckon::net
