#include "formats/onnx/attribute.h"

#include <bit>
#include <vector>

#include "formats/onnx/fields.h"
#include "formats/onnx/tensor.h"

namespace reckon {
namespace {

namespace field_of = onnx::attribute;
namespace type_of = onnx::attribute_type;

double float_of(std::uint64_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

// Everything that the message holds; `type` says in the end which of it counts.
struct Parts {
  std::uint64_t type = type_of::undefined;
  std::uint64_t f = 0, i = 0;
  std::optional<Field> s, t, g;
  std::optional<Field> sparse;
  std::vector<double> floats;
  std::vector<std::int64_t> ints;
  std::vector<std::string_view> strings;
  bool too_long = false;
};

void read_ints(WireReader& wire, const Message& message, const Field& field, Parts& parts) {
  const auto put = [&](std::uint64_t value) {
    if (parts.ints.size() < max_attr_elements)
      parts.ints.push_back(static_cast<std::int64_t>(value));
    else
      parts.too_long = true;
    return !parts.too_long;
  };
  if (field.wire != Wire::bytes) {
    if (wire.expect(field, Wire::varint, message, "ints")) put(field.value);
    return;
  }
  Message list = WireReader::inside(field, message.what);
  std::uint64_t value = 0;
  while (wire.next_varint(list, value) && put(value)) {
  }
}

void read_floats(WireReader& wire, const Message& message, const Field& field, Parts& parts) {
  const auto put = [&](std::uint64_t value) {
    if (parts.floats.size() < max_attr_elements)
      parts.floats.push_back(float_of(value));
    else
      parts.too_long = true;
    return !parts.too_long;
  };
  if (field.wire != Wire::bytes) {
    if (wire.expect(field, Wire::fixed32, message, "floats")) put(field.value);
    return;
  }
  Message list = WireReader::inside(field, message.what);
  std::uint64_t value = 0;
  while (wire.next_fixed(list, value, 4) && put(value)) {
  }
}

void read_field(WireReader& wire, const Message& message, const Field& field, NameArena& names,
                Parts& parts) {
  const auto keep = [&](std::optional<Field>& slot, std::string_view name) {
    if (!wire.expect(field, Wire::bytes, message, name)) return;
    if (slot)
      wire.fail_at(ErrorCode::corrupt, "an attribute has its " + std::string(name) + " twice",
                   field.at, message.what);
    slot = field;
  };
  switch (field.number) {
    case field_of::type:
      if (wire.expect(field, Wire::varint, message, "type")) parts.type = field.value;
      break;
    case field_of::f:
      if (!wire.expect(field, Wire::fixed32, message, "f")) break;
      parts.f = field.value;
      if (parts.type == type_of::undefined) parts.type = type_of::float_;
      break;
    case field_of::i:
      if (!wire.expect(field, Wire::varint, message, "i")) break;
      parts.i = field.value;
      if (parts.type == type_of::undefined) parts.type = type_of::int_;
      break;
    case field_of::s:
      keep(parts.s, "s");
      break;
    case field_of::t:
      keep(parts.t, "t");
      break;
    case field_of::g:
      keep(parts.g, "g");
      break;
    case field_of::sparse_tensor:
      keep(parts.sparse, "sparse_tensor");
      break;
    case field_of::floats:
      read_floats(wire, message, field, parts);
      break;
    case field_of::ints:
      read_ints(wire, message, field, parts);
      break;
    case field_of::strings:
      if (!wire.expect(field, Wire::bytes, message, "strings")) break;
      if (parts.strings.size() >= max_attr_elements || field.size > WireReader::window_bytes)
        parts.too_long = true;
      else
        parts.strings.push_back(names.keep(wire.text(field)));
      break;
    default:
      break;
  }
}

// Files of IR version 1 do not say the type; the field that is there does.
std::uint64_t type_from(const Parts& parts) {
  if (parts.type != type_of::undefined) return parts.type;
  if (parts.g) return type_of::graph;
  if (parts.t) return type_of::tensor;
  if (parts.sparse) return type_of::sparse_tensor;
  if (parts.s) return type_of::string;
  if (!parts.ints.empty()) return type_of::ints;
  if (!parts.floats.empty()) return type_of::floats;
  if (!parts.strings.empty()) return type_of::strings;
  return type_of::undefined;
}

std::int32_t add_tensor(Graph& graph, TensorProto tensor) {
  if (tensor.elements) return graph.add_constant(*std::move(tensor.elements));
  Constant without_elements;
  without_elements.dtype = tensor.dtype;
  without_elements.shape = tensor.dims;
  return graph.add_constant(std::move(without_elements));
}

Status set_value(WireReader& wire, Graph& graph, Parts& parts, AttributeProto& out) {
  switch (type_from(parts)) {
    case type_of::float_:
      out.attr.value = float_of(parts.f);
      break;
    case type_of::int_:
      out.attr.value = static_cast<std::int64_t>(parts.i);
      break;
    case type_of::string:
      if (!parts.s)
        out.attr.value = std::string_view();
      else if (parts.s->size <= WireReader::window_bytes)
        out.attr.value = graph.names->keep(wire.text(*parts.s));
      break;
    case type_of::tensor: {
      if (!parts.t) break;
      RECKON_ASSIGN(TensorProto tensor,
                    read_tensor(wire, WireReader::inside(*parts.t, "attribute.tensor")));
      out.attr.value = ConstantRef{add_tensor(graph, std::move(tensor))};
      break;
    }
    case type_of::sparse_tensor: {
      if (!parts.sparse) break;
      RECKON_ASSIGN(TensorProto tensor,
                    read_sparse_tensor(wire, WireReader::inside(*parts.sparse, "sparse_tensor")));
      out.attr.value = ConstantRef{add_tensor(graph, std::move(tensor))};
      break;
    }
    case type_of::graph:
      if (parts.g) out.body = WireReader::inside(*parts.g, "graph attribute");
      break;
    case type_of::ints:
      out.attr.value = std::move(parts.ints);
      break;
    case type_of::floats:
      out.attr.value = std::move(parts.floats);
      break;
    case type_of::strings:
      out.attr.value = std::move(parts.strings);
      break;
    default:
      break;
  }
  return wire.status();
}

void read_name(WireReader& wire, const Message& message, const Field& field, WordSet& words,
               std::string_view& name, std::string_view& ref) {
  if (field.number != field_of::name && field.number != field_of::ref_attr_name) return;
  if (!wire.expect(field, Wire::bytes, message, "name")) return;
  (field.number == field_of::name ? name : ref) = words.keep(wire.text(field));
}

}  // namespace

Result<AttributeNames> read_attribute_names(WireReader& wire, Message message, WordSet& words) {
  AttributeNames out;
  Field field;
  while (wire.next(message, field)) read_name(wire, message, field, words, out.name, out.ref);
  RECKON_TRY(wire.status());
  return out;
}

Result<AttributeProto> read_attribute(WireReader& wire, Message message, Graph& graph,
                                      WordSet& words) {
  AttributeProto out;
  Parts parts;
  Field field;
  while (wire.next(message, field)) {
    read_name(wire, message, field, words, out.attr.name, out.ref);
    read_field(wire, message, field, *graph.names, parts);
  }
  RECKON_TRY(wire.status());
  if (!parts.too_long) RECKON_TRY(set_value(wire, graph, parts, out));
  return out;
}

}  // namespace reckon
