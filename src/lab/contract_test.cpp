// The page's contract (web/src/lab/contract.ts) against the shapes of instruments: a page that does
// not know what the engine answers is told so by TypeScript only where the contract says it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "lab/shape.h"
#include "source_path.h"

namespace reckon::lab {
namespace {

std::string contract() {
  std::ifstream file(source_path("web/src/lab/contract.ts"));
  return {std::istreambuf_iterator<char>(file), {}};
}

// The text of an interface, and of those that it names.
std::string interface_text(const std::string& all, const std::string& name,
                           std::set<std::string>& seen) {
  const std::size_t begin = all.find("export interface " + name + " {");
  if (begin == std::string::npos || !seen.insert(name).second) return {};
  const std::size_t line_end = all.find('\n', begin);
  const std::size_t end = all[line_end - 1] == '}' ? line_end : all.find("\n}\n", begin);
  std::string text = all.substr(begin, end - begin);
  for (std::size_t at = 0; (at = all.find("export interface ", at)) != std::string::npos;) {
    at += std::string("export interface ").size();
    const std::string other = all.substr(at, all.find(' ', at) - at);
    if (text.find(other) != std::string::npos) text += interface_text(all, other, seen);
  }
  return text;
}

void expect_keys(std::span<const Shape> shapes, const std::string& text) {
  for (const Shape& shape : shapes) {
    const std::string key(shape.answer_key.empty() ? shape.key : shape.answer_key);
    const bool optional = shape.need == Need::may_be_left_out && shape.holds != Holds::tables;
    EXPECT_NE(text.find(key + (optional ? "?:" : ":")), std::string::npos)
        << "contract.ts has no '" << key << (optional ? "?" : "") << ":'";
    expect_keys(shape.inside, text);
  }
}

TEST(Contract, KnowsEveryTypeOfInstrumentAndItsKeys) {
  const std::string all = contract();
  ASSERT_FALSE(all.empty());
  for (const InstrumentShape& one : instrument_shapes()) {
    SCOPED_TRACE(one.type);
    const std::size_t type = all.find("\n  type: \"" + std::string(one.type) + "\";");
    ASSERT_NE(type, std::string::npos) << "contract.ts has no value of this type";
    const std::size_t begin = all.rfind("export interface ", type) + 17;
    std::set<std::string> seen;
    expect_keys(one.shapes,
                interface_text(all, all.substr(begin, all.find(' ', begin) - begin), seen));
  }
}

}  // namespace
}  // namespace reckon::lab
