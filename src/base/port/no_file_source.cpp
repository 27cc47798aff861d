// Files on a platform that has none, as a web page: whoever has bytes opens them as memory or
// through a callback.
#include "base/byte_source.h"

namespace reckon {

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  return fail(ErrorCode::not_found, "no such file", path);
}

}  // namespace reckon
