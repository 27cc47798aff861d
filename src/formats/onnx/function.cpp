#include "formats/onnx/function.h"

#include "base/checked.h"
#include "base/text.h"
#include "formats/onnx/fields.h"

namespace reckon {
namespace {

std::string key(std::string_view op_type, std::string_view domain, std::string_view overload) {
  // 0 stands in no name that a program would accept; a name that holds one is only another key.
  std::string out(op_type);
  out.append(1, '\0').append(domain == "ai.onnx" ? std::string_view() : domain);
  return out.append(1, '\0').append(overload);
}

std::string place(const Function& function) {
  return "function " + quoted(function.name) + ", byte " + std::to_string(function.at);
}

Status add_up(Expansion& total, const Expansion& more, const Function* function) {
  const Checked nodes = Checked(total.nodes) + Checked(more.nodes);
  const Checked bytes = Checked(total.bytes) + Checked(more.bytes);
  if (!nodes.ok() || !bytes.ok() || nodes.value() > Expansion::max_nodes ||
      bytes.value() > Expansion::max_bytes)
    return fail(ErrorCode::limit,
                "its functions expand to more than " + std::to_string(Expansion::max_nodes) +
                    " nodes or " + std::to_string(Expansion::max_bytes >> 20) + " MiB",
                function == nullptr ? std::string() : place(*function));
  total = {nodes.value(), bytes.value()};
  return {};
}

}  // namespace

Result<OpsetImport> read_opset_import(WireReader& wire, Message message, WordSet& words) {
  OpsetImport out;
  Field field;
  while (wire.next(message, field)) {
    if (field.number == onnx::opset::domain) {
      if (!wire.expect(field, Wire::bytes, message, "domain")) break;
      const std::string_view domain = wire.text(field);
      out.domain = domain == "ai.onnx" ? std::string_view() : words.keep(domain);
    } else if (field.number == onnx::opset::version) {
      if (!wire.expect(field, Wire::varint, message, "version")) break;
      if (field.value > INT32_MAX)
        wire.fail_at(ErrorCode::corrupt, "an operator set has an impossible version", message.at,
                     message.what);
      else
        out.version = static_cast<std::int32_t>(field.value);
    }
  }
  RECKON_TRY(wire.status());
  return out;
}

Status FunctionTable::add(WireReader& wire, Message message, WordSet& words) {
  Function f;
  f.at = message.at;
  f.size = message.end - message.at;
  Field field;
  while (wire.next(message, field)) {
    if (field.wire != Wire::bytes) continue;
    switch (field.number) {
      case onnx::function::name:
        f.name = words.keep(wire.text(field));
        break;
      case onnx::function::domain:
        f.domain = words.keep(wire.text(field));
        break;
      case onnx::function::overload:
        f.overload = words.keep(wire.text(field));
        break;
      case onnx::function::input:
        f.inputs.push_back(words.keep(wire.text(field)));
        break;
      case onnx::function::output:
        f.outputs.push_back(words.keep(wire.text(field)));
        break;
      case onnx::function::node:
        f.nodes.push_back(WireReader::inside(field, "function.node"));
        break;
      case onnx::function::attribute_proto:
        f.defaults.push_back(WireReader::inside(field, "function.attribute_proto"));
        break;
      case onnx::function::opset_import: {
        RECKON_ASSIGN(const OpsetImport import,
                      read_opset_import(wire, WireReader::inside(field, "opset_import"), words));
        f.imports.push_back(import);
        break;
      }
      default:
        break;
    }
  }
  RECKON_TRY(wire.status());
  if (!by_key_.emplace(key(f.name, f.domain, f.overload), functions_.size()).second)
    return fail(ErrorCode::invalid_graph, "the function " + quoted(f.name) + " is defined twice",
                place(f));
  functions_.push_back(std::move(f));
  weights_.emplace_back();
  return {};
}

const Function* FunctionTable::find(std::string_view op_type, std::string_view domain,
                                    std::string_view overload) const {
  if (functions_.empty()) return nullptr;
  const auto at = by_key_.find(key(op_type, domain, overload));
  return at == by_key_.end() ? nullptr : &functions_[at->second];
}

Result<Expansion> FunctionTable::weigh(WireReader& wire, const Function& function, WordSet& words) {
  Expansion total;
  RECKON_TRY(weigh_at(wire, function, 0, words, total));
  return total;
}

Status FunctionTable::weigh_at(WireReader& wire, const Function& function, int depth,
                               WordSet& words, Expansion& total) {
  Weight& weight = weights_[static_cast<std::size_t>(&function - functions_.data())];
  if (weight.open)
    return fail(ErrorCode::invalid_graph, "a function calls itself", place(function));
  if (depth > Expansion::max_depth)
    return fail(ErrorCode::limit, "functions and bodies are nested more than 64 deep",
                place(function));
  if (!weight.known) {
    weight.open = true;
    // Binding the inputs of a call takes time too, even of a function without nodes.
    RECKON_TRY(add_up(weight.total, {0, static_cast<std::int64_t>(function.size)}, &function));
    for (const Message& node : function.nodes)
      RECKON_TRY(weigh_nodes(wire, node, depth, words, weight.total));
    weight.open = false;
    weight.known = true;
  }
  return add_up(total, weight.total, &function);
}

Status FunctionTable::weigh_nodes(WireReader& wire, Message node, int depth, WordSet& words,
                                  Expansion& total) {
  const Message whole = node;
  std::string_view op_type, domain, overload;
  Field field;
  while (wire.next(node, field)) {
    if (field.wire != Wire::bytes) continue;
    switch (field.number) {
      case onnx::node::op_type:
        op_type = words.keep(wire.text(field));
        break;
      case onnx::node::domain:
        domain = words.keep(wire.text(field));
        break;
      case onnx::node::overload:
        overload = words.keep(wire.text(field));
        break;
      case onnx::node::attribute: {
        Message attribute = WireReader::inside(field, "node.attribute");
        Field part;
        while (wire.next(attribute, part))
          if (part.number == onnx::attribute::g && part.wire == Wire::bytes)
            RECKON_TRY(weigh_body(wire, WireReader::inside(part, "graph attribute"), depth + 1,
                                  words, total));
        break;
      }
      default:
        break;
    }
  }
  RECKON_TRY(wire.status());
  RECKON_TRY(add_up(total, {1, static_cast<std::int64_t>(whole.end - whole.at)}, nullptr));
  const Function* callee = find(op_type, domain, overload);
  return callee == nullptr ? Status() : weigh_at(wire, *callee, depth + 1, words, total);
}

Status FunctionTable::weigh_body(WireReader& wire, Message graph, int depth, WordSet& words,
                                 Expansion& total) {
  if (depth > Expansion::max_depth)
    return fail(ErrorCode::limit, "functions and bodies are nested more than 64 deep",
                "byte " + std::to_string(graph.at));
  Field field;
  while (wire.next(graph, field))
    if (field.number == onnx::graph::node && field.wire == Wire::bytes)
      RECKON_TRY(weigh_nodes(wire, WireReader::inside(field, "graph.node"), depth, words, total));
  return wire.status();
}

}  // namespace reckon
