#include "analysis/stored_names.h"

#include "analysis/roles.h"

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

std::string_view Owners::of(ValueId id) {
  const std::string_view name = graph_->values[static_cast<std::size_t>(id)].name;
  if (!is_made_up(name)) return name;
  if (first_reader_.empty()) {
    first_reader_.assign(graph_->values.size(), none);
    for (std::size_t n = graph_->nodes.size(); n-- > 0;)
      if (!gives_name(graph_->nodes[n]))
        for (const ValueId in : graph_->inputs_of(graph_->nodes[n]))
          if (in != none) first_reader_[static_cast<std::size_t>(in)] = static_cast<NodeId>(n);
  }
  const NodeId reader = first_reader_[static_cast<std::size_t>(id)];
  if (reader == none) return {};
  return module_of_call(graph_->nodes[static_cast<std::size_t>(reader)].module);
}

}  // namespace reckon
