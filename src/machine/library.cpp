#include "machine/library.h"

#include <array>

#include "base/text.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 3> names = {"none", "libtorch", "eager"};

}  // namespace

std::string_view to_string(Library library) {
  return names[static_cast<std::size_t>(library)];
}

Result<Library> find_library(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) {
      const auto found = static_cast<Library>(i);
      RECKON_TRY(check_library(found));
      return found;
    }
  const std::string guess = did_you_mean(name, names);
  return fail(
      ErrorCode::bad_argument,
      "there is no library " + quoted(name) + (guess.empty() ? "; none, libtorch or eager" : guess),
      "`library`");
}

}  // namespace reckon
