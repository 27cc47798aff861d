#include "formats/onnx/graph_reader.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "formats/onnx/fields.h"
#include "formats/onnx/metadata.h"
#include "formats/onnx/tensor.h"
#include "graph/dim_expression.h"
#include "graph/sort.h"

namespace reckon {

ByteSource* OnnxFile::beside(const std::string& location) {
  constexpr std::size_t most_files = 16;
  auto at = besides.find(location);
  if (at == besides.end()) {
    if (besides.size() == most_files) return nullptr;
    auto opened = source.beside(location);
    at = besides.emplace(location, opened ? *std::move(opened) : nullptr).first;
  }
  return at->second.get();
}

GraphReader::GraphReader(OnnxFile& file, Graph& graph)
    : GraphReader(file, graph, nullptr, nullptr) {}

GraphReader::GraphReader(OnnxFile& file, Graph& graph, GraphReader* outer, Scope* outer_scope)
    : file_(file),
      graph_(graph),
      outer_(outer),
      outer_scope_(outer_scope),
      depth_(outer == nullptr ? 0 : outer->depth_ + 1) {
  if (outer_scope == nullptr) return;
  // The body of a node inside a function is code of that function.
  scope_.function = outer_scope->function;
  scope_.prefix = outer_scope->prefix;
  scope_.module = outer_scope->module;
  scope_.bindings = outer_scope->bindings;
}

Status GraphReader::read(Message message) {
  if (depth_ > max_depth)
    return fail(ErrorCode::limit, "bodies of control flow are nested more than 64 deep",
                "byte " + std::to_string(message.at));
  reserve(message);
  Field field;
  while (file_.wire.next(message, field)) RECKON_TRY(read_field(message, field));
  RECKON_TRY(file_.wire.status());
  RECKON_TRY(settle_inputs());
  RECKON_TRY(settle_value_info());
  RECKON_TRY(settle_outputs());
  RECKON_TRY(settle_captures());
  RECKON_TRY(settle_made());
  settle_names();
  settle_stated();
  part_shared_parameters();
  settle_folded_parameters();
  RECKON_TRY(read_bodies(scope_));
  return sort_nodes(graph_);
}

// A file that says what its tensors were holds beside them what its exporter wrote: numbers of the
// program's text, and what it computed of weights (without saying which).
void GraphReader::settle_stated() {
  const auto is_stated = [](const Value& v) {
    return v.kind == ValueKind::initializer && v.stated != Stated::nothing;
  };
  if (std::none_of(graph_.values.begin(), graph_.values.end(), is_stated)) return;
  for (Value& value : graph_.values)
    if (value.kind == ValueKind::initializer && !is_stated(value)) value.stated = Stated::constant;
}

// Nodes stand first, and counting them is cheap: growing the arrays of a long graph step by step
// takes longer than reading it. What the file claims is believed up to a million nodes.
void GraphReader::reserve(Message message) {
  constexpr std::size_t max_nodes = std::size_t{1} << 20;
  std::size_t n = 0;
  Field field;
  while (n < max_nodes && file_.wire.next(message, field) && field.number == onnx::graph::node) ++n;
  graph_.nodes.reserve(n);
  graph_.values.reserve(n + n / 4);
  graph_.edges.reserve(n * 3);
  scope_.values.reserve(n + n / 4);
}

Status GraphReader::read_field(const Message& message, const Field& field) {
  WireReader& wire = file_.wire;
  const auto is_bytes = [&](std::string_view name) {
    return wire.expect(field, Wire::bytes, message, name);
  };
  switch (field.number) {
    case onnx::graph::node:
      if (!is_bytes("node")) break;
      return read_node(WireReader::inside(field, "graph.node"), scope_, draft_);
    case onnx::graph::name:
      if (is_bytes("name")) graph_.name = graph_.names->keep(wire.text(field));
      break;
    case onnx::graph::initializer:
    case onnx::graph::sparse_initializer:
      if (!is_bytes("initializer")) break;
      return add_initializer(field, field.number == onnx::graph::sparse_initializer);
    case onnx::graph::input:
      if (is_bytes("input")) inputs_.push_back(WireReader::inside(field, "graph.input"));
      break;
    case onnx::graph::output:
      if (is_bytes("output")) outputs_.push_back(WireReader::inside(field, "graph.output"));
      break;
    case onnx::graph::value_info:
      if (is_bytes("value_info"))
        value_infos_.push_back(WireReader::inside(field, "graph.value_info"));
      break;
    case onnx::graph::metadata_props:
      if (!is_bytes("metadata_props")) break;
      if (const MetadataEntry entry =
              read_metadata(wire, WireReader::inside(field, "graph.metadata_props"));
          entry.key == MetadataKey::signature)
        signature_ = entry.value;
      break;
    default:
      break;
  }
  return {};
}

ValueId GraphReader::value(std::string_view name, Scope& scope) {
  if (name.empty()) return none;
  bool is_new = false;
  NameIndex::Entry& entry = scope.values.find_or_add(name, is_new);
  if (!is_new) return entry.value;
  Value& made_value = graph_.values.emplace_back();
  entry.value = static_cast<ValueId>(graph_.values.size() - 1);
  entry.name = graph_.names->keep(name);
  made_value.name = entry.name;
  if (&scope != &scope_ && scope.function != nullptr)
    made_value.name = graph_.names->keep(std::string(scope.prefix) + "/" + std::string(name));
  return entry.value;
}

bool GraphReader::made(ValueId id) const {
  const Value& v = graph_.values[static_cast<std::size_t>(id)];
  return v.kind != ValueKind::intermediate || v.producer != none;
}

Status GraphReader::add_initializer(const Field& field, bool sparse) {
  const Message message = WireReader::inside(field, "graph.initializer");
  RECKON_ASSIGN(TensorProto tensor, sparse ? read_sparse_tensor(file_.wire, message)
                                           : read_tensor(file_.wire, message));
  const ValueId id = value(tensor.name, scope_);
  const auto place = [&] { return "initializer, byte " + std::to_string(field.at); };
  if (id == none) return fail(ErrorCode::invalid_graph, "an initializer has no name", place());
  if (made(id))
    return fail(ErrorCode::invalid_graph,
                "the value " + quoted(tensor.name) + " is " +
                    (at(id).kind == ValueKind::initializer ? "initialized twice"
                                                           : "initialized and made by a node"),
                place());
  if (sparse)
    file_.notes.push_back("sparse tensor " + quoted(tensor.name) + " is counted as dense");
  if (tensor.external && is_integer(tensor.dtype) && bits(tensor.dtype) > 0 &&
      tensor.dims.elements().value_or(INT64_MAX) <= Constant::max_elements)
    if (ByteSource* const file = file_.beside(tensor.external->location))
      RECKON_TRY(read_external(*file, tensor));
  at(id).kind = ValueKind::initializer;
  at(id).dtype = tensor.dtype;
  graph_.declare(at(id), tensor.dims);
  if (tensor.elements) at(id).constant = graph_.add_constant(*std::move(tensor.elements));
  return {};
}

// Before IR version 4 every initializer is listed as an input too: it stays an initializer.
Status GraphReader::settle_inputs() {
  ValueInfo info;
  std::unordered_set<ValueId> seen;
  for (const Message& message : inputs_) {
    RECKON_TRY(read_value_info(
        file_.wire, message, [this](std::string_view name) { return named_dim(name, !outer_); },
        info));
    const ValueId id = value(info.name, scope_);
    const std::string place = "graph input, byte " + std::to_string(message.at);
    if (id == none) return fail(ErrorCode::invalid_graph, "a graph input has no name", place);
    if (at(id).producer != none || !seen.insert(id).second)
      return fail(ErrorCode::invalid_graph,
                  "the graph input " + quoted(info.name) +
                      (at(id).producer != none ? " is made by a node" : " is listed twice"),
                  place);
    if (at(id).kind == ValueKind::initializer) continue;
    at(id).kind = ValueKind::input;
    at(id).dtype = info.dtype;
    if (outer_ == nullptr) name_dims(info);
    graph_.declare(at(id), info.shape);
    graph_.inputs.push_back(id);
  }
  if (outer_ == nullptr) {
    add_parts_of_dims(graph_);
    for (const std::string_view name : graph_.dim_names) dims_[name] = graph_.named_dim(name);
  }
  return {};
}

// Only a graph input brings in a free dimension: one that the caller may choose. A name that
// appears later ("unk__12") follows from the inputs, and nobody but a rule knows how, unless it is
// arithmetic of names that are known ("s0 + 1"). Bodies see the dimensions of the main graph.
Dim GraphReader::named_dim(std::string_view name, bool may_add) {
  if (outer_ != nullptr) {
    const GraphReader* top = this;
    while (top->outer_ != nullptr) top = top->outer_;
    const auto at = top->dims_.find(name);
    return at == top->dims_.end() ? unknown_dim : at->second;
  }
  if (const auto at = dims_.find(name); at != dims_.end()) return at->second;
  if (!may_add) {
    const auto expression = parse_dim_expression(name);
    const auto known = [this](std::string_view part) { return dims_.contains(part); };
    if (!expression || !std::all_of(expression->names.begin(), expression->names.end(), known))
      return unknown_dim;
  }
  const std::string_view kept = graph_.names->keep(name);
  graph_.dim_names.push_back(kept);
  const Dim dim = -1 - static_cast<Dim>(graph_.dim_names.size());
  dims_.emplace(kept, dim);
  return dim;
}

// An input's dimension without a name is called after its place, so that a caller can set it.
void GraphReader::name_dims(ValueInfo& info) {
  for (int i = 0; i < info.shape.rank(); ++i)
    if (info.shape[i] == unknown_dim)
      info.shape[i] = named_dim(info.name + "[" + std::to_string(i) + "]", true);
}

Status GraphReader::settle_value_info() {
  ValueInfo info;
  for (const Message& message : value_infos_) {
    RECKON_TRY(read_value_info(
        file_.wire, message, [this](std::string_view name) { return named_dim(name, false); },
        info));
    const NameIndex::Entry* entry = scope_.values.find(info.name);
    if (entry == nullptr) continue;
    if (at(entry->value).kind == ValueKind::initializer) {
      at(entry->value).stated = info.stated;
      if (!info.folded_from.empty()) folded_from_[entry->value] = info.folded_from;
    }
    if (at(entry->value).kind != ValueKind::intermediate) continue;
    graph_.declare(at(entry->value), info.shape);
    at(entry->value).dtype = info.dtype;
  }
  return {};
}

Status GraphReader::settle_outputs() {
  ValueInfo info;
  for (const Message& message : outputs_) {
    RECKON_TRY(read_value_info(
        file_.wire, message, [this](std::string_view name) { return named_dim(name, false); },
        info));
    const ValueId id = value(info.name, scope_);
    if (id == none)
      return fail(ErrorCode::invalid_graph, "a graph output has no name",
                  "graph output, byte " + std::to_string(message.at));
    if (!at(id).declared().has_rank()) graph_.declare(at(id), info.shape);
    if (at(id).dtype == DType::unknown) at(id).dtype = info.dtype;
    graph_.outputs.push_back(id);
  }
  return {};
}

// A value that a body reads and does not make is one of the graph around it.
Status GraphReader::settle_captures() {
  if (outer_ == nullptr) return {};
  std::vector<bool> absent(graph_.values.size());
  bool any_absent = false;
  for (const NameIndex::Entry& entry : scope_.values.entries()) {
    if (made(entry.value)) continue;
    bool found = false;
    const ValueId from = outer_->find_for_body(entry.name, *outer_scope_, found);
    if (!found) continue;
    if (from == none) {  // an optional input that the call of a function leaves out
      absent[static_cast<std::size_t>(entry.value)] = any_absent = true;
      continue;
    }
    at(entry.value).kind = ValueKind::captured;
    at(entry.value).outer = from;
    at(entry.value).dtype = outer_->at(from).dtype;
  }
  if (any_absent)
    for (ValueId& id : graph_.edges)
      if (id != none && absent[static_cast<std::size_t>(id)]) id = none;
  return {};
}

ValueId GraphReader::find_for_body(std::string_view name, Scope& scope, bool& found) {
  const bool in_function = &scope != &scope_;
  const NameIndex::Entry* entry = scope.values.find(name);
  // An operand of a call may be an initializer that stands further down in the file.
  if (entry != nullptr && (in_function || made(entry->value))) {
    found = true;
    return entry->value;
  }
  // A function sees nothing of the graph that calls it; its bodies see the function.
  if (outer_ == nullptr || in_function) return none;
  const ValueId from = outer_->find_for_body(name, *outer_scope_, found);
  if (!found || from == none) return none;
  const ValueId id = value(name, scope_);
  at(id).kind = ValueKind::captured;
  at(id).outer = from;
  at(id).dtype = outer_->at(from).dtype;
  return id;
}

std::string GraphReader::reader_of(ValueId id) const {
  for (const Node& node : graph_.nodes)
    for (const ValueId in : graph_.inputs_of(node))
      if (in == id) return "node " + quoted(node.name) + " (" + printable(node.op_type) + ")";
  return std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end()
             ? "the list of graph outputs"
             : std::string();
}

Status GraphReader::missing(ValueId id, const std::string& reader) {
  constexpr std::size_t max_candidates = 4096;  // keeps the search for a near name cheap
  std::vector<std::string_view> candidates;
  for (ValueId i = 0; static_cast<std::size_t>(i) < graph_.values.size(); ++i)
    if (made(i) && candidates.size() < max_candidates) candidates.push_back(at(i).name);
  return fail(
      ErrorCode::invalid_graph,
      "nobody makes the value " + quoted(at(id).name) + did_you_mean(at(id).name, candidates),
      reader);
}

Status GraphReader::settle_made() {
  for (ValueId id = 0; static_cast<std::size_t>(id) < graph_.values.size(); ++id) {
    if (made(id)) continue;
    const std::string reader = reader_of(id);
    if (!reader.empty()) return missing(id, reader);
  }
  return {};
}

// Nodes without a name were numbered; a file that names some of them may hold that name already.
void GraphReader::settle_names() {
  if (unnamed_ == 0 || unnamed_ == graph_.nodes.size()) return;
  std::unordered_map<std::string_view, std::uint32_t> count;
  for (const Node& node : graph_.nodes) ++count[node.name];
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    Node& node = graph_.nodes[i];
    const std::string numbered = std::string(node.op_type) + "_" + std::to_string(i);
    if (count[node.name] < 2 || node.name != numbered) continue;
    std::string other = numbered + "#" + std::to_string(i);
    while (count.contains(other)) other += '#';
    --count[node.name];
    node.name = graph_.names->keep(other);
    ++count[node.name];
  }
}

Status GraphReader::read_bodies(Scope& scope) {
  for (const Body& body : scope.bodies) {
    auto& graph = graph_.bodies.emplace_back(std::make_unique<Graph>(graph_.names));
    graph_.attrs[body.attr].value = BodyRef{static_cast<std::int32_t>(graph_.bodies.size() - 1)};
    GraphReader reader(file_, *graph, this, &scope);
    RECKON_TRY(reader.read(body.message));
  }
  return {};
}

}  // namespace reckon
