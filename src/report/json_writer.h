// Writes JSON text in the order in which it is told, without building a tree. With a sink, the text
// leaves by the mebibyte: a network of a million layers needs no memory for its 400 MB. Text that
// is not UTF-8 is repaired with U+FFFD; integers keep all their digits; numbers that are not finite
// become null.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace reckon {

class JsonWriter {
 public:
  // Text that no sink took is in `out` when the outermost container is closed.
  explicit JsonWriter(std::string& out, TextSink sink = {}) : out_(out), sink_(std::move(sink)) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  // Containers are written over several lines down to `broken` levels of nesting, and on one line
  // below: a layer, a shape.
  static constexpr int broken_levels = 2;

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  // A key is one of ours: plain characters, nothing to escape.
  void key(std::string_view name) {
    before_value();
    reserve(name.size() + 4);
    put('"');
    put_short(name);
    put("\": ");
    after_key_ = true;
  }

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::int64_t n);
  void value(double x);
  void value(bool b) { word(b ? "true" : "false"); }
  void null() { word("null"); }
  void value(const std::optional<std::int64_t>& n) { n ? value(*n) : null(); }

  template <class T>
  void member(std::string_view name, const T& of) {
    key(name);
    value(of);
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void before_value() {
    if (!after_key_) separate();
    after_key_ = false;
  }
  void separate() {
    if (first_ || depth_ <= broken_levels) return begin_item();
    reserve(2);
    put(',');
    put(' ');
  }
  void begin_item();
  void new_line();
  void quote(std::string_view text);
  void put_escaped(char32_t c);
  void word(std::string_view text) {
    before_value();
    reserve(text.size());
    put(text);
  }

  // Text is put at a cursor, where room for it was reserved.
  void reserve(std::size_t n_bytes) {
    if (static_cast<std::size_t>(end_ - at_) < n_bytes) make_room(n_bytes);
  }
  void put(char c) { *at_++ = c; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // Most keys are short: a call to copy eight bytes takes longer than the two moves that do it.
  void put_short(std::string_view text) {
    constexpr std::size_t word = 8;
    const std::size_t n = text.size();
    if (n < word || n > 2 * word) return put(text);
    std::memcpy(at_, text.data(), word);
    std::memcpy(at_ + n - word, text.data() + n - word, word);
    at_ += n;
  }
  void make_room(std::size_t n_bytes);

  static constexpr std::size_t part_bytes = std::size_t{1} << 20;

  std::string& out_;  // longer than what is written, until the outermost container is closed
  TextSink sink_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  int depth_ = 0;
  bool first_ = true;  // nothing written in the innermost container yet
  bool after_key_ = false;
};

}  // namespace reckon
