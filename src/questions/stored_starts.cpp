#include "questions/stored_starts.h"

#include "base/byte_source.h"
#include "formats/onnx/stored_moments.h"

namespace reckon {

std::map<std::string, signal::Start, std::less<>> stored_starts(const std::string& path) {
  std::map<std::string, signal::Start, std::less<>> starts;
  auto file = open_file(path);
  if (!file) return starts;
  auto moments = stored_moments(**file);
  if (!moments) return starts;
  for (const auto& [name, of] : *moments) starts[name] = {of.mean, of.square};
  return starts;
}

}  // namespace reckon
