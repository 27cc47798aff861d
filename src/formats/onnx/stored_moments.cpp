#include "formats/onnx/stored_moments.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "formats/onnx/fields.h"
#include "formats/onnx/tensor.h"

namespace reckon {
namespace {

constexpr std::uint64_t block_bytes = 4096, most_blocks = 16;

// Where a tensor's bytes are, in this file.
struct Raw {
  std::uint64_t at = 0, size = 0;
};

std::optional<Raw> raw_of(WireReader& wire, Message message) {
  Field field;
  std::optional<Raw> raw;
  while (wire.next(message, field)) {
    const bool floats =
        field.number == onnx::tensor::float_data || field.number == onnx::tensor::double_data;
    if ((field.number == onnx::tensor::raw_data || floats) && field.wire == Wire::bytes)
      raw = Raw{field.at, field.size};
  }
  return raw;
}

std::optional<Raw> external_raw(const TensorProto& tensor, std::uint64_t file_bytes) {
  const Checked size = bytes_of(tensor.dims.elements(), tensor.dtype);
  const auto offset = tensor.external->offset.empty() ? std::optional<std::int64_t>(0)
                                                      : parse_int(tensor.external->offset);
  if (!size.ok() || !offset || *offset < 0) return std::nullopt;
  const Raw raw{static_cast<std::uint64_t>(*offset), static_cast<std::uint64_t>(size.value())};
  if (raw.at > file_bytes || raw.size > file_bytes - raw.at) return std::nullopt;
  return raw;
}

double number(const std::byte* at, DType type) {
  const auto load = [at]<class T>(T) {
    T bits{};
    for (std::size_t i = 0; i < sizeof bits; ++i)
      bits = static_cast<T>(bits |
                            static_cast<T>(static_cast<T>(std::to_integer<T>(at[i])) << (8 * i)));
    return bits;
  };
  switch (type) {
    case DType::float32:
      return std::bit_cast<float>(load(std::uint32_t{}));
    case DType::float64:
      return std::bit_cast<double>(load(std::uint64_t{}));
    case DType::bfloat16:
      return std::bit_cast<float>(static_cast<std::uint32_t>(load(std::uint16_t{})) << 16);
    default: {
      const std::uint16_t half = load(std::uint16_t{});
      const int exponent = half >> 10 & 31;
      const double fraction = half & 1023;
      const double size = exponent == 0    ? std::ldexp(fraction, -24)
                          : exponent == 31 ? HUGE_VAL
                                           : std::ldexp(fraction + 1024, exponent - 25);
      return half >> 15 != 0 ? -size : size;
    }
  }
}

Result<std::optional<StoredMoments>> moments_at(ByteSource& source, const Raw& raw, DType type) {
  const auto width = static_cast<std::uint64_t>(bits(type)) / 8;
  const std::uint64_t n_blocks = std::min(most_blocks, (raw.size + block_bytes - 1) / block_bytes);
  StoredMoments sum;
  double n = 0;
  std::vector<std::byte> block;
  for (std::uint64_t b = 0; b < n_blocks; ++b) {
    // At equal distances, from the first byte to the last.
    const std::uint64_t room = raw.size > block_bytes ? raw.size - block_bytes : 0;
    std::uint64_t from = n_blocks > 1 ? room / (n_blocks - 1) * b : 0;
    from -= from % width;
    block.resize(static_cast<std::size_t>(std::min(block_bytes, raw.size - from) / width * width));
    RECKON_TRY(source.read(raw.at + from, block));
    for (std::size_t i = 0; i + width <= block.size(); i += width) {
      const double x = number(block.data() + i, type);
      if (!std::isfinite(x)) return std::nullopt;
      sum.mean += x;
      sum.square += x * x;
      n += 1;
    }
  }
  if (n == 0) return std::nullopt;
  return StoredMoments{sum.mean / n, sum.square / n};
}

bool is_read(DType type) {
  return type == DType::float32 || type == DType::float64 || type == DType::float16 ||
         type == DType::bfloat16;
}

}  // namespace

Result<std::map<std::string, StoredMoments, std::less<>>> stored_moments(ByteSource& source) {
  WireReader wire(source);
  std::map<std::string, StoredMoments, std::less<>> out;
  Message file = wire.whole("model");
  Field field;
  std::optional<Message> graph;
  while (!graph && wire.next(file, field))
    if (field.number == onnx::model::graph && field.wire == Wire::bytes)
      graph = WireReader::inside(field, "graph");
  RECKON_TRY(wire.status());
  if (!graph) return fail(ErrorCode::not_a_model, "this holds no graph; an ONNX model has one");
  std::map<std::string, std::unique_ptr<ByteSource>, std::less<>> others;
  while (wire.next(*graph, field)) {
    if (field.number != onnx::graph::initializer || field.wire != Wire::bytes) continue;
    const Message message = WireReader::inside(field, "graph.initializer");
    RECKON_ASSIGN(const TensorProto tensor, read_tensor(wire, message));
    if (!is_read(tensor.dtype)) continue;
    ByteSource* from = &source;
    std::optional<Raw> raw;
    if (tensor.external) {
      auto [place, is_new] = others.try_emplace(tensor.external->location);
      if (is_new)
        if (auto opened = source.beside(tensor.external->location))
          place->second = *std::move(opened);
      from = place->second.get();
      if (from != nullptr) raw = external_raw(tensor, from->size_bytes());
    } else {
      raw = raw_of(wire, message);
    }
    if (from == nullptr || !raw || raw->size == 0) continue;
    RECKON_ASSIGN(const auto moments, moments_at(*from, *raw, tensor.dtype));
    if (moments) out[tensor.name] = *moments;
  }
  RECKON_TRY(wire.status());
  return out;
}

}  // namespace reckon
