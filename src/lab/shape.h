// Shapes of instruments: which keys a type of instrument has, and what each holds. They are tables
// (shapes.cpp) that one reader and one evaluator serve, so a new type of instrument is a table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/port/words.h"
#include "lab/prose.h"

namespace reckon::lab {

enum class Holds : std::uint8_t {
  word,    // text as it is
  label,   // prose without Markdown: its figures are set into it
  prose,   // Markdown and its figures
  figure,  // "expression | format"
  value,   // an expression
  flag,    // true or false
  table,   // by `inside`
  tables,  // a list of them
};

enum class Need : std::uint8_t {
  always,
  may_be_left_out,  // then it is left out of the answer
  may_be_null,      // then it is null in the answer
  null_at_first,    // always there; null in the answer until somebody commits to one
  made,             // in the answer only: the engine makes it from the others
};
constexpr bool is_written(Need need) {
  return need == Need::always || need == Need::null_at_first;
}

struct Shape {
  std::string_view key;  // in the file
  Holds holds = Holds::value;
  Need need = Need::always;
  std::span<const Shape> inside = {};
  std::string_view answer_key = {};  // in the answer, where it is another
  // For the page: the type of a value in TypeScript, and a note.
  Words type = {}, note = {};
  std::span<const std::string_view> words = {};  // of a word: those that there are; any where empty

  std::string_view key_of_answer() const { return answer_key.empty() ? key : answer_key; }
};

struct InstrumentShape {
  std::string_view type;
  std::span<const Shape> shapes;
  // The list for each item of which everything else is evaluated, and which it is a part of.
  std::string_view per = {};
};
std::span<const InstrumentShape> instrument_shapes();
// Of an act's `drawn` (the guess and the truth on one scale) and of the lab's `opening`.
std::span<const Shape> drawn_shapes();
std::span<const Shape> opening_shapes();
// Their types in TypeScript: web/src/lab/instruments.ts.
std::string instrument_types();

// The author's text for one shape, parsed.
struct Part {
  const Shape* shape = nullptr;  // null for the items of a list, and for the whole
  std::string word;
  bool flag = false;
  Prose label;
  Text prose;
  Shown figure;
  Expression value;
  std::vector<Part> parts;  // of a table: one for each shape that is there; of tables: the items
  Place place;

  // The part of a table; null where it was left out.
  const Part* part(std::string_view key) const;
};

}  // namespace reckon::lab
