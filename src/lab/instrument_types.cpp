// Shapes of instruments as TypeScript, so that a key that is called otherwise, or is no longer
// there, does not compile in the page.
#include <algorithm>

#include "lab/shape.h"

namespace reckon::lab {
namespace {

// "series": "SeriesValue".
std::string type_name(std::string_view type) {
  std::string name(type);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name + "Value";
}

// Two types of instruments have rows of figures in common.
constexpr std::string_view shared_key = "row", shared_name = "Row";
bool is_shared(const Shape& shape, std::span<const Shape> shared) {
  return shape.inside.data() == shared.data();
}

class Types {
 public:
  std::string run() {
    for (const InstrumentShape& one : instrument_shapes())
      for (const Shape& shape : one.shapes)
        if (shape.key == shared_key && shared_.empty()) shared_ = shape.inside;
    text_ =
        "// What the engine answers for each type of instrument. Made from src/lab/shapes.cpp by\n"
        "// script/docs; whatever else the page and the engine have to say is in contract.ts.\n"
        "import type { Figure, Standing, Text } from \"./contract\";\n\n";
    text_ += "export interface " + std::string(shared_name) + " {\n";
    members(shared_, 1);
    text_ += "}\n";
    std::string all;
    for (const InstrumentShape& one : instrument_shapes()) {
      instrument(one);
      all += (all.empty() ? "" : " | ") + type_name(one.type);
    }
    text_ += "export type AnyValue = " + all + ";\n";
    return std::move(text_);
  }

 private:
  void instrument(const InstrumentShape& one) {
    text_ += "export interface " + type_name(one.type) + " {\n  type: \"" + std::string(one.type) +
             "\";\n";
    const auto per = std::ranges::find(one.shapes, one.per, &Shape::key);
    if (per == one.shapes.end()) {
      members(one.shapes, 1);
    } else {
      text_ += "  " + std::string(per->key_of_answer()) + ": {\n";
      members(per->inside, 2);
      for (const Shape& shape : one.shapes)
        if (&shape != &*per) member(shape, 2);
      text_ += "  }[];\n";
    }
    text_ += "}\n";
  }

  void members(std::span<const Shape> shapes, std::size_t depth) {
    for (const Shape& shape : shapes) member(shape, depth);
  }

  void member(const Shape& shape, std::size_t depth) {
    const bool list = shape.holds == Holds::tables;
    text_ += std::string(2 * depth, ' ') + std::string(shape.key_of_answer());
    // A list that is left out has no items.
    text_ += shape.need == Need::may_be_left_out && !list ? "?: " : ": ";
    type(shape, depth);
    if (list) text_ += "[]";
    if (shape.need == Need::may_be_null || shape.need == Need::null_at_first) text_ += " | null";
    text_ += ";";
    if (!shape.note.empty()) text_ += "  // " + std::string(shape.note);
    text_ += "\n";
  }

  void type(const Shape& shape, std::size_t depth) {
    switch (shape.holds) {
      case Holds::word:
        if (!shape.words.empty()) {
          for (const std::string_view& one : shape.words)
            text_ += (&one == shape.words.data() ? "\"" : " | \"") + std::string(one) + "\"";
          return;
        }
        [[fallthrough]];
      case Holds::label:
      case Holds::value:
        text_ += shape.type.empty() ? "string" : shape.type;
        return;
      case Holds::prose:
        text_ += "Text";
        return;
      case Holds::figure:
        text_ += "Figure";
        return;
      case Holds::flag:
        text_ += "boolean";
        return;
      case Holds::table:
      case Holds::tables:
        break;
    }
    if (is_shared(shape, shared_)) {
      text_ += shared_name;
      return;
    }
    for (const InstrumentShape& one : instrument_shapes())
      if (one.shapes.data() == shape.inside.data()) {
        text_ += type_name(one.type);
        return;
      }
    text_ += "{\n";
    members(shape.inside, depth + 1);
    text_ += std::string(2 * depth, ' ') + "}";
  }

  std::span<const Shape> shared_;
  std::string text_;
};

}  // namespace

std::string instrument_types() {
  return Types().run();
}

}  // namespace reckon::lab
