#include "graph/shape.h"

namespace reckon {

std::string to_string(const Shape& shape) {
  if (!shape.has_rank()) return "?";
  if (shape.rank() == 0) return "scalar";
  std::string out;
  for (const Dim d : shape.dims()) {
    if (!out.empty()) out += "×";
    out += d >= 0 ? std::to_string(d) : "?";
  }
  return out;
}

}  // namespace reckon
