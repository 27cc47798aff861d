// The part of C's printf that the libraries call, without printf, which brings 20 KB: hexadecimal
// digits in the messages and escapes of the JSON library, and last words that nobody in a page
// would read. The names are those by which the libraries' own would be found.
#include <cstdarg>
#include <cstddef>

namespace {

// `value` in hexadecimal with at least `least` digits, to where `put` says.
template <class Put>
void hexadecimal(unsigned value, int least, bool is_upper, Put put) {
  for (int digit = 7; digit >= 0; --digit) {
    const unsigned four = (value >> (4U * static_cast<unsigned>(digit))) & 15U;
    if (digit >= least && (value >> (4U * static_cast<unsigned>(digit))) == 0) continue;
    put(static_cast<char>(four < 10 ? '0' + four : (is_upper ? 'A' : 'a') + (four - 10)));
  }
}

}  // namespace

extern "C" {

// Knows %04x, %.2X and their like; anything else is a bug, and ends the engine.
int snprintf(char* out, std::size_t n_bytes, const char* format, ...) {
  std::size_t length = 0;
  const auto put = [&](char c) {
    if (length + 1 < n_bytes) out[length] = c;
    ++length;
  };
  va_list values;
  va_start(values, format);
  for (const char* at = format; *at != 0; ++at) {
    if (*at != '%') {
      put(*at);
      continue;
    }
    ++at;
    if (*at == '.' || *at == '0') ++at;
    const int least = *at >= '1' && *at <= '8' ? *at++ - '0' : 1;
    if (*at != 'x' && *at != 'X') __builtin_trap();
    hexadecimal(va_arg(values, unsigned), least, *at == 'X', put);
  }
  va_end(values);
  if (n_bytes > 0) out[length < n_bytes ? length : n_bytes - 1] = 0;
  return static_cast<int>(length);
}

[[noreturn]] void abort_message(const char*, ...);
[[noreturn]] void abort_message(const char*, ...) {
  __builtin_trap();
}

}  // extern "C"

namespace std {  // NOLINT(cert-dcl58-cpp): this stands in for a part of the library
inline namespace __2 {

[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept;
void __libcpp_verbose_abort(const char*, ...) noexcept {
  __builtin_trap();
}

}  // namespace __2
}  // namespace std
