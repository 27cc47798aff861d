// The files of a lab as written: tables, lists, texts, numbers and truths with their places.
// tree_toml.cpp reads TOML, as people write it, and tree_json.cpp JSON, as a page gets it; nothing
// else of the lab knows the notation.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "language/lexer.h"

namespace reckon::lab {

using language::Place;
using language::Source;

enum class TreeKind : std::uint8_t { text, number, boolean, list, table };

struct Member;

struct Tree {
  TreeKind kind = TreeKind::table;
  Place place;
  std::string text;
  bool own_lines = false;  // a text over several lines
  double number = 0;
  bool boolean = false;
  std::vector<Tree> items;      // of a list
  std::vector<Member> members;  // of a table, in the order of the file

  Source source() const { return {text, place, own_lines}; }
  // The place of a text is its first character.
  std::string_view kind_name() const;
};

struct Member {
  std::string name;
  Tree value;
};

// `file` must outlive the tree. Fails with syntax and the place, or limit.
Result<Tree> read_toml(std::string_view text, const std::string& file);
// A tree from the JSON that json_of made. Places name the file alone.
Result<Tree> read_json(std::string_view text, const std::string& file);
std::string json_of(const Tree& tree);

}  // namespace reckon::lab
