// The nodes of a graph, and calls of model-local functions, which are replaced by what they do.
#include <algorithm>

#include "base/text.h"
#include "formats/onnx/fields.h"
#include "formats/onnx/graph_reader.h"
#include "formats/onnx/metadata.h"
#include "formats/onnx/module_path.h"

namespace reckon {
namespace {

constexpr std::string_view fused_norm_key = "pkg.onnxscript.rewriter.rule_name";

std::string place_of(std::string_view op_type, std::string_view name, std::uint64_t offset) {
  return "node " + quoted(name) + " (" + printable(op_type) + "), byte " + std::to_string(offset);
}

// The first name that stands twice. A file with two values of an attribute means one of them, and
// nobody can tell which.
template <class Named>
Status refuse_twice(std::span<const Named> list, std::string_view op_type, std::string_view node,
                    std::uint64_t offset) {
  // Lists are short.
  const auto twice = std::ranges::find_if(list, [&](const Named& one) {
    return std::find_if(list.data(), &one,
                        [&](const Named& before) { return before.name == one.name; }) != &one;
  });
  if (twice == list.end()) return {};
  return fail(ErrorCode::invalid_graph, "the attribute " + quoted(twice->name) + " is given twice",
              place_of(op_type, node, offset));
}

}  // namespace

void GraphReader::Draft::clear() {
  inputs.clear();
  outputs.clear();
  attributes.clear();
  metadata.clear();
  op_type = domain = overload = name = {};
}

Status GraphReader::read_node(Message message, Scope& scope, Draft& draft) {
  WireReader& wire = file_.wire;
  draft.clear();
  draft.at = message.at;
  Field field;
  while (wire.next(message, field)) {
    if (field.wire != Wire::bytes) continue;
    switch (field.number) {
      case onnx::node::input:
        draft.inputs.push_back(value(wire.text(field), scope));
        break;
      case onnx::node::output:
        draft.outputs.push_back(value(wire.text(field), scope));
        break;
      case onnx::node::name:
        draft.name = graph_.names->keep(wire.text(field));
        break;
      case onnx::node::op_type:
        draft.op_type = file_.words.keep(wire.text(field));
        break;
      case onnx::node::domain:
        draft.domain = file_.words.keep(wire.text(field));
        break;
      case onnx::node::overload:
        draft.overload = file_.words.keep(wire.text(field));
        break;
      case onnx::node::attribute:
        draft.attributes.push_back(WireReader::inside(field, "node.attribute"));
        break;
      case onnx::node::metadata_props:
        draft.metadata.push_back(WireReader::inside(field, "node.metadata_props"));
        break;
      default:
        break;
    }
  }
  RECKON_TRY(wire.status());
  if (draft.op_type.empty())
    return fail(ErrorCode::corrupt, "a node has no operator",
                place_of(draft.op_type, draft.name, draft.at));
  // The longest list in ONNX has 30; binding the attributes of a call is quadratic.
  if (draft.attributes.size() > 1024)
    return fail(ErrorCode::limit, "a node has more than 1024 attributes",
                place_of(draft.op_type, draft.name, draft.at));
  if (draft.domain == "ai.onnx") draft.domain = {};
  const Function* function = file_.functions.find(draft.op_type, draft.domain, draft.overload);
  if (function == nullptr) return add_node(draft, scope);
  RECKON_ASSIGN(const Expansion more, file_.functions.weigh(wire, *function, file_.words));
  // A call inside a function is part of its caller's weight.
  if (scope.function == nullptr) {
    file_.expanded.nodes += more.nodes;
    file_.expanded.bytes += more.bytes;
    if (file_.expanded.nodes > Expansion::max_nodes || file_.expanded.bytes > Expansion::max_bytes)
      return fail(ErrorCode::limit, "the calls of its functions come to more than 200,000 nodes",
                  place_of(draft.op_type, draft.name, draft.at));
  }
  return inline_call(draft, *function, scope);
}

Status GraphReader::claim_outputs(const Draft& draft) {
  const auto id = static_cast<NodeId>(graph_.nodes.size() - 1);
  for (const ValueId out : draft.outputs) {
    if (out == none) continue;
    if (made(out))
      return fail(ErrorCode::invalid_graph, "the value " + quoted(at(out).name) + " is made twice",
                  place_of(draft.op_type, graph_.nodes.back().name, draft.at));
    at(out).producer = id;
    if (file_.literals_apart && draft.op_type == "Constant") at(out).stated = Stated::constant;
  }
  return {};
}

Status GraphReader::add_node(const Draft& draft, Scope& scope) {
  constexpr std::size_t max_index = std::size_t{1} << 31;  // Range and ValueId are 32 bits wide
  if (graph_.edges.size() + draft.inputs.size() + draft.outputs.size() > max_index ||
      graph_.attrs.size() + draft.attributes.size() > max_index ||
      graph_.values.size() >= max_index)
    return fail(ErrorCode::limit, "a graph of more than 2^31 edges");
  const auto range = [](std::size_t begin, std::size_t count) {
    return Range{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(count)};
  };
  const std::string_view name = name_of(draft, scope);
  const NodeNotes notes = notes_of(draft, scope);
  Node& node = graph_.nodes.emplace_back();
  node.op_type = draft.op_type;
  node.domain = draft.domain;
  node.name = name;
  node.module = notes.module;
  node.opset = opset_of(draft.domain, scope);
  node.inputs = range(graph_.edges.size(), draft.inputs.size());
  graph_.edges.insert(graph_.edges.end(), draft.inputs.begin(), draft.inputs.end());
  node.outputs = range(graph_.edges.size(), draft.outputs.size());
  graph_.edges.insert(graph_.edges.end(), draft.outputs.begin(), draft.outputs.end());
  const std::size_t first_attr = graph_.attrs.size();
  RECKON_TRY(claim_outputs(draft));
  RECKON_TRY(add_attributes(draft, scope));
  // Kept as an attribute under its own key, for whoever puts the norm back.
  if (notes.is_fused_norm) graph_.attrs.push_back({fused_norm_key, std::monostate{}});
  if (notes.call && outer_ == nullptr && scope.function == nullptr)
    calls_.emplace_back(static_cast<NodeId>(graph_.nodes.size() - 1), *notes.call);
  node.attrs = range(first_attr, graph_.attrs.size() - first_attr);
  return {};
}

Status GraphReader::add_attributes(const Draft& draft, Scope& scope) {
  const std::size_t first = graph_.attrs.size();
  for (const Message& message : draft.attributes) {
    RECKON_ASSIGN(AttributeProto read, read_attribute(file_.wire, message, graph_, file_.words));
    if (!read.ref.empty()) {
      const std::string_view name = read.attr.name;
      const auto bound = std::find_if(scope.bindings.begin(), scope.bindings.end(),
                                      [&](const Binding& b) { return b.name == read.ref; });
      if (bound == scope.bindings.end()) continue;  // the call leaves it out: so does the node
      RECKON_ASSIGN(read, read_attribute(file_.wire, bound->attribute, graph_, file_.words));
      if (read.body)
        return fail(ErrorCode::unsupported, "a graph is passed to a function as an attribute",
                    place_of(draft.op_type, draft.name, draft.at));
      read.attr.name = name;
    }
    if (read.body)
      scope.bodies.push_back({static_cast<std::uint32_t>(graph_.attrs.size()), *read.body});
    graph_.attrs.push_back(std::move(read.attr));
  }
  RECKON_TRY(refuse_twice(std::span<const Attr>(graph_.attrs).subspan(first), draft.op_type,
                          draft.name, draft.at));
  if (draft.op_type != "Softmax") return {};
  for (const Message& message : draft.metadata) {
    const MetadataEntry entry = read_metadata(file_.wire, message);
    if (entry.key != MetadataKey::call) continue;
    if (const double share = dropout_of_attention(text_of(file_.wire, entry)); share > 0)
      graph_.attrs.push_back({"dropout_p", share});
  }
  return {};
}

std::string_view GraphReader::name_of(const Draft& draft, const Scope& scope) {
  std::string_view name = draft.name;
  std::string made_up;
  if (name.empty()) {
    ++unnamed_;
    made_up.append(draft.op_type).append("_").append(std::to_string(graph_.nodes.size()));
    name = made_up;
  }
  if (scope.prefix.empty()) return draft.name.empty() ? graph_.names->keep(name) : name;
  return graph_.names->keep(std::string(scope.prefix) + "/" + std::string(name));
}

GraphReader::NodeNotes GraphReader::notes_of(const Draft& draft, const Scope& scope) {
  NodeNotes notes;
  std::string module;
  for (const Message& message : draft.metadata) {
    const MetadataEntry entry = read_metadata(file_.wire, message);
    if (entry.key == MetadataKey::name_scopes)
      module = module_from_name_scopes(text_of(file_.wire, entry));
    else if (entry.key == MetadataKey::name_space && module.empty())
      module = module_from_namespace(text_of(file_.wire, entry));
    else if (entry.key == MetadataKey::call)
      notes.call = message;
    else if (entry.key == MetadataKey::rule)
      notes.is_fused_norm = text_of(file_.wire, entry).find("FuseBatchNorm") != std::string::npos;
  }
  notes.module = module.empty() ? module_of_name(draft, scope)
                                : file_.words.keep(join_modules(scope.module, module));
  return notes;
}

std::string_view GraphReader::module_of_name(const Draft& draft, const Scope& scope) {
  const std::size_t slash = draft.name.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return scope.module;
  // Neighbours usually share their module.
  const std::string_view source = draft.name.substr(0, slash);
  if (scope.function != nullptr)
    return file_.words.keep(join_modules(scope.module, module_from_node_name(draft.name)));
  if (source != last_module_source_ || last_module_.empty()) {
    last_module_source_ = source;
    last_module_ = file_.words.keep(module_from_node_name(draft.name));
  }
  return last_module_;
}

std::int32_t GraphReader::opset_of(std::string_view domain, const Scope& scope) const {
  if (scope.function != nullptr)
    for (const OpsetImport& import : scope.function->imports)
      if (import.domain == domain) return import.version;
  for (const OpsetImport& import : file_.imports)
    if (import.domain == domain) return import.version;
  return 0;
}

Status GraphReader::inline_call(const Draft& draft, const Function& function, Scope& scope) {
  Scope call;
  call.function = &function;
  call.prefix = name_of(draft, scope);
  const std::size_t slash = draft.name.rfind('/');
  const std::string_view own_name =
      slash == std::string_view::npos
          ? call.prefix.substr(scope.prefix.empty() ? 0 : scope.prefix.size() + 1)
          : draft.name.substr(slash + 1);
  call.module = file_.words.keep(join_modules(notes_of(draft, scope).module, own_name));
  std::vector<std::pair<ValueId, ValueId>> copies;
  RECKON_TRY(bind_call(draft, function, scope, call, copies));
  Draft inner;
  for (const Message& node : function.nodes) RECKON_TRY(read_node(node, call, inner));
  for (const auto& [from, to] : copies) RECKON_TRY(alias(from, to, call));
  for (const NameIndex::Entry& entry : call.values.entries())
    if (entry.value != none && !made(entry.value) && entry.name != at(entry.value).name &&
        at(entry.value).name.starts_with(call.prefix)) {
      const std::string reader = reader_of(entry.value);
      if (!reader.empty()) return missing(entry.value, reader);
    }
  return read_bodies(call);
}

// Inside the call, the function's inputs and outputs are the values that the calling node reads
// and makes. An output that cannot simply be that value, because it is an input of the function
// or because it is listed twice, is copied at the end.
Status GraphReader::bind_call(const Draft& draft, const Function& function, const Scope& caller,
                              Scope& call, std::vector<std::pair<ValueId, ValueId>>& copies) {
  const auto place = [&] { return place_of(draft.op_type, draft.name, draft.at); };
  if (draft.inputs.size() > function.inputs.size() ||
      draft.outputs.size() > function.outputs.size())
    return fail(ErrorCode::invalid_graph, "a call has more inputs or outputs than its function",
                place());
  bool is_new = false;
  for (std::size_t i = 0; i < function.inputs.size(); ++i) {
    NameIndex::Entry& entry = call.values.find_or_add(function.inputs[i], is_new);
    if (!is_new) return fail(ErrorCode::invalid_graph, "a function lists an input twice", place());
    entry.value = i < draft.inputs.size() ? draft.inputs[i] : none;
  }
  for (std::size_t i = 0; i < draft.outputs.size(); ++i) {
    if (draft.outputs[i] == none) continue;
    NameIndex::Entry& entry = call.values.find_or_add(function.outputs[i], is_new);
    if (is_new)
      entry.value = draft.outputs[i];
    else if (entry.value != none)
      copies.emplace_back(entry.value, draft.outputs[i]);
  }
  return bind_attributes(draft, function, caller, call);
}

Status GraphReader::bind_attributes(const Draft& draft, const Function& function,
                                    const Scope& caller, Scope& call) {
  for (const Message& message : draft.attributes) {
    RECKON_ASSIGN(const AttributeNames names,
                  read_attribute_names(file_.wire, message, file_.words));
    if (names.ref.empty()) {
      call.bindings.push_back({names.name, message});
      continue;
    }
    for (const Binding& binding : caller.bindings)
      if (binding.name == names.ref) {
        call.bindings.push_back({names.name, binding.attribute});
        break;
      }
  }
  RECKON_TRY(
      refuse_twice(std::span<const Binding>(call.bindings), draft.op_type, draft.name, draft.at));
  for (const Message& message : function.defaults) {
    RECKON_ASSIGN(const AttributeNames names,
                  read_attribute_names(file_.wire, message, file_.words));
    call.bindings.push_back({names.name, message});  // found only when the call has none
  }
  return {};
}

Status GraphReader::alias(ValueId from, ValueId to, const Scope& call) {
  Draft draft;
  draft.op_type = file_.words.keep("Identity");
  draft.inputs = {from};
  draft.outputs = {to};
  Scope scope;
  scope.function = call.function;
  scope.prefix = call.prefix;
  scope.module = call.module;
  return add_node(draft, scope);
}

}  // namespace reckon
