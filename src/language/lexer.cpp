#include "language/lexer.h"

#include "base/decimal.h"
#include "base/text.h"

namespace reckon::language {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

void advance(Place& place, char c, bool own_lines) {
  if (c == '\n' && own_lines)
    place = {place.line + 1, 1, place.file};
  else if (!continues_character(c))
    ++place.column;
}

}  // namespace

Place Source::at(std::size_t offset) const {
  Place out = place;
  for (const char c : text.substr(0, offset)) advance(out, c, own_lines);
  return out;
}

std::string described(const Token& token) {
  switch (token.kind) {
    case TokenKind::end:
      return "the end of the text";
    case TokenKind::newline:
      return "the end of the line";
    case TokenKind::text:
      return quoted({token.text.data() - 1, token.text.size() + 2});
    default:
      return quoted(token.text);
  }
}

Tokens::Tokens(const Source& source, const Dialect& dialect, std::size_t offset)
    : source_(source), dialect_(dialect), place_(source.place) {
  step(offset);
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (dialect.has_statements && source.text.starts_with(byte_order_mark))
    at_ = byte_order_mark.size();
}

Status Tokens::read_all() {
  for (std::size_t i = 0; peek(i).kind != TokenKind::end; ++i)
    if (peek(i).kind == TokenKind::wrong) return std::unexpected<Error>(*error_);
  return {};
}

const Token& Tokens::peek(std::size_t ahead) {
  while (next_ + ahead >= tokens_.size()) {
    if (!tokens_.empty() &&
        (tokens_.back().kind == TokenKind::end || tokens_.back().kind == TokenKind::wrong))
      return tokens_.back();
    if (auto status = read(); !status) {
      error_ = std::move(status).error();
      push(TokenKind::wrong, 0);
    }
  }
  return tokens_[next_ + ahead];
}

const Token& Tokens::next() {
  const Token& token = peek();
  if (token.kind != TokenKind::end && token.kind != TokenKind::wrong) ++next_;
  return token;
}

void Tokens::step(std::size_t n_bytes) {
  for (; n_bytes > 0; --n_bytes, ++at_) advance(place_, source_.text[at_], source_.own_lines);
}

void Tokens::skip_blanks() {
  for (; at_ < source_.text.size(); space_ = true) {
    const char c = at();
    const bool ends_line = c == '\n' || (c == ';' && dialect_.has_statements);
    if (c == '#' && dialect_.has_statements) {
      while (at_ < source_.text.size() && at() != '\n') step(1);
    } else if (c == ' ' || c == '\t' || c == '\r' ||
               (ends_line && (parentheses_ > 0 || !dialect_.has_statements))) {
      step(1);
    } else {
      return;
    }
  }
}

Token& Tokens::push(TokenKind kind, std::size_t n_bytes) {
  Token& token = tokens_.emplace_back();
  token.kind = kind;
  token.space_before = space_;
  token.begin = at_;
  token.place = place_;
  token.text = source_.text.substr(at_, n_bytes);
  step(n_bytes);
  space_ = kind == TokenKind::newline;
  return token;
}

std::unexpected<Error> Tokens::wrong(ErrorCode code, std::string message) const {
  return fail(code, std::move(message), place_.text());
}

// One token, or a number and the cross that touches it.
Status Tokens::read() {
  skip_blanks();
  const char c = at();
  if (at_ >= source_.text.size()) {
    const bool ends_line = dialect_.has_statements && !has_last_newline_;
    has_last_newline_ = true;
    push(ends_line ? TokenKind::newline : TokenKind::end, 0);
    return {};
  }
  if (dialect_.has_statements && (c == '\n' || c == ';')) {
    push(TokenKind::newline, 1);
    return {};
  }
  if (is_digit(c)) return number();
  if (is_letter(c)) return word();
  if (dialect_.has_data && (c == '"' || c == '\'')) return text();
  return sign();
}

