#include "analysis/stored_names.h"

namespace reckon {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_named_as_made(std::string_view name) {
  const std::size_t last = name.find_last_not_of(digits);
  return name.starts_with('/') && last + 1 < name.size() &&
         name.substr(0, last + 1).ends_with("_output_");
}

bool is_named_as_literal(std::string_view name) {
  return is_named_as_made(name) && name.substr(name.rfind('/')).starts_with("/Constant_");
}

bool is_made_up(std::string_view name) {
  return name.find("::") != std::string_view::npos;
}

bool are_copies(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      while (i < a.size() && is_digit(a[i])) ++i;
      while (j < b.size() && is_digit(b[j])) ++j;
    } else if (a[i++] != b[j++]) {
      return false;
    }
  }
  return i == a.size() && j == b.size() && a != b;
}

std::string_view module_of_call(std::string_view module) {
  const std::size_t line = module.rfind('_');
  const bool numbered = line != std::string_view::npos && line + 1 < module.size() &&
                        module.find_first_not_of(digits, line + 1) == std::string_view::npos;
  return numbered ? module.substr(0, line) : module;
}

}  // namespace reckon
