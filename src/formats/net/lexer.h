// Splits a network-language text into tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/net/program.h"

namespace reckon::net {

enum class TokenKind : std::uint8_t { end, newline, number, real, name, cross, symbol };

struct Token {
  TokenKind kind = TokenKind::end;
  bool space_before = false;
  Place place;
  std::string_view text;
  std::int64_t number = 0;
  double real = 0;

  bool is(std::string_view symbol) const {
    return (kind == TokenKind::symbol || kind == TokenKind::name) && text == symbol;
  }
};

// "mnist.net:3:8"
std::string to_string(const std::string& name, Place place);

// Ends with an `end` token. Newlines inside parentheses are dropped; ';' reads as a newline.
// Views point into `text`.
Result<std::vector<Token>> lex(std::string_view text, const std::string& name);

// How an error names a token: "'relu'", "the end of the line", "the end of the text".
std::string described(const Token& token);

}  // namespace reckon::net
