#include "formats/net/graph_builder.h"

#include "ops/infer.h"
#include "ops/table.h"

namespace reckon::net {

std::string with_batch(const Shape& shape) {
  if (!shape.has_rank()) return "of unknown shape";
  std::string text = "N";
  for (int i = 1; i < shape.rank(); ++i) text += "×" + std::to_string(shape[i]);
  return text;
}

ValueId GraphBuilder::add_value(std::string_view name, ValueKind kind, DType dtype,
                                const Shape& declared) {
  const ValueId id = graph_->add_value(name, kind, dtype, declared);
  n_name_bytes_ += 2 * name.size();  // the value's, and about as much for its node
  tensors_.push_back({.dtype = dtype, .shape = declared, .value = nullptr});
  return id;
}

ValueId GraphBuilder::input(std::string_view name, DType dtype, std::span<const Dim> dims) {
  Shape declared{graph_->named_dim("N")};
  for (const Dim dim : dims) declared.push_back(dim);
  const ValueId id = add_value(name, ValueKind::input, dtype, declared);
  Tensor tensor = tensors_[index(id)];
  tensor.shape[0] = unknown_dim;
  tensors_.set(index(id), tensor);
  graph_->inputs.push_back(id);
  return id;
}

Result<ValueId> GraphBuilder::weight(const std::string& name, const Shape& shape, DType dtype) {
  RECKON_TRY(shape.elements().get("the number of elements of " + name));
  return add_value(name, ValueKind::initializer, dtype, shape);
}

ValueId GraphBuilder::constant(const std::string& name, Constant value) {
  const std::int32_t at = graph_->add_constant(std::move(value));
  const Constant& kept = graph_->constants[static_cast<std::size_t>(at)];
  const ValueId id = add_value(name, ValueKind::intermediate, kept.dtype, kept.shape);
  graph_->values[index(id)].constant = at;
  tensors_.set(index(id), {kept.dtype, kept.shape, &kept});
  Node& made = graph_->add_node("Constant", name, {}, std::span(&id, 1),
                                {{.name = "value", .value = ConstantRef{at}}});
  made.module = module_;
  made.line = line_;
  made.opset = opset;
  made.op = find_op("Constant");
  return id;
}

Result<std::vector<ValueId>> GraphBuilder::node(std::string_view op, const std::string& name,
                                                std::span<const ValueId> inputs,
                                                std::span<const std::string> outputs,
                                                std::vector<Attr> attrs) {
  std::vector<ValueId> made;
  for (const std::string& output : outputs)
    made.push_back(output.empty() ? none
                                  : add_value(output, ValueKind::intermediate, DType::unknown, {}));
  const auto [row, is_new] = rows_.try_emplace(op, nullptr);
  if (is_new) row->second = find_op(op);
  Node& node = graph_->add_node(op, name, inputs, made, std::move(attrs));
  node.module = module_;
  node.line = line_;
  node.opset = opset;
  node.op = row->second;
  ShapeContext context(*graph_, node, tensors_, folded_);
  RECKON_TRY(infer_node(context));
  for (const ValueId id : made) {
    if (id == none) continue;
    const Shape& found = shape(id);
    bool known = found.has_rank();
    for (int i = 1; known && i < found.rank(); ++i) known = found[i] >= 0;
    if (!known)
      return fail(ErrorCode::unsupported,
                  "the shape that " + std::string(op) + " '" + name + "' gives is not known");
    Value& value = graph_->values[index(id)];
    value.dtype = dtype(id);
    Shape declared = found;
    if (found.rank() > 0 && found[0] == unknown_dim) declared[0] = graph_->named_dim("N");
    graph_->declare(value, declared);
  }
  return made;
}

Result<ValueId> GraphBuilder::node(std::string_view op, const std::string& name,
                                   std::initializer_list<ValueId> inputs, std::vector<Attr> attrs) {
  RECKON_ASSIGN(const std::vector<ValueId> made,
                node(op, name, std::span(inputs.begin(), inputs.size()), std::span(&name, 1),
                     std::move(attrs)));
  return made.front();
}

}  // namespace reckon::net
