#include "graph/dtype.h"

namespace reckon {
namespace {

enum class Kind : std::uint8_t { none, floating, integer };

struct Row {
  std::string_view name;
  int bits;
  Kind kind;
};

constexpr Row rows[] = {
    {"unknown", 0, Kind::none},
    {"float32", 32, Kind::floating},
    {"uint8", 8, Kind::integer},
    {"int8", 8, Kind::integer},
    {"uint16", 16, Kind::integer},
    {"int16", 16, Kind::integer},
    {"int32", 32, Kind::integer},
    {"int64", 64, Kind::integer},
    {"string", 0, Kind::none},
    {"bool", 8, Kind::integer},
    {"float16", 16, Kind::floating},
    {"float64", 64, Kind::floating},
    {"uint32", 32, Kind::integer},
    {"uint64", 64, Kind::integer},
    {"complex64", 64, Kind::floating},
    {"complex128", 128, Kind::floating},
    {"bfloat16", 16, Kind::floating},
    {"float8_e4m3fn", 8, Kind::floating},
    {"float8_e4m3fnuz", 8, Kind::floating},
    {"float8_e5m2", 8, Kind::floating},
    {"float8_e5m2fnuz", 8, Kind::floating},
    {"uint4", 4, Kind::integer},
    {"int4", 4, Kind::integer},
    {"float4_e2m1", 4, Kind::floating},
    {"float8_e8m0", 8, Kind::floating},
    {"uint2", 2, Kind::integer},
    {"int2", 2, Kind::integer},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == last_dtype + 1);

const Row& row(DType type) {
  return rows[static_cast<int>(type)];
}

}  // namespace

std::string_view to_string(DType type) {
  return row(type).name;
}
int bits(DType type) {
  return row(type).bits;
}
bool is_float(DType type) {
  return row(type).kind == Kind::floating;
}
bool is_integer(DType type) {
  return row(type).kind == Kind::integer;
}

Checked bytes_of(Checked elements, DType type) {
  const Checked total_bits = elements * Checked(bits(type));
  if (total_bits.ok()) return Checked((total_bits.value() + 7) / 8);
  return bits(type) % 8 == 0 ? elements * Checked(bits(type) / 8) : total_bits;
}

}  // namespace reckon
