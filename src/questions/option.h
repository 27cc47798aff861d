// The options of questions: one row each. Parser, --help, completions, the keys of
// JSON, refusals, reckon.h's comment, docs/options.md and the man page are made from these rows.
//
// An option is in one place: to add one, add its row. A question that a row does not name refuses
// the option by name, in every face. The code that answers reads it with Asked (asked.h).
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace reckon {

// What a value is; in JSON and, where it is said otherwise there, on the command line.
enum class Kind : std::uint8_t {
  flag,    // true; on the command line its name alone
  word,    // text
  whole,   // a whole number
  real,    // a number
  names,   // a list of text; on the command line the option again and again
  wholes,  // {"NAME": whole number}; NAME=VALUE
  reals,   // {"NAME": number}; NAME=VALUE
  bytes,   // a size: 8589934592, "6GiB"
  device,  // a name, or a device of one's own: an object; FILE or FILE#NAME
  range,   // a whole number, or "1..256"
};

enum class Face : std::uint8_t { every, program, json };

struct Option {
  std::string_view name;       // "smallest-device"; its key in JSON has _ for -
  std::string_view questions;  // that read it, by name
  Kind kind = Kind::flag;
  std::string_view value;  // what --help calls the value
  std::string_view help;
  std::string_view otherwise = {};  // the default
  std::string_view words = {};      // all that may be said, where that is a fixed list
  std::string_view list = {};       // the list that completions offer (`reckon complete LIST`)
  std::string_view key = {};        // in JSON, where it is another word
  std::string_view alias = {};      // on the command line
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  Face face = Face::every;
  bool positional = false;

  constexpr Option by_default(std::string_view text) const {
    Option o = *this;
    o.otherwise = text;
    return o;
  }
  constexpr Option one_of(std::string_view all) const {
    Option o = *this;
    o.words = all;
    return o;
  }
  constexpr Option from_list(std::string_view which) const {
    Option o = *this;
    o.list = which;
    return o;
  }
  constexpr Option in_json(std::string_view word) const {
    Option o = *this;
    o.key = word;
    return o;
  }
  constexpr Option or_spelled(std::string_view other) const {
    Option o = *this;
    o.alias = other;
    return o;
  }
  constexpr Option within(std::int64_t from, std::int64_t to) const {
    Option o = *this;
    o.least = from;
    o.most = to;
    return o;
  }
  constexpr Option only(Face which) const {
    Option o = *this;
    o.face = which;
    return o;
  }
  constexpr Option argument() const {
    Option o = *this;
    o.positional = true;
    return o;
  }
};

}  // namespace reckon
