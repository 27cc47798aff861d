#include "report/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "report/cells.h"

namespace reckon {
void JsonWriter::make_room(std::size_t n_bytes) {
  std::size_t written = at_ == nullptr ? out_.size() : static_cast<std::size_t>(at_ - out_.data());
  if (sink_ && written >= part_bytes) {
    sink_(std::string_view(out_.data(), written));
    written = 0;
  }
  constexpr std::size_t smallest = 1024;
  if (out_.size() - written < n_bytes)
    out_.resize(std::max({smallest, 2 * out_.size(), written + n_bytes}));
  at_ = out_.data() + written;
  end_ = out_.data() + out_.size();
}

void JsonWriter::new_line() {
  const auto indent = static_cast<std::size_t>(depth_) * 2;
  reserve(indent + 1);
  put('\n');
  at_ = std::fill_n(at_, indent, ' ');
}

void JsonWriter::begin_item() {
  if (depth_ == 0) return;
  const bool on_one_line = depth_ > broken_levels;
  if (!first_) {
    reserve(2);
    put(',');
    if (on_one_line) put(' ');
  }
  if (!on_one_line) new_line();
  first_ = false;
}

void JsonWriter::open(char bracket) {
  before_value();
  reserve(1);
  put(bracket);
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  const bool empty = first_;
  --depth_;
  if (!empty && depth_ < broken_levels) new_line();
  reserve(2);
  put(bracket);
  first_ = false;
  if (depth_ > 0) return;
  put('\n');
  out_.resize(static_cast<std::size_t>(at_ - out_.data()));
  at_ = end_ = nullptr;
}

void JsonWriter::value(std::string_view text) {
  before_value();
  quote(text);
}

void JsonWriter::value(std::int64_t n) {
  constexpr std::size_t longest = 24;
  before_value();
  reserve(longest);
  at_ = std::to_chars(at_, end_, n).ptr;
}

void JsonWriter::value(double x) {
  if (!std::isfinite(x)) return null();
  constexpr std::size_t longest = 32;
  before_value();
  reserve(longest);
  at_ = std::to_chars(at_, end_, x).ptr;
}

namespace {

// Control characters beyond ASCII, and those that turn the text behind them: the same text for
// programs, and nothing that moves on a terminal.
bool is_hidden(char32_t c) {
  return c < 0xa0 || c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

void JsonWriter::put_escaped(char32_t c) {
  put("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) put("0123456789abcdef"[c >> shift & 15]);
}

void JsonWriter::quote(std::string_view text) {
  constexpr std::size_t longest = 6;  // of one character: \u001f
  reserve(longest * text.size() + 2);
  put('"');
  for (std::size_t i = 0; i < text.size();) {
    // Runs of plain characters, which most names are made of, go in at once.
    const std::size_t n_plain = plain_length(text, i);
    put(text.substr(i, n_plain));
    i += n_plain;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const CodePoint point = code_point(text, i);
      if (point.value == 0xfffd && point.n_bytes == 1)
        put("\xef\xbf\xbd");
      else if (is_hidden(point.value))
        put_escaped(point.value);
      else
        put(text.substr(i, point.n_bytes));
      i += point.n_bytes;
      continue;
    }
    ++i;
    if (c == '"' || c == '\\') {
      put('\\');
      put(static_cast<char>(c));
    } else if (c == '\n') {
      put("\\n");
    } else if (c == '\t') {
      put("\\t");
    } else {
      put_escaped(c);
    }
  }
  put('"');
}

}  // namespace reckon
