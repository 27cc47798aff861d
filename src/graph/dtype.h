// Element types, numbered as ONNX numbers them (TensorProto.DataType), so a reader only checks the
// range.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/checked.h"

namespace reckon {

enum class DType : std::uint8_t {
  unknown = 0,
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  string = 8,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  uint32 = 12,
  uint64 = 13,
  complex64 = 14,
  complex128 = 15,
  bfloat16 = 16,
  float8_e4m3fn = 17,
  float8_e4m3fnuz = 18,
  float8_e5m2 = 19,
  float8_e5m2fnuz = 20,
  uint4 = 21,
  int4 = 22,
  float4_e2m1 = 23,
  float8_e8m0 = 24,
  uint2 = 25,
  int2 = 26,
};
inline constexpr int last_dtype = 26;

struct DTypeRow {
  enum class Kind : std::uint8_t { none, floating, integer };
  std::string_view name;
  std::uint8_t bits;
  Kind kind;
};
inline constexpr DTypeRow dtype_rows[] = {
    {"unknown", 0, DTypeRow::Kind::none},
    {"float32", 32, DTypeRow::Kind::floating},
    {"uint8", 8, DTypeRow::Kind::integer},
    {"int8", 8, DTypeRow::Kind::integer},
    {"uint16", 16, DTypeRow::Kind::integer},
    {"int16", 16, DTypeRow::Kind::integer},
    {"int32", 32, DTypeRow::Kind::integer},
    {"int64", 64, DTypeRow::Kind::integer},
    {"string", 0, DTypeRow::Kind::none},
    {"bool", 8, DTypeRow::Kind::integer},
    {"float16", 16, DTypeRow::Kind::floating},
    {"float64", 64, DTypeRow::Kind::floating},
    {"uint32", 32, DTypeRow::Kind::integer},
    {"uint64", 64, DTypeRow::Kind::integer},
    {"complex64", 64, DTypeRow::Kind::floating},
    {"complex128", 128, DTypeRow::Kind::floating},
    {"bfloat16", 16, DTypeRow::Kind::floating},
    {"float8_e4m3fn", 8, DTypeRow::Kind::floating},
    {"float8_e4m3fnuz", 8, DTypeRow::Kind::floating},
    {"float8_e5m2", 8, DTypeRow::Kind::floating},
    {"float8_e5m2fnuz", 8, DTypeRow::Kind::floating},
    {"uint4", 4, DTypeRow::Kind::integer},
    {"int4", 4, DTypeRow::Kind::integer},
    {"float4_e2m1", 4, DTypeRow::Kind::floating},
    {"float8_e8m0", 8, DTypeRow::Kind::floating},
    {"uint2", 2, DTypeRow::Kind::integer},
    {"int2", 2, DTypeRow::Kind::integer},
};
static_assert(sizeof(dtype_rows) / sizeof(dtype_rows[0]) == last_dtype + 1);

constexpr const DTypeRow& dtype_row(DType type) {
  return dtype_rows[static_cast<std::size_t>(type)];
}

// "float32", or "unknown".
constexpr std::string_view to_string(DType type) {
  return dtype_row(type).name;
}
// Bits of one element in memory; 0 for string and unknown, which have no fixed size.
constexpr int bits(DType type) {
  return dtype_row(type).bits;
}
// Includes complex: its arithmetic is floating-point.
constexpr bool is_float(DType type) {
  return dtype_row(type).kind == DTypeRow::Kind::floating;
}
// Includes boolean.
constexpr bool is_integer(DType type) {
  return dtype_row(type).kind == DTypeRow::Kind::integer;
}

// Bytes of `elements` packed elements (two int4 in a byte), rounded up.
// REQUIRES: bits(type) > 0.
Checked bytes_of(Checked elements, DType type);

}  // namespace reckon
