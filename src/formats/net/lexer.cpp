#include "formats/net/lexer.h"

#include "base/text.h"

namespace reckon::net {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Lexer {
 public:
  Lexer(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  Result<std::vector<Token>> run() {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // a byte-order mark
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' || c == ';') {
        if (parentheses_ == 0)
          push(TokenKind::newline, 1);
        else
          step(1);
        if (c == '\n') place_ = {place_.line + 1, 1};
        space_ = true;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        step(1);
        space_ = true;
      } else if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') step(1);
      } else if (is_digit(c)) {
        RECKON_TRY(number());
      } else if (is_letter(c)) {
        RECKON_TRY(word());
      } else {
        RECKON_TRY(symbol());
      }
    }
    push(TokenKind::newline, 0);
    push(TokenKind::end, 0);
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void step(std::size_t n) {
    for (; n > 0; --n, ++at_)
      if ((static_cast<unsigned char>(text_[at_]) & 0xc0) != 0x80) ++place_.column;
  }
  Token& push(TokenKind kind, std::size_t n_bytes) {
    Token& token = tokens_.emplace_back();
    token.kind = kind;
    token.space_before = space_;
    token.place = place_;
    token.text = text_.substr(at_, n_bytes);
    step(n_bytes);
    space_ = false;
    return token;
  }
  std::unexpected<Error> error(ErrorCode code, std::string message) const {
    return fail(code, std::move(message), to_string(name_, place_));
  }

  // Digits, perhaps with a fraction and an exponent. "1..9" is the number 1 and a range.
  Status number() {
    std::size_t n = 0;
    while (is_digit(peek(n))) ++n;
    bool real = false;
    if (peek(n) == '.' && is_digit(peek(n + 1))) {
      real = true;
      ++n;
      while (is_digit(peek(n))) ++n;
    }
    if (peek(n) == 'e' || peek(n) == 'E') {
      const std::size_t sign = peek(n + 1) == '-' || peek(n + 1) == '+' ? 1 : 0;
      if (is_digit(peek(n + 1 + sign))) {
        real = true;
        n += 1 + sign;
        while (is_digit(peek(n))) ++n;
      }
    }
    const std::string_view digits = text_.substr(at_, n);
    if (is_letter(peek(n)) && peek(n) != 'x')
      return error(ErrorCode::syntax, "a name cannot begin with a digit");
    std::int64_t value = 0;
    if (!real) {
      const auto parsed = parse_int(digits);
      if (!parsed)
        return error(ErrorCode::overflow,
                     "the number " + printable(digits, 40) + " is beyond 64 bits");
      value = *parsed;
    }
    Token& token = push(real ? TokenKind::real : TokenKind::number, n);
    token.number = value;
    token.real = real ? real_value(digits) : static_cast<double>(value);
    if (peek() == 'x') push(TokenKind::cross, 1);
    return {};
  }

  // Good to a few units in the last place, which is more than a slope or an epsilon needs; the
  // standard library's own conversion is not everywhere yet.
  static double real_value(std::string_view digits) {
    double value = 0, divisor = 1;
    std::size_t i = 0;
    bool fraction = false;
    for (; i < digits.size() && digits[i] != 'e' && digits[i] != 'E'; ++i) {
      if (digits[i] == '.') {
        fraction = true;
        continue;
      }
      if (divisor > 1e17) continue;
      value = value * 10 + (digits[i] - '0');
      if (fraction) divisor *= 10;
    }
    value /= divisor;
    if (i == digits.size()) return value;
    const bool negative = digits[i + 1] == '-';
    int exponent = 0;
    for (++i; i < digits.size(); ++i)
      if (is_digit(digits[i]) && exponent < 400) exponent = exponent * 10 + (digits[i] - '0');
    double power = 1;
    for (int k = 0; k < exponent && k < 400; ++k) power *= 10;
    return negative ? value / power : value * power;
  }

  Status word() {
    // `x` joins dimensions when it stands alone or touches a closing parenthesis: (a)x(b). As the
    // first or second word of a line it can only be a name: "input x 16", "add x".
    const std::size_t begin = tokens_.size() < 2 ? 0 : tokens_.size() - 2;
    const bool is_named = tokens_.size() < 2 || tokens_[begin].kind == TokenKind::newline ||
                          tokens_[begin + 1].kind == TokenKind::newline;
    const bool touches = !space_ && !tokens_.empty() && tokens_.back().text == ")";
    std::size_t n = 1;
    while (is_letter(peek(n)) || is_digit(peek(n))) ++n;
    if (peek() == 'x' && ((n == 1 && !is_named) || touches)) {
      push(TokenKind::cross, 1);
      return {};
    }
    if (n > max_word_bytes)
      return error(ErrorCode::limit,
                   "a word of more than " + std::to_string(max_word_bytes) + " characters");
    push(TokenKind::name, n);
    return {};
  }

  Status symbol() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("\xc3\x97")) {  // ×
      push(TokenKind::cross, 2);
      return {};
    }
    for (const std::string_view two : {"==", "!=", "<=", ">=", ".."})
      if (rest.starts_with(two)) {
        push(TokenKind::symbol, 2);
        return {};
      }
    constexpr std::string_view ones = "=<>+-*/%(){},";
    const char c = rest.front();
    if (ones.find(c) == std::string_view::npos) {
      std::size_t n = 1;  // the whole character
      while ((static_cast<unsigned char>(peek(n)) & 0xc0) == 0x80) ++n;
      return error(ErrorCode::syntax,
                   "the character " + quoted(rest.substr(0, n)) + " has no meaning here");
    }
    if (c == '(') ++parentheses_;
    if (c == ')' && parentheses_ > 0) --parentheses_;
    if (c == '{' || c == '}') parentheses_ = 0;  // never inside: an open one is an error later
    push(TokenKind::symbol, 1);
    return {};
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  Place place_;
  bool space_ = true;
  int parentheses_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::string to_string(const std::string& name, Place place) {
  return name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

Result<std::vector<Token>> lex(std::string_view text, const std::string& name) {
  if (text.size() > max_text_bytes)
    return fail(ErrorCode::limit,
                "a network of " + std::to_string(text.size()) + " bytes; at most " +
                    std::to_string(max_text_bytes) + " are read",
                name);
  return Lexer(text, name).run();
}

std::string described(const Token& token) {
  switch (token.kind) {
    case TokenKind::end:
      return "the end of the text";
    case TokenKind::newline:
      return "the end of the line";
    default:
      return quoted(token.text);
  }
}

}  // namespace reckon::net
