// The digits of a double with a given number of decimals, as std::to_chars asks its library for
// them. The library's own way (Ryu Printf) is faster and brings 105 KB of tables; the name below is
// the one by which it would be found, so that it stays out of the module.
//
// x = m · 2^e with a whole m. m · 10^decimals is multiplied by 2^e as a long number, or divided and
// rounded: to the nearest, and to the even one where two are equally near.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

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
  for (unsigned i = 0; i + 1 < bits && !below; ++i) below = bit(n, i);
  Words shifted;
  for (std::size_t i = bits / 32; i < n.size(); ++i) {
    const std::uint64_t above = i + 1 < n.size() ? n[i + 1] : 0;
    shifted.push_back(static_cast<std::uint32_t>(((above << 32U) | n[i]) >> (bits % 32)));
  }
  n = std::move(shifted);
  if (half && (below || bit(n, 0))) add_one(n);
}

std::string digits_of(Words n) {
  std::string digits;
  while (!n.empty()) digits.insert(digits.begin(), static_cast<char>('0' + divide(n, 10)));
  return digits;
}

}  // namespace

namespace std {  // NOLINT(cert-dcl58-cpp): this stands in for a part of the library
inline namespace __2 {

// `x` is finite and has no sign.
to_chars_result __d2fixed_buffered_n(char* first, char* last, double x, uint32_t decimals);
to_chars_result __d2fixed_buffered_n(char* first, char* last, double x, uint32_t decimals) {
  int exponent = 0;
  const auto whole = static_cast<uint64_t>(ldexp(frexp(x, &exponent), 53));
  exponent -= 53;
  Words n = {static_cast<uint32_t>(whole), static_cast<uint32_t>(whole >> 32U)};
  for (uint32_t i = 0; i < decimals; ++i) multiply(n, 10);
  for (; exponent > 0; --exponent) multiply(n, 2);
  if (exponent < 0) halve(n, static_cast<unsigned>(-exponent));
  while (!n.empty() && n.back() == 0) n.pop_back();
  string text = digits_of(std::move(n));
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
  if (text.size() > static_cast<size_t>(last - first)) return {last, errc::value_too_large};
  memcpy(first, text.data(), text.size());
  return {first + text.size(), errc{}};
}

// Digits with an exponent, which nobody here asks for with a given number of them.
to_chars_result __d2exp_buffered_n(char* first, char* last, double x, uint32_t decimals);
to_chars_result __d2exp_buffered_n(char*, char* last, double, uint32_t) {
  return {last, errc::value_too_large};
}

// The lowest n_digits digits of a number, as the same file of the library has them for floats.
void __append_n_digits(uint32_t n_digits, uint32_t number, char* out);
void __append_n_digits(uint32_t n_digits, uint32_t number, char* out) {
  for (; n_digits > 0; number /= 10) out[--n_digits] = static_cast<char>('0' + number % 10);
}
void __append_nine_digits(uint32_t number, char* out);
void __append_nine_digits(uint32_t number, char* out) {
  __append_n_digits(9, number, out);
}

}  // namespace __2
}  // namespace std
