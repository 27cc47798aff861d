#include "lab/tree.h"

namespace reckon::lab {

std::string_view Tree::kind_name() const {
  switch (kind) {
    case TreeKind::text:
      return "text";
    case TreeKind::number:
      return "a number";
    case TreeKind::boolean:
      return "true or false";
    case TreeKind::list:
      return "a list";
    case TreeKind::table:
      break;
  }
  return "a table";
}

}  // namespace reckon::lab
