// Reads the names of operands and dimensions out of a row's signature.
#include <algorithm>

#include "analysis/explain.h"
#include "ops/op.h"
#include "ops/window.h"

namespace reckon {
namespace {

constexpr std::string_view positions[] = {"d0", "d1", "d2", "d3", "d4",  "d5",
                                          "d6", "d7", "d8", "d9", "d10", "d11"};
static_assert(std::size(positions) == Shape::max_rank);

// Operand i of "x[N,C] w... -> y z": "x[N,C]". The last variadic operand repeats.
std::string_view operand_text(std::string_view signature, int i, bool output) {
  const std::size_t arrow = signature.find("->");
  std::string_view side =
      output ? signature.substr(std::min(signature.size(), arrow + 2)) : signature.substr(0, arrow);
  std::string_view last;
  for (int at = 0; !side.empty();) {
    const std::size_t space = side.find(' ');
    const std::string_view word = side.substr(0, space);
    side = space == std::string_view::npos ? std::string_view() : side.substr(space + 1);
    if (word.empty()) continue;
    last = word;
    if (at++ == i) return word;
  }
  return last.find("...") != std::string_view::npos ? last : std::string_view();
}

void add_starred(std::string_view star, int n, std::vector<std::string_view>& dims) {
  for (int i = 0; i < n; ++i) {
    if (star == "*S")
      dims.push_back(in_name(i, n));
    else if (star == "*O")
      dims.push_back(out_name(i, n));
    else if (star == "*K")
      dims.push_back(kernel_name(i, n));
    else
      dims.push_back(positions[dims.size()]);
  }
}

}  // namespace

OperandNames operand_names(const Node& node, int i, bool output, int rank) {
  OperandNames names;
  const std::string_view text =
      node.op == nullptr ? std::string_view() : operand_text(node.op->signature, i, output);
  names.operand = text.substr(0, text.find_first_of(":[?."));
  if (names.operand.empty()) names.operand = output ? "output" : "input";
  const std::size_t open = text.find('['), close = text.find(']');
  if (open != std::string_view::npos && close != std::string_view::npos && close > open) {
    std::vector<std::string_view> parts;
    std::string_view inner = text.substr(open + 1, close - open - 1);
    while (!inner.empty()) {
      const std::size_t comma = inner.find(',');
      parts.push_back(inner.substr(0, comma));
      inner = comma == std::string_view::npos ? std::string_view() : inner.substr(comma + 1);
    }
    const auto starred = std::count_if(parts.begin(), parts.end(),
                                       [](std::string_view p) { return p.starts_with("*"); });
    const int spread = rank - static_cast<int>(parts.size()) + static_cast<int>(starred);
    if (starred <= 1 && spread >= 0 && (starred == 1 || spread == 0))
      for (const std::string_view part : parts) {
        if (part.starts_with("*"))
          add_starred(part, spread, names.dims);
        else
          names.dims.push_back(part);
      }
  }
  if (static_cast<int>(names.dims.size()) != rank) {
    names.dims.clear();
    for (int d = 0; d < rank; ++d) names.dims.push_back(positions[d]);
  }
  return names;
}

}  // namespace reckon