// Digits, perhaps in groups (65_536), with a fraction and an exponent. "1..9" is the number 1 and a
// range.
Status Tokens::number() {
  std::size_t n = 0;
  std::string digits;
  const auto take_digits = [&] {
    for (; is_digit(at(n)) || (at(n) == '_' && is_digit(at(n + 1))); ++n)
      if (at(n) != '_') digits += at(n);
  };
  take_digits();
  bool is_whole = true;
  if (at(n) == '.' && is_digit(at(n + 1))) {
    is_whole = false;
    digits += at(n++);
    take_digits();
  }
  if (at(n) == 'e' || at(n) == 'E') {
    const std::size_t sign = at(n + 1) == '-' || at(n + 1) == '+' ? 1 : 0;
    if (is_digit(at(n + 1 + sign))) {
      is_whole = false;
      for (std::size_t i = 0; i <= sign; ++i) digits += at(n++);
      take_digits();
    }
  }
  if (is_letter(at(n)) && !(dialect_.has_statements && at(n) == 'x'))
    return wrong(ErrorCode::syntax, "a name cannot begin with a digit");
  std::optional<std::int64_t> whole;
  if (is_whole) whole = parse_int(digits);
  if (is_whole && !whole && dialect_.has_statements)
    return wrong(ErrorCode::overflow, "the number " + printable(digits, 40) + " is beyond 64 bits");
  Token& token = push(TokenKind::number, n);
  token.whole = whole;
  token.number = whole ? static_cast<double>(*whole) : decimal_value(digits).value_or(0);
  if (at() == 'x' && dialect_.has_statements) push(TokenKind::cross, 1);
  return {};
}

Status Tokens::text() {
  const std::size_t end = source_.text.find(at(), at_ + 1);
  if (end == std::string_view::npos)
    return wrong(ErrorCode::syntax, "the text that begins here does not end");
  Token& token = push(TokenKind::text, end + 1 - at_);
  token.text = token.text.substr(1, token.text.size() - 2);
  return {};
}

Status Tokens::word() {
  std::size_t n = 1;
  while (is_letter(at(n)) || is_digit(at(n))) ++n;
  if (at() == 'x' && dialect_.has_statements) {
    // `x` joins dimensions when it stands alone or touches a closing parenthesis: (a)x(b). As the
    // first or second word of a line it can only be a name: "input x 16", "add x".
    const std::size_t i = tokens_.size();
    const bool is_named = i < 2 || tokens_[i - 2].kind == TokenKind::newline ||
                          tokens_[i - 1].kind == TokenKind::newline;
    const bool touches = !space_ && i > 0 && tokens_[i - 1].text == ")";
    if ((n == 1 && !is_named) || touches) {
      push(TokenKind::cross, 1);
      return {};
    }
  }
  if (n > dialect_.max_word_bytes)
    return wrong(ErrorCode::limit,
                 "a word of more than " + std::to_string(dialect_.max_word_bytes) + " characters");
  push(TokenKind::name, n);
  return {};
}

Status Tokens::sign() {
  const std::string_view rest = source_.text.substr(at_);
  for (const std::string_view two : {"==", "!=", "<=", ">=", ".."})
    if (rest.starts_with(two)) {
      push(TokenKind::sign, 2);
      return {};
    }
  if (dialect_.has_statements && rest.starts_with("×")) {
    push(TokenKind::cross, 2);
    return {};
  }
  std::size_t n = 1;  // the whole character
  while (continues_character(at(n))) ++n;
  constexpr std::string_view of_statements = "=<>+-*/%(){},";
  const char c = rest.front();
  if (dialect_.has_statements && of_statements.find(c) == std::string_view::npos)
    return wrong(ErrorCode::syntax,
                 "the character " + quoted(rest.substr(0, n)) + " has no meaning here");
  if (c == '(') ++parentheses_;
  if (c == ')' && parentheses_ > 0) --parentheses_;
  if (c == '{' || c == '}') parentheses_ = 0;  // never inside: an open one is an error later
  push(TokenKind::sign, n);
  return {};
}

}  // namespace reckon::language
