// In place of tree_toml.cpp where the engine is in a page.
#include "lab/tree.h"

namespace reckon::lab {

Result<Tree> read_toml(std::string_view, const std::string& file) {
  return fail(ErrorCode::unsupported,
              "the engine of a page reads labs as 'reckon lab pack' writes them, in JSON", file);
}

}  // namespace reckon::lab
