#include "report/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "report/cells.h"

namespace reckon {
namespace {

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

constexpr std::uint64_t each_byte(unsigned char c) {
  return 0x0101010101010101u * c;
}

// A high bit in some byte of the result, when one of eight characters is not plain. (A word without
// high bits has a zero byte exactly when subtracting one from each byte sets a high bit.)
std::uint64_t not_plain(std::uint64_t word) {
  const std::uint64_t control = word - each_byte(0x20), quote = word ^ each_byte('"'),
                      backslash = word ^ each_byte('\\'), rubout = word ^ each_byte(0x7f);
  return (word | control | (quote - each_byte(1)) | (backslash - each_byte(1)) |
          (rubout - each_byte(1))) &
         each_byte(0x80);
}

// How many characters from `begin` on go into a text as they are.
std::size_t plain_run(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (not_plain(word) != 0) break;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at - begin;
}

}  // namespace

void JsonWriter::new_line() {
  if (depth_ <= broken_levels) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  } else if (!first_) {
    out_ += ' ';
  }
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) out_ += ',';
  new_line();
  first_ = false;
}

void JsonWriter::open(char bracket) {
  before_value();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  const bool empty = first_;
  --depth_;
  if (!empty && depth_ < broken_levels) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  }
  out_ += bracket;
  first_ = false;
  if (depth_ == 0) out_ += '\n';
}

void JsonWriter::key(std::string_view name) {
  before_value();
  quote(name);
  out_ += ": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  before_value();
  quote(text);
}

void JsonWriter::value(std::int64_t n) {
  before_value();
  std::array<char, 24> text;
  out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), n).ptr);
}

void JsonWriter::value(double x) {
  if (!std::isfinite(x)) return null();
  before_value();
  std::array<char, 32> text;
  out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr);
}

void JsonWriter::value(bool b) {
  before_value();
  out_ += b ? "true" : "false";
}

void JsonWriter::null() {
  before_value();
  out_ += "null";
}

void JsonWriter::quote(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out_ += '"';
  for (std::size_t i = 0; i < text.size();) {
    // Runs of plain characters, which most names are made of, go in at once.
    const std::size_t n_plain = plain_run(text, i);
    out_.append(text.substr(i, n_plain));
    i += n_plain;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const CodePoint point = code_point(text, i);
      if (point.value == 0xfffd && point.n_bytes == 1)
        out_ += "\xef\xbf\xbd";
      else
        out_.append(text.substr(i, point.n_bytes));
      i += point.n_bytes;
      continue;
    }
    ++i;
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += static_cast<char>(c);
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (c == '\t') {
      out_ += "\\t";
    } else {
      out_ += "\\u00";
      out_ += hex[c >> 4];
      out_ += hex[c & 15];
    }
  }
  out_ += '"';
}

}  // namespace reckon
