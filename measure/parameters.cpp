#include "parameters.h"

#include <cmath>

namespace reckon {
namespace {

std::uint64_t hash_of(std::string_view name) {
  std::uint64_t h = 14695981039346656037U;
  for (const char c : name) {
    h ^= static_cast<unsigned char>(c);
    h *= 1099511628211U;
  }
  return h;
}

std::uint64_t random_bits(std::uint64_t at) {
  std::uint64_t z = at + 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

void fill_uniform(at::Tensor& tensor, std::uint64_t h, float middle, float half_width) {
  const std::int64_t n = tensor.numel();
  float* const elements = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint64_t r = random_bits(h + static_cast<std::uint64_t>(i));
    const float u = static_cast<float>(r >> 40) / static_cast<float>(1 << 23) - 1.0F;
    elements[i] = middle + half_width * u;
  }
}

void fill_index(at::Tensor& tensor, std::uint64_t h, std::int64_t n_rows) {
  const std::int64_t n = tensor.numel();
  std::int64_t* const elements = tensor.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i)
    elements[i] = static_cast<std::int64_t>(random_bits(h + static_cast<std::uint64_t>(i)) %
                                            static_cast<std::uint64_t>(n_rows));
}

}  // namespace

void fill(at::Tensor& tensor, std::string_view name, Fill how, std::int64_t n_rows) {
  const std::uint64_t h = hash_of(name);
  const bool empty = tensor.numel() == 0;
  if (tensor.scalar_type() == at::kLong) return fill_index(tensor, h, n_rows);
  if (tensor.scalar_type() != at::kFloat) {
    tensor.zero_();
    return;
  }
  switch (how) {
    case Fill::scale:
      return fill_uniform(tensor, h, 1.0F, 0.1F);
    case Fill::variance:
      return fill_uniform(tensor, h, 1.0F, 0.5F);
    case Fill::matrix: {
      if (tensor.dim() < 2 || empty) return fill_uniform(tensor, h, 0.0F, 0.1F);
      const double fan_in =
          static_cast<double>(tensor.numel()) / static_cast<double>(tensor.size(0));
      return fill_uniform(tensor, h, 0.0F, static_cast<float>(std::sqrt(6.0 / fan_in)));
    }
    default:
      return fill_uniform(tensor, h, 0.0F, 0.1F);
  }
}

void fill_input(at::Tensor& tensor, std::string_view name, const Stored& input) {
  if (tensor.scalar_type() == at::kFloat)
    fill_uniform(tensor, hash_of(name), 0.0F, 1.0F);
  else
    fill(tensor, name, Fill::index, input.n_rows);
}

at::ScalarType scalar_type(DType type) {
  switch (type) {
    case DType::float32:
      return at::kFloat;
    case DType::float64:
      return at::kDouble;
    case DType::float16:
      return at::kHalf;
    case DType::bfloat16:
      return at::kBFloat16;
    case DType::int64:
      return at::kLong;
    case DType::int32:
      return at::kInt;
    case DType::int16:
      return at::kShort;
    case DType::int8:
      return at::kChar;
    case DType::uint8:
      return at::kByte;
    case DType::boolean:
      return at::kBool;
    default:
      return at::ScalarType::Undefined;
  }
}

}  // namespace reckon
