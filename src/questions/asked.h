// One question as it was asked, whatever the face: which question, and the values that were given
// for its options (option_rows.h). Reading an option that was not given gives its default, from its
// row.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/watch.h"
#include "formats/model.h"
#include "machine/device.h"
#include "questions/option_rows.h"

namespace reckon {

// Only where a name is in no row: not constexpr, so that the compiler refuses the name.
void there_is_no_such_option();

// The name of an option, checked by the compiler.
class OptionName {
 public:
  consteval OptionName(const char* name) : name_(name) {  // NOLINT: every name in the code is one
    for (const Option& row : option_rows)
      if (row.name == name_) return;
    there_is_no_such_option();
  }
  constexpr operator std::string_view() const { return name_; }  // NOLINT

 private:
  std::string_view name_;
};

// What an answer has to know of a row; help and lists are for the faces.
struct OptionRule {
  std::string_view name, questions, otherwise, words, key;
  Kind kind = Kind::flag;
  Face face = Face::every;
  std::int64_t least = 0, most = 0;
};
std::span<const OptionRule> option_rules();

// True where `name` is one of `words`, which spaces part.
bool is_word_of(std::string_view name, std::string_view words);
std::vector<std::string_view> words_of(std::string_view words);
// "smallest_device" of smallest-device, "overrides" of constant.
std::string key_of(const OptionRule& rule);

// What was given for one option: that which its kind says.
struct Said {
  std::string text{};
  std::int64_t whole = 0;
  double real = 0;
  std::vector<std::string> names{};
  Parameters wholes{};
  std::vector<std::pair<std::string, double>> reals{};
  std::vector<Device> own{};  // a device that is in no list; `text` is its name
};

class Asked {
 public:
  explicit Asked(std::string_view question) : question_(question) {}

  const std::string& question() const { return question_; }
  bool has(OptionName name) const { return find(name) != nullptr; }
  bool flag(OptionName name) const { return has(name); }
  // As given, else the default, else empty.
  std::string_view text(OptionName name) const;
  // The place of the word among those of the row.
  std::size_t choice(OptionName name) const;
  bool on(OptionName name) const { return text(name) == "on"; }
  // Of a range: only where it is one number.
  std::optional<std::int64_t> whole(OptionName name) const;
  std::optional<double> real(OptionName name) const;
  const std::vector<std::string>& names(OptionName name) const;
  const Parameters& wholes(OptionName name) const;
  const std::vector<std::pair<std::string, double>>& reals(OptionName name) const;
  // REQUIRES: it was given. Fails with not_found for a name that is in no list.
  Result<Device> device(OptionName name) const;

  // Fails with bad_argument where the value is none of the row's words or beyond its bounds, and
  // where the option was given before.
  Status put(const OptionRule& rule, Said value);

  // For code that asks another question on its way; replaces what was given.
  void give(OptionName name, Said value);
  // Who watches the searches of the question; null: nobody.
  Watch* watch() const { return watch_; }
  void set_watch(Watch* watch) { watch_ = watch; }
  // As it was given; null where it was not.
  const Said* given(OptionName name) const { return find(name); }

 private:
  struct Given {
    std::string_view name;
    Said value;
  };
  const Said* find(std::string_view name) const;
  const OptionRule& row_of(std::string_view name) const;

  std::string question_;
  std::vector<Given> given_;
  Watch* watch_ = nullptr;
};

}  // namespace reckon
