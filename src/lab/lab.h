// A lab as data: what its files say, compiled. docs/labs.md describes the files.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/figure.h"
#include "lab/prose.h"
#include "lab/shape.h"
#include "lab/value.h"

namespace reckon::lab {

struct Network {
  std::string name, text;
  std::vector<std::string> parameters;  // what `param` declares
  Place place;
};

enum class ControlType : std::uint8_t { choice, number_choice, range, toggle, constant };
std::string_view to_string(ControlType type);

struct Control {
  struct Option {
    Value value;
    Prose label;
    std::optional<Expression> when;  // allowed only where it holds
  };
  std::string id;
  ControlType type = ControlType::choice;
  Prose label, help;
  std::vector<Option> options;
  Value default_value;
  double min = 0, max = 0, step = 1;  // of a constant's step: 0 where any number will do
  bool logarithmic = false;
  bool plays = false;  // of a range: a button lets it run from its beginning to its end
  std::vector<Expression> samples;  // of a range: values that `lab check` must visit
  Standing standing = Standing::reference;
  std::string source;
  Place place;
};

// A name for a value: `total = "weights + gradients"`.
struct NamedFigure {
  std::string name;
  Expression value;
  std::optional<Standing> standing;
};

enum class FieldType : std::uint8_t { choice, number, text };

struct Field {
  struct Option {
    std::string id;
    Prose label;
    std::optional<Expression> correct;
    Text why;
    Place place;
  };
  struct Unit {
    std::string label;
    double factor = 1;
  };
  std::string id;
  FieldType type = FieldType::choice;
  Prose label;
  std::vector<Option> options;
  std::vector<Unit> units;
  std::optional<double> min, max;
  std::optional<Expression> key;        // of a number
  std::optional<Expression> tolerance;  // share of the key that the answer may differ by
  Text why;                             // of a number or a text; knows `given` and `key`
  std::vector<Expression> samples;      // of a number: answers that `lab check` must try
  std::int64_t max_length = 0;
  Place place;

  bool graded() const;
};

struct Question {
  std::string id;  // "act1.prediction"
  Text prompt;
  std::vector<Field> fields;
  bool optional = false;
  std::string lock_label;
  Place place;
};

struct Instrument {
  std::string id;  // "act2.ledger"
  std::string type, title;
  Text intro, note, alert, change;
  std::vector<std::string> controls;
  Part body;  // what its type has
  Place place;
};

struct Peek {
  std::string id, title;
  Text text;
};

struct Act {
  std::string id, title;
  double minutes = 0;
  Text intro, reveal;
  std::optional<Part> drawn;  // the guess and the truth on one scale
  Question prediction;
  std::vector<Instrument> instruments;
  std::vector<Question> reflections, decisions;
  std::vector<Peek> peeks;
};

struct Claim {
  std::string id, element;
  std::optional<Shown> textbook;
  std::optional<Shown> computed;  // none where only the reader's machine can tell (`measure`)
  Prose claim;                    // knows `textbook`
  std::optional<Expression> holds;
  std::optional<Expression> only_if;
  std::string verdict;  // what the author expects
  Text text;
  std::string source;  // who says so, and where
  std::string measure;
  Place place;
};

struct LedgerKey {
  std::string name;
  Expression value;
  std::vector<std::string> after;  // nothing before these questions and challenges are answered
};

struct Lab {
  std::deque<std::string> file_names;  // places refer to them
  std::string id, title;
  std::int64_t chapter = 0;
  double minutes_from = 0, minutes_to = 0;
  bool textbook = false;
  Text intro, closing;
  std::optional<Part> opening;  // the first picture, which moves
  std::vector<Network> networks;
  std::vector<Control> controls;
  std::vector<NamedFigure> figures;
  std::vector<Act> acts;
  std::vector<Claim> claims;
  std::string ledger_file_name;
  std::vector<LedgerKey> ledger_keys, ledger_computed;
  std::vector<std::string> plain_words;  // numbers that may stand in prose
  std::vector<std::string> warnings;     // numbers in prose that no expression made

  // By name; null where there is none.
  const Control* control(std::string_view id) const;
  const Network* network(std::string_view name) const;
  const Question* question(std::string_view id) const;
  std::vector<const Question*> questions() const;
  const Instrument* instrument(std::string_view id) const;
  // Index into `figures`.
  std::optional<std::size_t> figure(std::string_view name) const;

  std::map<std::string, std::size_t, std::less<>> control_index, figure_index;
};

// The files by name; lab.toml (lab.json in a page) is the first that is read. Fails with the file
// and the line.
Result<std::unique_ptr<const Lab>> read_lab(const std::map<std::string, std::string>& files);

}  // namespace reckon::lab
