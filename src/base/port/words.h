// Words that only a reader of the documentation needs: units and meanings of what an answer holds.
// The page's engine prints no documentation and carries none of them.
#pragma once

#include <string_view>

namespace reckon {

#ifdef __wasm__
inline constexpr bool in_page = true;
struct Words {
  constexpr Words() = default;
  consteval Words(const char*) {}
  constexpr operator std::string_view() const { return {}; }
};
#else
inline constexpr bool in_page = false;
using Words = std::string_view;
#endif

// The labs' engine, which has no questions about files.
#ifdef RECKON_LABS
inline constexpr bool in_labs = true;
#else
inline constexpr bool in_labs = false;
#endif

}  // namespace reckon
