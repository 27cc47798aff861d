// The words of an expression.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/place.h"

namespace reckon::lab {

enum class TokenKind : std::uint8_t { end, number, text, name, sign };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  // of a name, a text without its quotes, a sign
  double number = 0;
  std::size_t begin = 0, end = 0;  // within the source
};

// A text of the lab, and where its first character stands in a file.
struct Source {
  std::string_view text;
  Place place;            // of text[0]
  bool own_lines = true;  // a line break in the text is one in the file

  Place at(std::size_t offset) const;
};

// The token that begins at or after `offset`. What cannot begin a token is a sign of one character.
Result<Token> next_token(const Source& source, std::size_t offset);

}  // namespace reckon::lab
