// Digits of a double for the library's std::to_chars, by the names under which it would find its
// own (Ryu Printf), so that 105 KB of tables stay out of the module. The shortest form of a large
// whole number is written with them; nothing else here asks for a number of decimals that way.
#include "base/decimal.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

namespace std {  // NOLINT(cert-dcl58-cpp): this stands in for a part of the library
inline namespace __2 {

// `x` is finite and has no sign.
to_chars_result __d2fixed_buffered_n(char* first, char* last, double x, uint32_t decimals);
to_chars_result __d2fixed_buffered_n(char* first, char* last, double x, uint32_t decimals) {
  const string text = reckon::fixed_point(x, static_cast<int>(decimals));
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
