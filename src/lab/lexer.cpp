#include "lab/lexer.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace reckon::lab {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// 12, 0.25, 1e-6, 65_536. JSON's grammar decides, without the underscores.
Result<Token> number(const Source& source, std::size_t begin) {
  const std::string_view text = source.text;
  std::size_t i = begin;
  std::string digits;
  while (i < text.size()) {
    const char c = text[i];
    const bool exponent_sign = (c == '-' || c == '+') && (text[i - 1] == 'e' || text[i - 1] == 'E');
    // `1..5` is a range, not a number with two points.
    const bool point = c == '.' && i + 1 < text.size() && is_digit(text[i + 1]);
    if (!is_digit(c) && c != 'e' && c != 'E' && c != '_' && !point && !(i > begin && exponent_sign))
      break;
    if (c != '_') digits += c;
    ++i;
  }
  const auto json = nlohmann::json::parse(digits, nullptr, /*allow_exceptions=*/false);
  if (!json.is_number())
    return fail(ErrorCode::syntax, quoted(text.substr(begin, i - begin)) + " is no number",
                source.at(begin).text());
  return Token{TokenKind::number, {}, json.get<double>(), begin, i};
}

Result<Token> quoted_text(const Source& source, std::size_t begin) {
  const std::string_view text = source.text;
  Token token{TokenKind::text, {}, 0, begin, 0};
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == text[begin]) {
      token.end = i + 1;
      return token;
    }
    token.text += text[i];
  }
  return fail(ErrorCode::syntax, "the text that begins here does not end", source.at(begin).text());
}

}  // namespace

Place Source::at(std::size_t offset) const {
  Place out = place;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n' && own_lines) {
      ++out.line;
      out.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
      ++out.column;
    }
  }
  return out;
}

Result<Token> next_token(const Source& source, std::size_t offset) {
  const std::string_view text = source.text;
  std::size_t i = offset;
  while (i < text.size() && is_space(text[i])) ++i;
  if (i >= text.size()) return Token{TokenKind::end, {}, 0, text.size(), text.size()};
  const char c = text[i];
  if (is_digit(c)) return number(source, i);
  if (c == '"' || c == '\'') return quoted_text(source, i);
  if (begins_name(c)) {
    std::size_t end = i;
    while (end < text.size() && (begins_name(text[end]) || is_digit(text[end]))) ++end;
    return Token{TokenKind::name, std::string(text.substr(i, end - i)), 0, i, end};
  }
  for (const std::string_view two : {"==", "!=", "<=", ">=", ".."})
    if (text.substr(i, 2) == two) return Token{TokenKind::sign, std::string(two), 0, i, i + 2};
  return Token{TokenKind::sign, std::string(1, c), 0, i, i + 1};
}

}  // namespace reckon::lab
