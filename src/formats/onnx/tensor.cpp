#include "formats/onnx/tensor.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "formats/onnx/fields.h"
#include "formats/onnx/metadata.h"

namespace reckon {
namespace {

// The result of a first walk over a TensorProto; the elements are decoded by a second one.
struct Layout {
  std::uint64_t raw_at = 0, raw_bytes = 0;
  std::uint64_t typed_bytes = 0;  // of all typed fields together
};

double half_to_double(std::uint64_t bits16) {
  const auto exponent = static_cast<int>(bits16 >> 10 & 31);
  const auto fraction = static_cast<double>(bits16 & 1023);
  const double magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                           : exponent == 31 ? (fraction == 0 ? HUGE_VAL : NAN)
                                            : std::ldexp(fraction + 1024, exponent - 25);
  return bits16 >> 15 != 0 ? -magnitude : magnitude;
}

// One element from its bits. Shape arithmetic knows no number beyond int64, and INT64_MIN marks an
// unknown element: the lowest value, which only ever means "as far as it goes", is moved by one.
void push(Constant& c, std::uint64_t bits_of_it) {
  const auto sign_extended = [&](unsigned n) {
    return static_cast<std::int64_t>(bits_of_it << (64 - n)) >> (64 - n);
  };
  const auto masked = [&](unsigned n) {
    return static_cast<std::int64_t>(bits_of_it & ((std::uint64_t{1} << n) - 1));
  };
  switch (c.dtype) {
    case DType::boolean:
      c.ints.push_back(bits_of_it & 0xff ? 1 : 0);
      break;
    case DType::uint8:
      c.ints.push_back(masked(8));
      break;
    case DType::uint16:
      c.ints.push_back(masked(16));
      break;
    case DType::uint32:
      c.ints.push_back(masked(32));
      break;
    case DType::uint4:
      c.ints.push_back(masked(4));
      break;
    case DType::int4:
      c.ints.push_back(sign_extended(4));
      break;
    case DType::int8:
      c.ints.push_back(sign_extended(8));
      break;
    case DType::int16:
      c.ints.push_back(sign_extended(16));
      break;
    case DType::int32:
      c.ints.push_back(sign_extended(32));
      break;
    case DType::uint64:
      c.ints.push_back(bits_of_it > INT64_MAX ? Constant::unknown_element
                                              : static_cast<std::int64_t>(bits_of_it));
      break;
    case DType::int64: {
      const auto value = static_cast<std::int64_t>(bits_of_it);
      c.ints.push_back(value == INT64_MIN ? INT64_MIN + 1 : value);
      break;
    }
    case DType::float16:
      c.floats.push_back(half_to_double(bits_of_it & 0xffff));
      break;
    case DType::bfloat16:
      c.floats.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits_of_it << 16)));
      break;
    case DType::float32:
      c.floats.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits_of_it)));
      break;
    case DType::float64:
      c.floats.push_back(std::bit_cast<double>(bits_of_it));
      break;
    default:
      break;
  }
}

bool is_decoded(DType type) {
  switch (type) {
    case DType::boolean:
    case DType::uint8:
    case DType::uint16:
    case DType::uint32:
    case DType::uint64:
    case DType::uint4:
    case DType::int4:
    case DType::int8:
    case DType::int16:
    case DType::int32:
    case DType::int64:
    case DType::float16:
    case DType::bfloat16:
    case DType::float32:
    case DType::float64:
      return true;
    default:
      return false;
  }
}

// The typed field that holds elements of `type`, and how one of them is stored there.
struct Storage {
  std::uint32_t field;
  unsigned fixed_bytes;  // 0: varints
};
Storage storage_of(DType type) {
  switch (type) {
    case DType::float32:
      return {onnx::tensor::float_data, 4};
    case DType::float64:
      return {onnx::tensor::double_data, 8};
    case DType::int64:
      return {onnx::tensor::int64_data, 0};
    case DType::uint32:
    case DType::uint64:
      return {onnx::tensor::uint64_data, 0};
    default:
      return {onnx::tensor::int32_data, 0};
  }
}

