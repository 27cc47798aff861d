// Tokens of the network language and of the expressions in labs: one lexer, two dialects.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "language/place.h"

namespace reckon::language {

// The two languages share names, numbers, operators, calls and parentheses. Each adds one side.
struct Dialect {
  // Statements of networks. Line ends and ';' are tokens outside of parentheses, '#' begins a
  // comment, `x` joins dimensions, and arguments stand apart by spaces: "W - 1" and "W-1" are one
  // expression, "W -1" is two. A whole number beyond 64 bits is an error.
  bool has_statements = false;
  // Data of labs. Texts in quotes, lists, objects, members, items, conditions, powers, null, and
  // arguments with names. A character without a meaning is a token, since prose may follow.
  bool has_data = false;
  // Functions, each of two arguments. None: any name may be called with any arguments.
  std::span<const std::string_view> functions = {};
  std::size_t max_word_bytes = SIZE_MAX;
};

// A text, and where its first character stands.
struct Source {
  std::string_view text;
  Place place;
  bool own_lines = true;  // a line break in the text is one in the file

  Place at(std::size_t offset) const;
};

enum class TokenKind : std::uint8_t { end, newline, number, text, name, cross, sign, wrong };

struct Token {
  TokenKind kind = TokenKind::end;
  bool space_before = false;
  std::size_t begin = 0;  // within the source
  Place place;
  std::string_view text;  // of a text token: without its quotes
  double number = 0;
  std::optional<std::int64_t> whole;  // of a number without point and exponent, within 64 bits

  bool is(std::string_view word) const {
    return (kind == TokenKind::sign || kind == TokenKind::name) && text == word;
  }
};

// How an error names a token: "'relu'", "the end of the line", "the end of the text".
std::string described(const Token& token);

// Reads tokens as they are asked for. References to tokens stay good; views point into the source.
class Tokens {
 public:
  explicit Tokens(const Source& source, const Dialect& dialect, std::size_t offset = 0);

  // All tokens up to the end. Fails where one is wrong.
  Status read_all();
  // Beyond the end, the end.
  const Token& peek(std::size_t ahead = 0);
  const Token& next();
  // Why a token is wrong. REQUIRES: one is.
  const Error& error() const { return *error_; }

 private:
  char at(std::size_t ahead = 0) const {
    return at_ + ahead < source_.text.size() ? source_.text[at_ + ahead] : '\0';
  }
  void step(std::size_t n_bytes);
  void skip_blanks();
  Token& push(TokenKind kind, std::size_t n_bytes);
  std::unexpected<Error> wrong(ErrorCode code, std::string message) const;
  Status read();
  Status number();
  Status text();
  Status word();
  Status sign();

  const Source source_;
  const Dialect& dialect_;
  std::size_t at_ = 0;
  Place place_;
  bool space_ = true, has_last_newline_ = false;
  int parentheses_ = 0;
  std::deque<Token> tokens_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

}  // namespace reckon::language
