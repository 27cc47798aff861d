// |x| = m · 2^e with a whole m. m · 10^decimals is multiplied by 2^e as a long number, or divided
// and rounded.
#include "base/decimal.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace reckon {
namespace {

using Words = std::vector<std::uint32_t>;  // the lowest first

void multiply(Words& n, std::uint32_t by) {
  std::uint64_t carry = 0;
  for (std::uint32_t& word : n) {
    carry += std::uint64_t{word} * by;
    word = static_cast<std::uint32_t>(carry);
    carry >>= 32U;
  }
  if (carry != 0) n.push_back(static_cast<std::uint32_t>(carry));
}

// n = n / by, and the rest.
std::uint32_t divide(Words& n, std::uint32_t by) {
  std::uint64_t rest = 0;
  for (std::size_t i = n.size(); i-- > 0;) {
    rest = (rest << 32U) | n[i];
    n[i] = static_cast<std::uint32_t>(rest / by);
    rest %= by;
  }
  while (!n.empty() && n.back() == 0) n.pop_back();
  return static_cast<std::uint32_t>(rest);
}

void add_one(Words& n) {
  for (std::uint32_t& word : n)
    if (++word != 0) return;
  n.push_back(1);
}

bool bit(const Words& n, unsigned at) {
  return at / 32 < n.size() && ((n[at / 32] >> (at % 32)) & 1U) != 0;
}

// n / 2^bits, rounded.
void halve(Words& n, unsigned bits) {
  const bool half = bit(n, bits - 1);
  bool below = false;  // is there anything below the half?
  for (unsigned i = 0; i + 1 < bits && !below && i / 32 < n.size(); ++i) below = bit(n, i);
  Words shifted;
  for (std::size_t i = bits / 32; i < n.size(); ++i) {
    const std::uint64_t above = i + 1 < n.size() ? n[i + 1] : 0;
    shifted.push_back(static_cast<std::uint32_t>(((above << 32U) | n[i]) >> (bits % 32)));
  }
  n = std::move(shifted);
  if (half && (below || bit(n, 0))) add_one(n);
}

}  // namespace

std::string fixed_point(double x, int n_decimals) {
  int exponent = 0;
  const auto whole = static_cast<std::uint64_t>(std::ldexp(std::frexp(std::abs(x), &exponent), 53));
  exponent -= 53;
  Words n = {static_cast<std::uint32_t>(whole), static_cast<std::uint32_t>(whole >> 32U)};
  for (int i = 0; i < n_decimals; ++i) multiply(n, 10);
  for (; exponent > 0; --exponent) multiply(n, 2);
  if (exponent < 0) halve(n, static_cast<unsigned>(-exponent));
  std::string text;  // backwards
  for (int i = 0; i <= n_decimals || !n.empty(); ++i) {
    if (i == n_decimals && i > 0) text += '.';
    text += static_cast<char>('0' + divide(n, 10));
  }
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<double> decimal_value(std::string_view text) {
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9')
    text.remove_prefix(1);
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_number() ? std::optional(json.get<double>()) : std::nullopt;
}

}  // namespace reckon