void decode_raw(WireReader& wire, const Layout& layout, std::size_t n, Constant& c) {
  Field field;
  field.at = layout.raw_at;
  field.size = layout.raw_bytes;
  const std::string_view bytes = wire.text(field);
  if (wire.failed()) return;
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
  };
  const auto width = static_cast<std::size_t>(bits(c.dtype));
  if (width == 4) {  // two in a byte, the first in the low half
    for (std::size_t i = 0; i < n; ++i) push(c, byte(i / 2) >> (i % 2 * 4));
    return;
  }
  if (width == 64 && std::endian::native == std::endian::little) {  // what most constants are
    for (std::size_t i = 0; i < n; ++i) {
      std::uint64_t value = 0;
      std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
      push(c, value);
    }
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < width / 8; ++k) value |= byte(i * width / 8 + k) << (8 * k);
    push(c, value);
  }
}

// Stops one beyond `n`, so that a list that is too long is noticed and never kept.
void decode_typed(WireReader& wire, Message message, std::size_t n, Constant& c) {
  const Storage storage = storage_of(c.dtype);
  const bool nibbles = bits(c.dtype) == 4;
  const auto have = [&] { return c.ints.size() + c.floats.size(); };
  const auto put = [&](std::uint64_t value) {
    push(c, value);
    if (nibbles && have() < n) push(c, value >> 4);
  };
  Field field;
  while (have() <= n && wire.next(message, field)) {
    if (field.number != storage.field) continue;
    if (field.wire != Wire::bytes) {
      put(field.value);
      continue;
    }
    Message list = WireReader::inside(field, "tensor elements");
    std::uint64_t value = 0;
    while (have() <= n &&
           (storage.fixed_bytes == 0 ? wire.next_varint(list, value)
                                     : wire.next_fixed(list, value, storage.fixed_bytes)))
      put(value);
  }
}

Status read_elements(WireReader& wire, const Message& message, const Layout& layout,
                     TensorProto& tensor) {
  const Checked n_checked = tensor.dims.elements();
  const bool has_data = layout.raw_bytes + layout.typed_bytes > 0;
  if (tensor.external || (!has_data && !(n_checked == Checked(0)))) return {};
  const auto damaged = [&](const std::string& holds) {
    return fail(ErrorCode::corrupt,
                "a tensor of shape " + to_string(tensor.dims) + " and type " +
                    std::string(to_string(tensor.dtype)) + " holds " + holds,
                "tensor " + quoted(tensor.name) + ", byte " + std::to_string(message.at));
  };
  if (layout.raw_bytes > 0 && bits(tensor.dtype) > 0) {
    const Checked bytes = bytes_of(n_checked, tensor.dtype);
    if (!bytes.ok() || static_cast<std::uint64_t>(bytes.value()) != layout.raw_bytes)
      return damaged(std::to_string(layout.raw_bytes) + " bytes");
  }
  if (!n_checked.ok() || !is_decoded(tensor.dtype)) return {};
  const std::int64_t n = n_checked.value();
  if (n > (is_float(tensor.dtype) ? max_float_elements : Constant::max_elements)) return {};
  Constant c;
  c.dtype = tensor.dtype;
  c.shape = tensor.dims;
  if (layout.raw_bytes > 0)
    decode_raw(wire, layout, static_cast<std::size_t>(n), c);
  else
    decode_typed(wire, message, static_cast<std::size_t>(n), c);
  RECKON_TRY(wire.status());
  if (c.ints.size() + c.floats.size() != static_cast<std::size_t>(n))
    return damaged("another number of elements");
  tensor.elements = std::move(c);
  return {};
}

bool push_dim(WireReader& wire, const Message& message, std::uint64_t value, Shape& dims) {
  const auto dim = static_cast<Dim>(value);
  if (dim < 0)
    wire.fail_at(ErrorCode::invalid_graph,
                 "a tensor has a dimension of " + std::to_string(dim) + " elements", message.at,
                 message.what);
  else if (dims.rank() == Shape::max_rank)
    wire.fail_at(ErrorCode::limit,
                 "a tensor has more than " + std::to_string(Shape::max_rank) + " dimensions",
                 message.at, message.what);
  else
    dims.push_back(dim);
  return !wire.failed();
}

// `repeated int64 dims`, packed or not.
void read_dims(WireReader& wire, const Message& message, const Field& field, Shape& dims) {
  if (field.wire != Wire::bytes) {
    if (wire.expect(field, Wire::varint, message, "dims"))
      push_dim(wire, message, field.value, dims);
    return;
  }
  Message list = WireReader::inside(field, message.what);
  std::uint64_t value = 0;
  while (wire.next_varint(list, value) && push_dim(wire, message, value, dims)) {
  }
}

