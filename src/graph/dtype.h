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

// "float32", or "unknown".
std::string_view to_string(DType type);

// Bits of one element in memory; 0 for string and unknown, which have no fixed size.
int bits(DType type);

bool is_float(DType type);    // includes complex: its arithmetic is floating-point
bool is_integer(DType type);  // includes boolean

// Bytes of `elements` packed elements (two int4 in a byte), rounded up.
// REQUIRES: bits(type) > 0.
Checked bytes_of(Checked elements, DType type);

}  // namespace reckon
