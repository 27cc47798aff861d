#include "formats/onnx/type.h"

#include "base/text.h"
#include "formats/onnx/fields.h"
#include "formats/onnx/metadata.h"

namespace reckon {
namespace {

Dim read_dimension(WireReader& wire, Message message, const DimOf& dim_of) {
  Dim dim = unknown_dim;
  Field field;
  while (wire.next(message, field)) {
    if (field.number == onnx::dimension::dim_value) {
      if (!wire.expect(field, Wire::varint, message, "dim_value")) break;
      dim = static_cast<Dim>(field.value);
      if (dim < unknown_dim)
        wire.fail_at(ErrorCode::invalid_graph, "a dimension is " + std::to_string(dim), message.at,
                     message.what);
    } else if (field.number == onnx::dimension::dim_param) {
      if (!wire.expect(field, Wire::bytes, message, "dim_param")) break;
      const std::string_view name = wire.text(field);
      // How exporters write "nobody knows" where a name should stand.
      dim = name.empty() || name == "?" || name == "-1" || name == "None" ? unknown_dim
                                                                          : dim_of(name);
    }
  }
  return dim;
}

void read_shape(WireReader& wire, Message message, const DimOf& dim_of, Shape& shape) {
  shape = Shape::of_rank(0);
  Field field;
  while (wire.next(message, field)) {
    if (field.number != onnx::tensor_shape::dim) continue;
    if (!wire.expect(field, Wire::bytes, message, "dim")) return;
    if (shape.rank() == Shape::max_rank) {
      wire.fail_at(ErrorCode::limit,
                   "a shape has more than " + std::to_string(Shape::max_rank) + " dimensions",
                   message.at, message.what);
      return;
    }
    shape.push_back(read_dimension(wire, WireReader::inside(field, "shape.dim"), dim_of));
  }
}

void read_tensor_type(WireReader& wire, Message message, const DimOf& dim_of, ValueInfo& out) {
  Field field;
  while (wire.next(message, field)) {
    if (field.number == onnx::tensor_type::elem_type) {
      if (!wire.expect(field, Wire::varint, message, "elem_type")) return;
      if (field.value > static_cast<std::uint64_t>(last_dtype)) {
        wire.fail_at(ErrorCode::unsupported,
                     "element type " + std::to_string(field.value) +
                         " is unknown; it may be newer than this program",
                     message.at, message.what);
        return;
      }
      out.dtype = static_cast<DType>(field.value);
    } else if (field.number == onnx::tensor_type::shape) {
      if (!wire.expect(field, Wire::bytes, message, "shape")) return;
      read_shape(wire, WireReader::inside(field, "type.shape"), dim_of, out.shape);
    }
  }
}

void read_type(WireReader& wire, Message message, const DimOf& dim_of, ValueInfo& out) {
  Field field;
  while (wire.next(message, field)) {
    if (field.number != onnx::type::tensor_type && field.number != onnx::type::sparse_tensor_type)
      continue;
    if (!wire.expect(field, Wire::bytes, message, "tensor_type")) return;
    read_tensor_type(wire, WireReader::inside(field, "type.tensor_type"), dim_of, out);
  }
}

}  // namespace

Status read_value_info(WireReader& wire, Message message, const DimOf& dim_of, ValueInfo& out) {
  out.name.clear();
  out.dtype = DType::unknown;
  out.shape = Shape();
  out.stated = Stated::nothing;
  out.folded_from.clear();
  Field field;
  while (wire.next(message, field)) {
    if (field.number == onnx::value_info::metadata_props && field.wire == Wire::bytes) {
      const MetadataEntry entry =
          read_metadata(wire, WireReader::inside(field, "value_info.metadata_props"));
      if (entry.key == MetadataKey::kind) out.stated = stated_by(text_of(wire, entry));
      if (entry.key == MetadataKey::folded_from) out.folded_from = text_of(wire, entry);
    }
    if (field.number != onnx::value_info::name && field.number != onnx::value_info::type) continue;
    if (!wire.expect(field, Wire::bytes, message, "name")) break;
    if (field.number == onnx::value_info::name)
      out.name = wire.text(field);
    else
      read_type(wire, WireReader::inside(field, "type"), dim_of, out);
  }
  return wire.status();
}

}  // namespace reckon