void read_external_entry(WireReader& wire, const MetadataEntry& entry, External& external) {
  if (entry.key == MetadataKey::location) external.location = text_of(wire, entry);
  if (entry.key == MetadataKey::offset) external.offset = text_of(wire, entry);
  if (entry.key == MetadataKey::length) external.length = text_of(wire, entry);
}

DType checked_dtype(WireReader& wire, const Message& message, std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(last_dtype)) return static_cast<DType>(value);
  wire.fail_at(ErrorCode::unsupported,
               "element type " + std::to_string(value) +
                   " is unknown; it may be newer than this "
                   "program",
               message.at, message.what);
  return DType::unknown;
}

}  // namespace

Result<TensorProto> read_tensor(WireReader& wire, Message message) {
  TensorProto tensor;
  tensor.dims = Shape::of_rank(0);
  Layout layout;
  External external;
  const Message begin = message;
  Field field;
  while (wire.next(message, field)) {
    switch (field.number) {
      case onnx::tensor::dims:
        read_dims(wire, message, field, tensor.dims);
        break;
      case onnx::tensor::data_type:
        if (wire.expect(field, Wire::varint, message, "data_type"))
          tensor.dtype = checked_dtype(wire, message, field.value);
        break;
      case onnx::tensor::name:
        if (wire.expect(field, Wire::bytes, message, "name")) tensor.name = wire.text(field);
        break;
      case onnx::tensor::raw_data:
        if (!wire.expect(field, Wire::bytes, message, "raw_data")) break;
        layout.raw_at = field.at;
        layout.raw_bytes = field.size;
        break;
      case onnx::tensor::float_data:
      case onnx::tensor::int32_data:
      case onnx::tensor::int64_data:
      case onnx::tensor::double_data:
      case onnx::tensor::uint64_data:
        layout.typed_bytes += field.wire == Wire::bytes ? field.size : 1;
        break;
      case onnx::tensor::external_data:
        if (wire.expect(field, Wire::bytes, message, "external_data"))
          read_external_entry(wire, read_metadata(wire, WireReader::inside(field, "external_data")),
                              external);
        break;
      case onnx::tensor::data_location:
        if (field.value == 1) tensor.external.emplace();
        break;
      default:
        break;
    }
  }
  RECKON_TRY(wire.status());
  if (tensor.external) tensor.external = std::move(external);
  RECKON_TRY(read_elements(wire, begin, layout, tensor));
  return tensor;
}

Status read_external(ByteSource& file, TensorProto& tensor) {
  const Checked n = tensor.dims.elements(), n_bytes = bytes_of(n, tensor.dtype);
  const auto offset = tensor.external->offset.empty() ? 0 : parse_int(tensor.external->offset);
  const auto length =
      tensor.external->length.empty() ? n_bytes.value_or(-1) : parse_int(tensor.external->length);
  if (!n.ok() || n.value() > Constant::max_elements || !n_bytes.ok() || !offset || *offset < 0 ||
      length != n_bytes.value() ||
      !((Checked(*offset) + n_bytes).value_or(INT64_MAX) <=
        static_cast<std::int64_t>(file.size_bytes())))
    return {};
  WireReader wire(file);
  Constant c;
  c.dtype = tensor.dtype;
  c.shape = tensor.dims;
  const Layout layout{.raw_at = static_cast<std::uint64_t>(*offset),
                      .raw_bytes = static_cast<std::uint64_t>(n_bytes.value())};
  decode_raw(wire, layout, static_cast<std::size_t>(n.value()), c);
  RECKON_TRY(wire.status());
  tensor.elements = std::move(c);
  return {};
}

Result<TensorProto> read_sparse_tensor(WireReader& wire, Message message) {
  TensorProto tensor;
  tensor.dims = Shape::of_rank(0);
  Field field;
  while (wire.next(message, field)) {
    if (field.number == onnx::sparse_tensor::dims) {
      read_dims(wire, message, field, tensor.dims);
    } else if (field.number == onnx::sparse_tensor::values &&
               wire.expect(field, Wire::bytes, message, "values")) {
      RECKON_ASSIGN(const TensorProto values,
                    read_tensor(wire, WireReader::inside(field, "sparse_tensor.values")));
      tensor.name = values.name;
      tensor.dtype = values.dtype;
    }
  }
  RECKON_TRY(wire.status());
  return tensor;
}

Result<TensorProto> open_tensor(ByteSource& source) {
  WireReader wire(source);
  return read_tensor(wire, wire.whole("tensor"));
}

}  // namespace reckon
