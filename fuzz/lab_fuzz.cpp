// Any text as a lab of one file, in TOML or, where it begins with a brace, as a page gets it in
// JSON; and as an expression. An error, or a lab whose document and figures can be asked for.
#include <cstddef>
#include <cstdint>
#include <string>

#include "api/lab.h"
#include "lab/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  const std::string text(reinterpret_cast<const char*>(data), n_bytes);
  const char* const name = text.starts_with('{') ? "lab.json" : "lab.toml";
  if (const auto lab = reckon::OpenLab::open({{name, text}})) {
    (void)(*lab)->answer(R"({"question":"document"})");
    (void)(*lab)->answer(R"({"question":"evaluate","controls":{},"answers":{}})");
  }
  (void)reckon::lab::parse_expression({text, {}, true});
  return 0;
}
